"""The base of the account's pages."""

from __future__ import annotations

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tradepost.core.access import SIGNED_IN

from ..base import ActionView, PrivatePageView

__all__ = ["AccountActionView", "AccountPageView"]


class AccountPageView(PrivatePageView):
    """A page beside the account's menu; who isn't signed in does that first.

    Attributes:
        account_entry: Name of the menu's entry that it belongs to.
    """

    access = SIGNED_IN
    account_entry = ""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the entry that the menu marks."""
        return super().get_context(account_entry=self.account_entry, **facts)


@method_decorator(never_cache, name="dispatch")
class AccountActionView(ActionView):
    """A button of the account."""

    access = SIGNED_IN
