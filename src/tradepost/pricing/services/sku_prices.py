"""Setting prices by SKU, for callers that know no primary keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.db.row_values import by_keys
from tradepost.core.errors import Invalid

from ..base import AbstractPriceList
from ..prices.price_changes import NewPrice, set_prices

__all__ = ["SkuPrice", "set_prices_by_sku"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuPrice:
    """The new price of a variant from a quantity on.

    Attributes:
        amount: Up to four decimals; ``None`` takes the price away.
        was: The price before, to be struck through.
        currency: Of the amounts; has to be the list's. Empty where there are none.
    """

    sku: str
    amount: Decimal | None
    was: Decimal | None = None
    min_quantity: int = 1
    currency: str = ""


@db.atomic
def set_prices_by_sku(price_list: AbstractPriceList, prices: Sequence[SkuPrice]) -> list[str]:
    """Set prices of a list, as :func:`set_prices` does, with one query more.

    Args:
        price_list: Whose.
        prices: Each SKU and quantity once.

    Returns:
        SKUs of the variants of which some price changed, in the order given.

    Raises:
        Invalid: An amount is in another currency than the list, a SKU doesn't exist (``context["unknown"]``), one is named twice
            for a quantity, or an amount or a quantity is wrong; nothing was written.
    """
    for row in prices:
        if row.currency not in ("", price_list.currency):
            text = _("The prices of this list are in %(currency)s.") % {"currency": price_list.currency}
            raise Invalid(text, attr="prices", sku=row.sku, currency=price_list.currency)
    if (twice := _named_twice(prices)) is not None:
        raise Invalid(_("A price is named twice."), attr="prices", sku=twice.sku, min_quantity=twice.min_quantity)
    variants = {row.sku: row for row in by_keys(Variant, "sku", (row.sku for row in prices), attr="prices")}
    changed = set_prices(
        price_list, [NewPrice(variants[row.sku].pk, row.amount, row.was, row.min_quantity) for row in prices]
    )
    return [sku for sku, variant in variants.items() if variant.pk in changed]


def _named_twice(prices: Sequence[SkuPrice]) -> SkuPrice | None:
    seen: set[tuple[str, int]] = set()
    for row in prices:
        if (row.sku, row.min_quantity) in seen:
            return row
        seen.add((row.sku, row.min_quantity))
    return None
