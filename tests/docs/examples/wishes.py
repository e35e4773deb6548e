"""A page of the account, with its entry in the menu."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.storefront.account.menu import AccountEntry
from tradepost.storefront.views.account.base import AccountPageView

ENTRY = AccountEntry("wishes", _("Wish list"))


class WishesView(AccountPageView):
    """For customers who are signed in; others are asked to do that first, and come back."""

    template_name = "myshop/wishes.html"
    account_entry = "wishes"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        return super().get_context(wishes=["A second mug"], **facts)
