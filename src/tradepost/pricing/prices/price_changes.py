"""Setting prices: many at once, with all that follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid
from tradepost.core.money import rounded

from ..base import AbstractPriceList
from ..models import PriceList
from .conversion import follow
from .history import Key, record
from .writer import Amounts, write

__all__ = ["NewPrice", "set_prices", "settle"]

_PLACES = 4


@dataclass(frozen=True, slots=True)
class NewPrice:
    """The new price of a variant from a quantity on, in the list's currency and basis.

    Attributes:
        amount: Up to four decimals; ``None`` takes the price away.
        was: The price before, to be struck through.
    """

    variant_id: int
    amount: Decimal | None
    was: Decimal | None = None
    min_quantity: int = 1


@db.atomic
def set_prices(price_list: AbstractPriceList, prices: Iterable[NewPrice]) -> set[int]:
    """Set prices of a list, and note what changed. Prices that aren't named stay; lists that follow this one are converted.

    The list is locked. Seven queries for each 5,000 variants at most, and as many again for each list that follows.

    Args:
        price_list: Whose.
        prices: Each variant and quantity once.

    Returns:
        Primary keys of the variants of which some price changed.

    Raises:
        Invalid: An amount is below zero or has more than four decimals, a quantity is less than one, or something is
            named twice; nothing was written.
    """
    amounts = _wanted(prices)
    if not amounts or not PriceList.objects.filter(pk=price_list.pk).locked():
        return set()
    changed = write(price_list.pk, amounts)
    follow(price_list.pk, changed)
    return changed


@db.atomic
def settle(price_list_id: int, variants: Collection[int]) -> None:
    """Follow up on rows of prices written by other means, as a form does: their history, and converted prices.

    Args:
        price_list_id: Whose.
        variants: Primary keys of those whose prices were, or are about to be, changed.
    """
    record(price_list_id, variants=variants)
    follow(price_list_id, variants)


def _wanted(prices: Iterable[NewPrice]) -> dict[Key, Amounts | None]:
    by_key: dict[Key, Amounts | None] = {}
    for new in prices:
        key = (new.variant_id, new.min_quantity)
        if key in by_key:
            raise Invalid(_("A price is named twice."), attr="prices", variant_id=new.variant_id)
        if new.min_quantity < 1:
            raise Invalid(_("Quantities are at least one."), attr="min_quantity", variant_id=new.variant_id)
        for amount in (new.amount, new.was):
            if amount is not None and (not amount.is_finite() or amount < 0 or rounded(amount, _PLACES) != amount):
                message = _("Prices are at least zero, with four decimal places at most.")
                raise Invalid(message, attr="amount", variant_id=new.variant_id)
        by_key[key] = None if new.amount is None else (new.amount, new.was)
    return by_key
