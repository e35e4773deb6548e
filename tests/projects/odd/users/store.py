"""How members are made when customers register."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tradepost.accounts.users.model_users import ModelUsers


class Members(ModelUsers):
    """They are members from this day on."""

    def values(self, email: str, name: str) -> dict[str, Any]:
        """With the day."""
        return {**super().values(email, name), "member_since": timezone.now().date()}
