"""Panels of a customer's page: orders, baskets, consents, who they are, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tradepost.basket.models import Basket
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import readable
from tradepost.customers.models import Address, Customer
from tradepost.customers.services import consents_of
from tradepost.orders.models import Order
from tradepost.orders.selectors import sums_by_customer

from ..orders.order_list import READ as READ_ORDERS
from ..orders.order_list import order_url
from ..orders.texts import stage_badge, total_text, when
from ..pages.base import Page
from ..pages.exposed import exposed_text
from ..registry import Panel

__all__ = ["customer_panels"]

_SHOWN = 10


def customer_panels() -> Iterator[Panel]:
    """All of the installed apps."""
    yield OrdersPanel()
    yield BasketsPanel()
    if "tradepost_checkout" in apps.app_configs:
        yield DraftsPanel()
    yield ConsentsPanel()
    yield PersonPanel()
    yield AddressesPanel()


class _CustomerPanel(Panel):
    def get_context(self, page: Page) -> dict[str, Any] | None:
        """The context, for the page's customer."""
        return self.of_customer(page, page.row)  # type: ignore[attr-defined]

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any] | None:
        """The context; ``None`` where there is nothing to show."""
        return {}


class OrdersPanel(_CustomerPanel):
    """The latest orders, and what they have bought in all."""

    key = "orders"
    title = _("Orders")
    template_name = "tradepost/dashboard/customers/_orders.html"
    access = READ_ORDERS

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any]:
        """Ten of them, and the sums by currency; two queries."""
        rows = list(Order.objects.filter(customer=customer.pk).with_open_units().order_by("-pk")[: _SHOWN + 1])
        shown = [(row, order_url(row.number), stage_badge(row), total_text(row)) for row in rows[:_SHOWN]]
        return {"orders": shown, "has_more": len(rows) > _SHOWN, "sums": sums_by_customer(customer.pk)}


class BasketsPanel(_CustomerPanel):
    """Baskets that weren't ordered."""

    key = "baskets"
    title = _("Baskets")
    template_name = "tradepost/dashboard/customers/_baskets.html"
    access = needs("tradepost_basket.view_basket")

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any] | None:
        """The open ones that have something in them."""
        rows = Basket.objects.filter(customer=customer.pk, is_draft=False).open()
        counted = rows.annotate(units=Sum("lines__quantity")).filter(units__gt=0).order_by("-pk")[:_SHOWN]
        baskets = [
            (row, row.units, when(row.updated_at)) for row in counted.prefetch_related("lines__variant__product")
        ]
        return {"baskets": baskets} if baskets else None


class DraftsPanel(_CustomerPanel):
    """Orders that staff prepare for them."""

    key = "drafts"
    title = _("Drafts")
    template_name = "tradepost/dashboard/customers/_drafts.html"
    access = needs("tradepost_basket.manage_drafts")

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any] | None:
        """The open ones; one query."""
        from tradepost.checkout.models import Draft

        from ..drafts.draft_list import draft_name, draft_url

        rows = Draft.objects.open().filter(basket__customer=customer.pk)
        rows = rows.select_related("basket__customer", "basket__checkout")[:_SHOWN]
        drafts = [(draft_name(row), draft_url(row), when(row.created_at)) for row in rows]
        return {"drafts": drafts} if drafts else None


class ConsentsPanel(_CustomerPanel):
    """To what they agreed."""

    key = "consents"
    title = _("Consents")
    template_name = "tradepost/dashboard/customers/_consents.html"
    access = needs("tradepost_customers.view_consent")

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any] | None:
        """Each purpose, and whether they agree; one query."""
        states = consents_of(customer)
        return {"states": states} if states else None


class PersonPanel(_CustomerPanel):
    """How they are reached, and on which terms they buy."""

    key = "person"
    title = _("About")
    template_name = "tradepost/dashboard/customers/_person.html"
    area = "side"

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any]:
        """With exposed fields."""
        user = page.request.user
        exposed = ((entry.label, exposed_text(entry, customer)) for entry in readable(Customer, user))
        return {
            "since": when(customer.created_at),
            "seen": when(customer.user.last_login) if customer.user_id else "",
            "membership": getattr(customer, "tier_membership", None),
            "may_see_tier": user.has_perm("tradepost_customers.view_tiermembership"),
            "extras": [(label, value) for label, value in exposed if value not in (None, "")],
        }


class AddressesPanel(_CustomerPanel):
    """The address book."""

    key = "addresses"
    title = _("Addresses")
    template_name = "tradepost/dashboard/customers/_addresses.html"
    area = "side"
    access = needs("tradepost_customers.view_address")

    def of_customer(self, page: Page, customer: Any) -> dict[str, Any]:
        """All of them; one query."""
        return {"addresses": [(row, row.as_postal()) for row in Address.objects.filter(customer=customer.pk)]}
