"""The default pricer and tax engine: price lists, and rates by zone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial

from tradepost.core.versions import Frozen

from ..conf import settings
from ..models import TaxRate
from ..ports import TaxContext, Taxer
from ..prices.list_pricer import ListPricer
from ..zones import kept_zones
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
        """Find the rates; no query while they are kept."""
        zones: dict[int, dict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
        facts = _facts(context)
        for zone, tax_class, rate in _RATES.get():
            if zone in facts:
                zones[zone][tax_class].append(rate)
        return partial(tax, rules=_rules(context, zones, {zone: facts[zone] for zone in zones}))


def _load() -> tuple[tuple[int, str, Rate], ...]:
    """Each rate with its zone and tax class, in the order in which they are applied."""
    return tuple(
        (row.zone_id, row.tax_class.code, Rate(row.name, row.rate.normalize(), row.jurisdiction, row.compound))
        for row in TaxRate.objects.in_order().select_related("tax_class")
    )


_RATES = Frozen(("pricing.taxes", "pricing.zones"), _load)


def _facts(context: TaxContext) -> dict[int, _ZoneFacts]:
    """Of the zones that may count: those at home, and those that the place lies in."""
    origin = context.tax_id_check.country if context.tax_id_check else ""
    facts: dict[int, _ZoneFacts] = {}
    for zone in kept_zones():
        near = zone.nearness(context.place)
        if zone.is_home or near is not None:
            has_the_id = bool(origin) and any(area.country == origin for area in zone.areas)
            facts[zone.pk] = _ZoneFacts(-1 if near is None else near, zone.is_home, zone.reverse_charge, has_the_id)
    return facts


def _rules(context: TaxContext, zones: dict[int, dict[str, list[Rate]]], facts: dict[int, _ZoneFacts]) -> TaxRules:
    rates: dict[int | None, dict[str, Rates]] = {
        zone: {cls: tuple(listed) for cls, listed in classes.items()} for zone, classes in zones.items()
    }
    home = next((zone for zone, fact in facts.items() if fact.is_home), None)
    home_facts = facts[home] if home is not None else None
    reached = [zone for zone, fact in facts.items() if fact.nearness >= 0]
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
