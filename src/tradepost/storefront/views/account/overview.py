"""The first page of the account: the latest orders, and what the next one begins with."""

from __future__ import annotations

from typing import Any

from tradepost.orders import selectors
from tradepost.orders.services import tier_standing
from tradepost.orders.states.display_status import stage_label

from ... import session
from ...account.emails import email_of
from .base import AccountPageView

__all__ = ["OverviewView"]

_ORDERS = 3


class OverviewView(AccountPageView):
    """Who the customer is to the shop, in short."""

    template_name = "tradepost/storefront/account/overview.html"
    account_entry = "account"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The latest orders, each with its display status, the default addresses, and the tier. A customer who never
        bought has none of them.
        """
        customer = session.customer(self.request)
        orders = selectors.orders_of(self.request.user).with_open_units()[:_ORDERS] if customer else ()
        rows = [{"order": order, "stage": order.stage, "stage_text": stage_label(order)} for order in orders]
        addresses = list(customer.addresses.all()) if customer else []
        return super().get_context(
            customer=customer,
            tier=tier_standing(customer) if customer else None,
            email=email_of(self.request.user),
            rows=rows,
            ship_to=next((row.as_postal() for row in addresses if row.is_default_shipping), None),
            bill_to=next((row.as_postal() for row in addresses if row.is_default_billing), None),
            **facts,
        )
