"""From when until when something holds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["ENDS_BEFORE_IT_STARTS", "ends_before_it_starts"]

ENDS_BEFORE_IT_STARTS: Any = _("It ends before it starts.")


def ends_before_it_starts(row: Any) -> bool:
    """Whether a row with ``starts_at`` and ``ends_at``, each of which may be open, can never hold."""
    return row.starts_at is not None and row.ends_at is not None and bool(row.ends_at < row.starts_at)
