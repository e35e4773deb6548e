"""Users of a shop whose model wants to know since when they are members."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tradepost.accounts.users.model_users import ModelUsers


class Members(ModelUsers):
    """Members from the day on which they register."""

    def values(self, email: str, name: str) -> dict[str, Any]:
        return {**super().values(email, name), "member_since": timezone.now().date()}
