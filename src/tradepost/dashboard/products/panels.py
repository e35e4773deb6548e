"""Panels of a product's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.browse import Visitor, missing_to_sell
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import readable
from tradepost.core.money.format import money_text
from tradepost.inventory.models import StockLevel
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.ports import PriceRequest

from ..pages.base import Page
from ..pages.exposed import exposed_text
from ..registry import Panel

__all__ = ["product_panels"]

_SHOWN = 50  # variants; the rest is on their own page


def product_panels() -> Iterator[Panel]:
    """All of them."""
    yield PicturesPanel()
    yield VariantsPanel()
    yield ReadinessPanel()
    yield MorePanel()


class PicturesPanel(Panel):
    """Its pictures, the main one first."""

    key = "pictures"
    title = _("Pictures")
    template_name = "tradepost/dashboard/products/_pictures.html"

    def get_context(self, page: Page) -> dict[str, Any]:
        """As they were fetched with the product."""
        user = page.request.user
        return {
            "images": list(page.row.images.all())[:12],  # type: ignore[attr-defined]
            "may_edit": user.has_perm("tradepost_catalogue.view_image"),
        }


class VariantsPanel(Panel):
    """Its variants with SKU, price and stock."""

    key = "variants"
    title = _("Variants")
    template_name = "tradepost/dashboard/products/_variants.html"

    def get_context(self, page: Page) -> dict[str, Any]:
        """Those that are sold, with the price that a guest pays and the units that are left; three queries."""
        product: Any = page.row  # type: ignore[attr-defined]
        rows = list(product.variants.filter(archived_at=None).select_related("product__product_type"))
        shown, currency = rows[:_SHOWN], pricing_settings().CURRENCY
        requests = [PriceRequest(str(row.pk), row.pk) for row in shown]
        quotes = {quote.key: quote.amount for quote in pricing.quote(requests, Visitor(currency).prices)}
        units: dict[int, int] = dict.fromkeys([row.pk for row in shown], 0)
        for level in StockLevel.objects.for_variants(units):
            units[level.variant_id] += level.available
        lines = []
        for row in shown:
            amount = quotes[str(row.pk)]
            price = "" if amount is None else money_text(amount, currency)
            lines.append((row, price, units[row.pk] if row.stock_is_tracked else None))
        user = page.request.user
        return {
            "variants": lines,
            "more": len(rows) - len(shown),
            "may_edit": user.has_perm("tradepost_catalogue.view_variant"),
        }


class ReadinessPanel(Panel):
    """A check of all that it needs to be sold."""

    key = "readiness"
    title = _("Ready to sell?")
    template_name = "tradepost/dashboard/products/_readiness.html"
    area = "side"

    def get_context(self, page: Page) -> dict[str, Any]:
        """By the same price lists and stock as a visitor's basket."""
        facts = missing_to_sell(page.row)  # type: ignore[attr-defined]
        return {"missing": facts, "is_sold": not any(fact.is_blocking for fact in facts)}


class MorePanel(Panel):
    """Fields that a project exposed."""

    key = "more"
    title = _("More")
    template_name = "tradepost/dashboard/products/_more.html"
    area = "side"
    access = needs("tradepost_catalogue.view_product")

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """Of the product."""
        entries = readable("tradepost_catalogue.Product", page.request.user)
        product: Any = page.row  # type: ignore[attr-defined]
        rows = [(entry.label, exposed_text(entry, product)) for entry in entries]
        return {"rows": rows} if rows else None
