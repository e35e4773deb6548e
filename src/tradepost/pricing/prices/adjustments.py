"""Changing many prices by one rule: set, raised or lowered by a part or an amount, and rounded as prices in shops look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid

from ..base import AbstractPriceList
from ..models import Price, PriceList
from .price_changes import NewPrice, set_prices
from .rounding import Rounding, round_price

__all__ = ["AdjustedPrice", "Adjustment", "adjust_prices"]


class Adjustment(models.TextChoices):
    """The ways in which prices are changed."""

    SET = "set", _("Set to this price")
    PERCENT = "percent", _("Change by percent")
    AMOUNT = "amount", _("Change by an amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedPrice:
    """A price before and after, in the list's currency; ``before`` is ``None`` where there was none."""

    variant_id: int
    min_quantity: int
    before: Decimal | None
    after: Decimal


@db.atomic
def adjust_prices(
    price_list: AbstractPriceList,
    variants: Collection[int],
    kind: str,
    value: Decimal,
    *,
    rounding: str = Rounding.UNIT,
    keep_before: bool = False,
) -> list[AdjustedPrice]:
    """Change prices of variants on a list by one rule; prices that stay as they are aren't written.

    Args:
        price_list: Whose; it is locked.
        variants: Primary keys.
        kind: One of :class:`Adjustment`. ``set`` gives a price for one unit to those that have none, too, and leaves prices
            for greater quantities; the others change all prices that there are.
        value: The price, percent (``Decimal("-10")`` is a tenth less), or an amount to add, which may be below zero.
        rounding: One of :class:`~tradepost.pricing.prices.rounding.Rounding`, for what comes out.
        keep_before: The price of now is struck through beside a lower one; otherwise what is struck through stays.

    Returns:
        Each price that changes, by variant and quantity.

    Raises:
        Invalid: A price would be below zero. ``context["variant_id"]`` is whose. Nothing was written.
    """
    stored = PriceList.objects.filter(pk=price_list.pk).locked().get()
    rows = {
        (row.variant_id, row.min_quantity): row
        for row in Price.objects.filter(price_list=stored.pk, variant__in=list(variants))
    }
    keys = {(pk, 1) for pk in variants} if kind == Adjustment.SET else set(rows)
    new, adjusted = [], []
    for pk, least in sorted(keys):
        row: Any = rows.get((pk, least))
        before = None if row is None else row.amount
        after = round_price(_changed(before, kind, value, pk), rounding, stored.currency)
        if after == before:
            continue
        was = None if row is None else row.was_amount
        if keep_before:
            was = before if before is not None and before > after else None
        new.append(NewPrice(pk, after, was, least))
        adjusted.append(AdjustedPrice(variant_id=pk, min_quantity=least, before=before, after=after))
    set_prices(stored, new)
    return adjusted


def _changed(before: Decimal | None, kind: str, value: Decimal, variant_id: int) -> Decimal:
    if kind == Adjustment.SET or before is None:
        amount = value
    else:
        amount = before * (100 + value) / 100 if kind == Adjustment.PERCENT else before + value
    if amount < 0:
        raise Invalid(_("A price would be below zero."), attr="value", variant_id=variant_id)
    return amount
