"""Reactions of baskets to the end of an account."""

from __future__ import annotations

from django.apps import apps

from tradepost.core.events import subscribe

from .models import Basket

if "tradepost_accounts" in apps.app_configs:
    from tradepost.accounts.events import AccountClosed

    def forget_baskets(event: AccountClosed) -> None:
        """Delete baskets that weren't ordered, with the addresses that were typed in their checkout."""
        theirs = Basket.objects.filter(customer_id=event.customer_id)
        theirs.open().delete()
        theirs.open_drafts().delete()

    subscribe(AccountClosed, forget_baskets, when="within")
