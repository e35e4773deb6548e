"""The admin of the core, and what the admins of all apps are made of."""

from __future__ import annotations

from .background import DaysMixin, DeliveryAdmin, JobStateAdmin, ReadOnlyAdmin, money_column

__all__ = [
    "DaysMixin",
    "DeliveryAdmin",
    "JobStateAdmin",
    "ReadOnlyAdmin",
    "money_column",
]
