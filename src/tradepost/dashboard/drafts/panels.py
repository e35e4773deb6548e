"""Panels of a draft's page: goods, sums, delivery, the buyer, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.basket.models import ManualPrice
from tradepost.browse import Picture
from tradepost.checkout.services import CheckoutView
from tradepost.pricing.explanation_table import tree

from ..pages.base import Page
from ..registry import Panel
from .buyer_forms import chosen_method
from .hits import customers_for, variants_for
from .new_order import SEE_CUSTOMERS

__all__ = ["draft_panels"]

_LEAST = 2  # letters of a search


def draft_panels() -> Iterator[Panel]:
    """All of them."""
    yield GoodsPanel()
    yield DeliveryPanel()
    yield SumsPanel()
    yield BuyerPanel()
    yield WherePanel()


class _DraftPanel(Panel):
    def get_context(self, page: Page) -> dict[str, Any]:
        """The context, for the page's draft."""
        return self.of_draft(page, page.row)  # type: ignore[attr-defined]

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """The context."""
        return {}


def searched(page: Page, name: str) -> str:
    """The words of a search box on the page; empty where there are too few letters."""
    text = page.request.GET.get(name, "").replace("\x00", "").strip()[:100]
    return text if len(text) >= _LEAST else ""


class GoodsPanel(_DraftPanel):
    """Lines with their prices, and a box to find more."""

    key = "goods"
    title = _("Items")
    template_name = "tradepost/dashboard/drafts/_goods.html"

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """Each line as it is calculated; hits with the customer's prices."""
        look: CheckoutView = draft.look
        by_hand = {row.line: row for row in ManualPrice.objects.filter(basket=draft.basket_id)}
        errors = {str(error.get("line", "")): error["message"] for error in look.totals.errors}
        lines = [
            (line, _picture(line), by_hand.get(line.uuid), errors.get(str(line.uuid), ""))
            for line in look.contents.lines
        ]
        words = searched(page, "q")
        return {
            "lines": lines,
            "words": words,
            "hits": variants_for(words, draft) if words else (),
            "currency": draft.basket.currency,
            "coupons": [(code, code in look.totals.coupons) for code in draft.basket.coupon_codes],
        }


def _picture(line: Any) -> Picture | None:
    return Picture.of(dict(line.picture) if line.picture else None, alt="")


class DeliveryPanel(_DraftPanel):
    """The offers of delivery, with what each costs."""

    key = "delivery"
    title = _("Delivery")
    template_name = "tradepost/dashboard/drafts/_delivery.html"

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """The chosen one first to see."""
        look: CheckoutView = draft.look
        return {
            "ships": look.ships,
            "quotes": look.shipping,
            "chosen": look.checkout.shipping_method,
            "point": look.point,
            "currency": draft.basket.currency,
        }


class SumsPanel(_DraftPanel):
    """Sums, and how each was calculated."""

    key = "sums"
    title = _("Total")
    template_name = "tradepost/dashboard/drafts/_sums.html"

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """As the order's would be."""
        look: CheckoutView = draft.look
        labels = {offer.alias: offer.label for offer in look.payments}
        method = chosen_method(draft)
        return {
            "method": labels.get(method, method),
            "totals": look.totals,
            "currency": draft.basket.currency,
            "why": tree(look.contents.explained) if look.totals.total is not None else "",
        }


class BuyerPanel(_DraftPanel):
    """Whose prices count, and how they are reached."""

    key = "buyer"
    title = _("Customer")
    template_name = "tradepost/dashboard/drafts/_buyer.html"
    area = "side"

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """With hits of a search, for those who may see customers."""
        may = page.request.user.has_perm(SEE_CUSTOMERS)
        words = searched(page, "who") if may else ""
        return {
            "customer": draft.basket.customer,
            "checkout": draft.look.checkout,
            "may_search": may,
            "who": words,
            "people": customers_for(words) if words else (),
        }


class WherePanel(_DraftPanel):
    """Where it goes, and who is billed."""

    key = "where"
    title = _("Addresses")
    template_name = "tradepost/dashboard/drafts/_where.html"
    area = "side"

    def of_draft(self, page: Page, draft: Any) -> dict[str, Any]:
        """Both, and what looks unusual in them."""
        checkout = draft.look.checkout
        return {"ship_to": checkout.ship_to, "bill_to": checkout.bill_to, "warnings": draft.look.warnings}
