"""The default pricer and tax engine: price lists, and rates by zone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from ..conf import settings
from ..models import TaxRate, ZoneArea
from ..ports import TaxContext, Taxer
from ..prices.list_pricer import ListPricer
from ..zones import areas_of
from .calculation import (
    Rate,
    Rates,
    TaxRules,
    tax,
)

__all__ = ["ListPricer", "ZoneTaxes"]


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
    home_facts = facts[home] if home is not None else None
    reached = [zone for zone, found in facts.items() if found.nearness >= 0]
    here = max(reached, key=lambda zone: facts[zone].nearness, default=None) if context.place.country else home
    untaxed = ""
    if context.exempt:
        untaxed = "exempt"
    elif here is None and home is not None:
        untaxed = "export"
    elif here is not None and here != home and facts[here].reverse_charge and _owes_tax(context, home_facts):
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
