"""The default pricer and tax engine: price lists, and rates by zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from .conf import settings
from .lists import lists_for
from .models import Price, TaxRate, ZoneArea
from .places import areas_of
from .ports import PriceContext, PriceQuote, PriceRequest, TaxContext, Taxer
from .taxes import Rate, Rates, TaxRules, tax

__all__ = ["ListPricer", "ZoneTaxes"]


@dataclass(frozen=True, slots=True)
class _Tier:
    """One row of a price list, for the variant it was found under."""

    min_quantity: int
    amount: Decimal
    was: Decimal | None
    priority: int
    code: str
    includes_tax: bool


class ListPricer:
    """Prices from price lists: the list of the highest priority that has a price for the quantity wins.

    Among lists of one priority the lowest price wins. Lists of the other basis are passed over; the quote notes it.
    """

    def quote(self, requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
        """A quote for each request, by one query."""
        if not requests:
            return []
        tiers = self._tiers({request.variant_id for request in requests}, context)
        return [_choose(request, tiers[request.variant_id], context) for request in requests]

    def _tiers(self, variant_ids: set[int], context: PriceContext) -> dict[int, list[_Tier]]:
        rows = (
            Price.objects.filter(variant_id__in=variant_ids, price_list__in=lists_for(context))
            .order_by("min_quantity")
            .values_list(
                "variant_id",
                "min_quantity",
                "amount",
                "was_amount",
                "price_list__priority",
                "price_list__code",
                "price_list__includes_tax",
            )
        )
        found: dict[int, list[_Tier]] = defaultdict(list)
        for variant_id, least, amount, was, priority, code, includes_tax in rows:
            found[variant_id].append(_Tier(least, amount, was, priority, code, includes_tax))
        return found


def _choose(request: PriceRequest, tiers: Sequence[_Tier], context: PriceContext) -> PriceQuote:
    reached = [tier for tier in tiers if tier.min_quantity <= request.quantity]
    by_list = {tier.code: tier for tier in reached if tier.includes_tax == context.includes_tax}  # the last tier counts
    passed_over = sorted({tier.code for tier in reached} - by_list.keys())
    note = ""
    if passed_over:
        text = (
            _("Passed over, for it has tax: %(lists)s.")
            if not context.includes_tax
            else _("Passed over, for it is without tax: %(lists)s.")
        )
        note = text % {"lists": ", ".join(passed_over)}
    if not by_list:
        return PriceQuote(key=request.key, amount=None, note=note)
    best = min(by_list.values(), key=lambda tier: (-tier.priority, tier.amount, tier.code))
    was = best.was if best.was is not None and best.was > best.amount else None
    return PriceQuote(key=request.key, amount=best.amount, was=was, source=best.code, note=note)


@dataclass(frozen=True, slots=True)
class _ZoneFacts:
    """A zone with rates; ``nearness`` is -1 where the place doesn't lie in it, ``has_the_id`` where the buyer's id is from it."""

    nearness: int
    is_home: bool
    reverse_charge: bool
    has_the_id: bool


class ZoneTaxes:
    """Rates by zone and tax class.

    Of the zones with rates that the place lies in the nearest counts; while nothing is known of the place, the home zone. A place
    in none of them is an export, where there is a home zone. A zone with reverse charge isn't taxed for a buyer with a tax id
    that is registered elsewhere than at home, and wasn't found wrong.
    """

    def load(self, context: TaxContext) -> Taxer:
        """Find the rates, by one query."""
        zones: dict[int, dict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
        facts: dict[int, _ZoneFacts] = {}
        near: QuerySet[Any] = areas_of(context.place).filter(zone=OuterRef("zone")).order_by("-nearness")
        check = context.tax_id_check
        origin = ZoneArea.objects.filter(zone=OuterRef("zone"), country=check.country if check else "")
        rows = (
            TaxRate.objects.in_order()
            .annotate(
                nearness=Subquery(near.values("nearness")[:1]),
                cls=F("tax_class__code"),
                has_the_id=Exists(origin.exclude(country="")),
            )
            .filter(Q(zone__is_home=True) | Q(nearness__isnull=False))
            .select_related("zone")
        )
        for row in rows:
            nearness = -1 if row.nearness is None else row.nearness
            facts[row.zone_id] = _ZoneFacts(nearness, row.zone.is_home, row.zone.reverse_charge, row.has_the_id)
            zones[row.zone_id][row.cls].append(Rate(row.name, row.rate.normalize(), row.jurisdiction, row.compound))
        return partial(tax, rules=_rules(context, zones, facts))


def _rules(context: TaxContext, zones: dict[int, dict[str, list[Rate]]], facts: dict[int, _ZoneFacts]) -> TaxRules:
    rates: dict[int | None, dict[str, Rates]] = {
        zone: {cls: tuple(found) for cls, found in classes.items()} for zone, classes in zones.items()
    }
    home = next((zone for zone, found in facts.items() if found.is_home), None)
    reached = [zone for zone, found in facts.items() if found.nearness >= 0]
    here = max(reached, key=lambda zone: facts[zone].nearness, default=None) if context.place.country else home
    untaxed = ""
    if context.exempt:
        untaxed = "exempt"
    elif here is None and home is not None:
        untaxed = "export"
    elif here is not None and here != home and facts[here].reverse_charge and _owes_tax(context, facts.get(home)):
        untaxed = "reverse_charge"
    return TaxRules(
        here=rates.get(here, {}),
        home=rates.get(home, {}),
        rounding=context.rounding,
        untaxed=untaxed,
        keep_net=settings().CROSS_BORDER == "net",
    )


def _owes_tax(context: TaxContext, home: _ZoneFacts | None) -> bool:
    """Whether the buyer's tax id makes them owe the tax themselves: one from home, or one that was found wrong, doesn't."""
    if not context.tax_id or (home is not None and home.has_the_id):
        return False
    valid = context.tax_id_check.valid if context.tax_id_check else None
    return valid is True or (valid is None and not settings().TAX_ID_MUST_BE_VALID)
