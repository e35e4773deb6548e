"""Setting prices by SKU, for callers that know no primary keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.db.row_values import by_keys
from tradepost.core.errors import Invalid

from ..base import AbstractPriceList
from ..models import PriceList
from ..prices.price_changes import NewPrice, set_prices

__all__ = ["SkuPrice", "set_prices_by_sku", "set_prices_of_lists"]


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
    """Set prices of a list, as :func:`set_prices` does, with two queries more: the list is locked and read again first.

    Args:
        price_list: Whose.
        prices: Each SKU and quantity once.

    Returns:
        SKUs of the variants of which some price changed, in the order given.

    Raises:
        Invalid: An amount is in another currency than the list, a SKU doesn't exist (``context["unknown"]``), one is named twice
            for a quantity, or an amount or a quantity is wrong; nothing was written.
    """
    stored = PriceList.objects.filter(pk=price_list.pk).locked().first()
    currency = stored.currency if stored is not None else price_list.currency  # one without prices may have got another
    for row in prices:
        if row.currency not in ("", currency):
            text = _("The prices of this list are in %(currency)s.") % {"currency": currency}
            raise Invalid(text, attr="prices", sku=row.sku, currency=currency)
    if (twice := _named_twice(prices)) is not None:
        raise Invalid(_("A price is named twice."), attr="prices", sku=twice.sku, min_quantity=twice.min_quantity)
    variants = {row.sku: row for row in by_keys(Variant, "sku", (row.sku for row in prices), attr="prices")}
    changed = set_prices(
        price_list, [NewPrice(variants[row.sku].pk, row.amount, row.was, row.min_quantity) for row in prices]
    )
    return [sku for sku, variant in variants.items() if variant.pk in changed]


@db.atomic
def set_prices_of_lists(prices: Sequence[tuple[str, SkuPrice]]) -> list[bool | Invalid]:
    """Set prices of several lists as far as each can be set; queries for each list, whatever the number of prices.

    Args:
        prices: Each with the code of its list; each list, SKU and quantity once.

    Returns:
        For each whether it changed, or why it can't be: its list or its SKU doesn't exist, or has another currency.

    Raises:
        Invalid: An amount or a quantity is wrong; nothing was written.
    """
    lists = {row.code: row for row in PriceList.objects.filter(code__in={code for code, _price in prices}).locked()}
    skus = Variant.objects.filter(sku__in={price.sku for _code, price in prices})
    variants = dict(skus.values_list("sku", "pk"))
    refusals = [_refusal(lists.get(code), variants, price) for code, price in prices]
    changed: dict[str, set[int]] = {}
    for code, price_list in sorted(lists.items(), key=lambda item: item[1].pk):
        theirs = [
            NewPrice(variants[price.sku], price.amount, price.was, price.min_quantity)
            for (own, price), refusal in zip(prices, refusals, strict=True)
            if own == code and refusal is None
        ]
        changed[code] = set_prices(price_list, theirs)
    return [
        refusal or variants[price.sku] in changed[code] for (code, price), refusal in zip(prices, refusals, strict=True)
    ]


def _refusal(price_list: AbstractPriceList | None, variants: Mapping[str, int], price: SkuPrice) -> Invalid | None:
    if price_list is None:
        return Invalid(_("There is no such price list."), attr="price_list")
    if price.sku not in variants:
        return Invalid(_("There is no such variant."), attr="variant")
    if price.currency not in ("", price_list.currency):
        text = _("The prices of this list are in %(currency)s.") % {"currency": price_list.currency}
        return Invalid(text, attr="amount", currency=price_list.currency)
    return None


def _named_twice(prices: Sequence[SkuPrice]) -> SkuPrice | None:
    seen: set[tuple[str, int]] = set()
    for row in prices:
        if (row.sku, row.min_quantity) in seen:
            return row
        seen.add((row.sku, row.min_quantity))
    return None
