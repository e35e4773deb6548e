"""Birth dates of people who can buy."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import today

__all__ = ["EARLIEST", "check_birth_date"]

EARLIEST = date(1900, 1, 1)


def check_birth_date(day: date) -> None:
    """A validator: the day isn't in the future, nor before 1900.

    Raises:
        ValidationError: It is.
    """
    if day > today():
        raise ValidationError(_("A birth date can’t be in the future."), code="future")
    if day < EARLIEST:
        raise ValidationError(_("Please check the year of birth."), code="too_early")
