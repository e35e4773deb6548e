"""A product's state, stock and price as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradepost.core.money.format import money_text
from tradepost.pricing.conf import settings as pricing_settings

from ..orders.texts import badge

__all__ = ["price_text", "state", "state_badge", "stock_text", "stock_words", "thumb"]


def state(product: Any) -> tuple[str, str]:
    """In a word, and its tone."""
    if product.archived_at is not None:
        return _("Archived"), ""
    return (_("Visible"), "good") if product.is_published else (_("Hidden"), "warn")


def state_badge(product: Any) -> str:
    """Whether visitors see it."""
    return badge(*state(product))


def stock_words(product: Any) -> str:
    """Units that may be promised, of how many variants; of a product that was fetched with its stock."""
    if not product.variant_count:
        return _("No variants")
    if not product.counts_stock:
        return _("Not counted")
    units = product.units or 0
    if product.variant_count == 1:
        return str(units)
    number = product.variant_count
    text = ngettext("%(units)s in %(number)s variant", "%(units)s in %(number)s variants", number)
    return text % {"units": units, "number": number}


def stock_text(product: Any) -> str:
    """The same, with a mark where nothing is left to sell."""
    words = stock_words(product)
    if product.variant_count and product.counts_stock and not product.can_be_sold:
        return format_html("{} {}", words, badge(_("Sold out"), "bad"))
    return words


def price_text(product: Any) -> str:
    """The lowest price for one unit that any visitor sees, in the shop's own currency."""
    if product.amount is None:
        return badge(_("No price"), "bad") if product.archived_at is None else ""
    text = money_text(product.amount, pricing_settings().CURRENCY)
    return _("from %(price)s") % {"price": text} if (product.amounts or 0) > 1 else text


def thumb(url: str, name: str) -> str:
    """A small picture, or the first letter in its place; the name stands beside it."""
    if url:
        return format_html('<img class="thumb" src="{}" alt="" loading="lazy" width="40" height="40">', url)
    return format_html('<span class="thumb" aria-hidden="true">{}</span>', name[:1])
