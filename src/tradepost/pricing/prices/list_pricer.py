"""The default pricer: price lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from tradepost.core.db.fields import AmountField

from ..models import Price, PriceChange
from ..ports import (
    PriceContext,
    PriceQuote,
    PriceRequest,
)
from .lists import lists_for, public_lists
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

    def quote(self, requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
        """A quote for each request, by one query."""
        if not requests:
            return []
        known = _known({request.variant_id for request in requests}, context)
        return [_choose(request, known[request.variant_id], context) for request in requests]


def _known(variant_ids: set[int], context: PriceContext) -> dict[int, _Known]:
    prices = Price.objects.filter(variant_id__in=variant_ids, price_list__in=lists_for(context))
    reduced = Price.objects.filter(
        Q(was_amount__gt=F("amount")) | Q(price_list__ends_at__isnull=False),
        variant=OuterRef("variant"),
        price_list__currency=context.currency,
    )
    changes = PriceChange.objects.filter(
        Exists(reduced), variant_id__in=variant_ids, price_list__in=public_lists(context), at__lte=context.at
    )
    nothing = Value(None, output_field=AmountField(null=True))
    rows = _columns(prices, 1, since=F("updated_at"), was=F("was_amount")).union(
        _columns(changes, 0, since=F("at"), was=nothing), all=True
    )
    found: dict[int, _Known] = defaultdict(_Known)
    for is_price, _pk, variant_id, was, includes_tax, *values in sorted(rows, key=itemgetter(0, 1)):
        names = ("min_quantity", "amount", "at", "priority", "code", "starts_at", "ends_at")
        facts: dict[str, Any] = dict(zip(names, values, strict=True))
        if is_price:
            found[variant_id].tiers.append(_Tier(was=was, includes_tax=includes_tax, **facts))
        else:
            found[variant_id].noted.append(Noted(**facts))
    for known in found.values():
        known.tiers.sort(key=lambda tier: tier.min_quantity)
        known.noted.sort(key=lambda one: one.at)  # of one moment, in the order in which they were noted
    return found


def _columns(rows: QuerySet[Any], is_price: int, **columns: Any) -> QuerySet[Any, Any]:
    """The same columns of prices and of changes, so that one query asks for both."""
    price_list = {
        name: F(f"price_list__{name}") for name in ("includes_tax", "priority", "code", "starts_at", "ends_at")
    }
    marked = rows.order_by().annotate(
        is_price=Value(is_price, output_field=IntegerField()),
        **columns,
        **{f"list_{name}": expression for name, expression in price_list.items()},
    )
    found: QuerySet[Any, Any] = marked.values_list(
        "is_price",
        "pk",
        "variant_id",
        "was",
        "list_includes_tax",
        "min_quantity",
        "amount",
        "since",
        "list_priority",
        "list_code",
        "list_starts_at",
        "list_ends_at",
    )
    return found


def _choose(request: PriceRequest, known: _Known, context: PriceContext) -> PriceQuote:
    reached = [tier for tier in known.tiers if tier.min_quantity <= request.quantity]
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
        lowest = lowest_before(known.noted, _since(best, known.noted), quantity=best.min_quantity)
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
    same = [one for one in noted if (one.code, one.min_quantity) == (best.code, best.min_quantity)]
    since = same[-1].at if same and same[-1].amount == best.amount else best.at
    return max(since, best.starts_at) if best.starts_at is not None else since
