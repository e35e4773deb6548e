"""Who may open a page that needs no permission of its own."""

from __future__ import annotations

from typing import Any

from tradepost.core.access import Access

__all__ = ["STAFF"]


class _Staff(Access):
    """Anybody who works here."""

    def allows(self, user: Any) -> bool:
        return super().allows(user) and bool(getattr(user, "is_staff", False))


STAFF = _Staff("staff", "Anyone who is staff.", needs_account=True)
