"""The default pricer: price lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from tradepost.core.db import Prepared
from tradepost.core.db.fields import AmountField
from tradepost.core.db.parameters import AnyField
from tradepost.core.versions import one_reading

from ..models import Price, PriceChange
from ..ports import (
    PriceContext,
    PriceQuote,
    PriceRequest,
)
from .lists import kept_lists, lists_for, public_lists
from .lowest import Noted, lowest_before

__all__ = ["ListPricer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tier(Noted):
    """One row of a price list; ``at`` is when it was written."""

    amount: Decimal
    was: Decimal | None
    includes_tax: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """Of one variant: the tiers of the lists that count, and where something is reduced what its prices were."""

    tiers: list[_Tier] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)


class ListPricer:
    """Prices from price lists: the list of the highest priority that has a price for the quantity wins.

    Among lists of one priority the lowest price wins. Lists of the other basis are passed over; the quote notes it. The price
    before is that of the row; where it has none and its list ends some day, that which counts without such lists.
    """

    @one_reading()
    def quote(self, requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
        """A quote for each request, by one query."""
        if not requests:
            return []
        prices_of = _known({request.variant_id for request in requests}, context)
        return [_choose(request, prices_of[request.variant_id], context) for request in requests]


def _known(variant_ids: set[int], context: PriceContext) -> dict[int, _Known]:
    usable = lists_for(context)
    if not usable:
        return defaultdict(_Known)
    lists = kept_lists()
    same_currency = [row for row in lists.values() if row.currency == context.currency]
    prices: dict[str, Any] = {"variants": sorted(variant_ids), "lists": [row.pk for row in usable]}
    public = [row.pk for row in public_lists(context)]
    if not public:
        rows = _PRICES(**prices)
    else:
        rows = _PRICES_AND_CHANGES(
            **prices,
            public=public,
            comparable=[row.pk for row in same_currency],
            ending=[row.pk for row in same_currency if row.ends_at is not None],
            at=context.at,
        )
    by_variant: dict[int, _Known] = defaultdict(_Known)
    for is_price, _pk, variant_id, price_list, was, *values in sorted(rows, key=itemgetter(0, 1)):
        row = lists[price_list]
        facts: dict[str, Any] = dict(zip(("min_quantity", "amount", "at"), values, strict=True))
        facts |= {"code": row.code, "priority": row.priority, "starts_at": row.starts_at, "ends_at": row.ends_at}
        if is_price:
            by_variant[variant_id].tiers.append(_Tier(was=was, includes_tax=row.includes_tax, **facts))
        else:
            by_variant[variant_id].noted.append(Noted(**facts))
    for entry in by_variant.values():
        entry.tiers.sort(key=lambda tier: tier.min_quantity)
        entry.noted.sort(key=lambda noted_price: noted_price.at)  # of one moment, in the order in which they were noted
    return by_variant


def _prices(p: Any) -> QuerySet[Any, Any]:
    prices = Price.objects.filter(variant__among=p.variants, price_list__among=p.lists)
    return _columns(prices, 1, since=F("updated_at"), was=F("was_amount"))


def _prices_and_changes(p: Any) -> QuerySet[Any, Any]:
    """Prices and, of variants that are reduced somewhere, what prices were: the same columns of both."""
    reduced = Price.objects.filter(
        Q(was_amount__gt=F("amount")) | Q(price_list__among=p.ending),
        variant=OuterRef("variant"),
        price_list__among=p.comparable,
    )
    changes = PriceChange.objects.filter(
        Exists(reduced), variant__among=p.variants, price_list__among=p.public, at__lte=p.at
    )
    nothing = Value(None, output_field=AmountField(null=True))
    return _prices(p).union(_columns(changes, 0, since=F("at"), was=nothing), all=True)


def _columns(rows: QuerySet[Any], is_price: int, **columns: Any) -> QuerySet[Any, Any]:
    marked = rows.order_by().annotate(is_price=Value(is_price, output_field=IntegerField()), **columns)
    named: QuerySet[Any, Any] = marked.values_list(
        "is_price", "pk", "variant_id", "price_list_id", "was", "min_quantity", "amount", "since"
    )
    return named


_KEYS: list[AnyField] = [BigIntegerField()]
_PRICES: Prepared[Any] = Prepared(_prices, variants=_KEYS, lists=_KEYS)
_PRICES_AND_CHANGES: Prepared[Any] = Prepared(
    _prices_and_changes,
    variants=_KEYS,
    lists=_KEYS,
    public=_KEYS,
    comparable=_KEYS,
    ending=_KEYS,
    at=DateTimeField(),
)


def _choose(request: PriceRequest, prices: _Known, context: PriceContext) -> PriceQuote:
    reached = [tier for tier in prices.tiers if tier.min_quantity <= request.quantity]
    by_list = {tier.code: tier for tier in reached if tier.includes_tax == context.includes_tax}  # the last tier counts
    passed_over = sorted({tier.code for tier in reached} - by_list.keys())
    note = ""
    if passed_over:
        text = (
            _("Skipped, because it includes tax: %(lists)s.")
            if not context.includes_tax
            else _("Skipped, because it excludes tax: %(lists)s.")
        )
        note = text % {"lists": ", ".join(passed_over)}
    if not by_list:
        return PriceQuote(key=request.key, amount=None, note=note)
    best = min(by_list.values(), key=_rank)
    was = _before(best, list(by_list.values()))
    lowest = None
    if was is not None:
        lowest = lowest_before(prices.noted, _since(best, prices.noted), quantity=best.min_quantity)
    return PriceQuote(key=request.key, amount=best.amount, was=was, lowest=lowest, source=best.code, note=note)


def _rank(tier: _Tier) -> tuple[int, Decimal, str]:
    return -tier.priority, tier.amount, tier.code


def _before(best: _Tier, tiers: Sequence[_Tier]) -> Decimal | None:
    """The price before, where it was higher; of a list that ends some day the price that will hold again."""
    was = best.was
    if was is None and best.ends_at is not None:
        lasting = min((tier for tier in tiers if tier.ends_at is None), key=_rank, default=None)
        was = lasting.amount if lasting is not None else None
    return was if was is not None and was > best.amount else None


def _since(best: _Tier, noted: Sequence[Noted]) -> datetime:
    """When a price came into force: noted with its list, and not before the list was valid."""
    same = [entry for entry in noted if (entry.code, entry.min_quantity) == (best.code, best.min_quantity)]
    since = same[-1].at if same and same[-1].amount == best.amount else best.at
    return max(since, best.starts_at) if best.starts_at is not None else since
