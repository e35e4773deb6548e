"""Taxes on a document: pure functions.

Exclusive prices: tax = round(base × rate). Inclusive prices: net = round(total / (1 + Σ rates)), and tax is the rest.
Rounding is by unit, by line, or over the whole order, whose tax is then shared out among the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, allocate, portions, quantise
from tradepost.core.money.format import money_text

from ..document import (
    Document,
    LineRow,
    Row,
    TaxRow,
    TrailEntry,
)

__all__ = ["Rate", "TaxRules", "tax", "tell"]


@dataclass(frozen=True, slots=True)
class Rate:
    """One tax; ``rate`` is a fraction. A compound one is on the amount with the taxes before it."""

    name: str
    rate: Decimal
    jurisdiction: str = ""
    compound: bool = False


Rates = tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRules:
    """The tax rates of one place, by class.

    Attributes:
        here: Rates by tax class, where the goods go. A class that isn't there is taxed at zero.
        home: What inclusive prices include.
        rounding: ``unit``, ``line`` or ``order``.
        untaxed: Why nothing is taxed (``export``, ``exempt``, ``reverse_charge``); the home tax is taken out then.
        keep_net: Where rates differ from home, inclusive prices keep their net amount instead of the gross one.
    """

    here: Mapping[str, Rates]
    home: Mapping[str, Rates]
    rounding: str = "line"
    untaxed: str = ""
    keep_net: bool = False


@dataclass(frozen=True, slots=True)
class _Regime:
    """How an amount is split: its rates, and those that must come out of it first (``None``: the same)."""

    rates: Rates
    takes_out: Rates | None


@dataclass(slots=True)
class _Part:
    """So much of a row, taxed in one way."""

    row: Row
    amount: Decimal
    regime: _Regime
    net: Decimal = ZERO
    taxes: list[Decimal] = field(default_factory=list)


Split = tuple[Decimal, list[Decimal]]


def tax(document: Document, rules: TaxRules) -> None:
    """Set net, tax, total and tax rows of every row, after all discounts; a second time changes nothing."""
    document.tax_rounding = rules.rounding
    parts = list(_parts(document, rules))
    if rules.rounding == "order":
        _tax_order(parts, document)
    else:
        for part in parts:
            by_unit = rules.rounding == "unit" and isinstance(part.row, LineRow)
            part.net, part.taxes = _by_unit(part, document) if by_unit else _split(part.amount, part.regime, document)
    for row in document.rows:
        row.net, row.tax, row.taxes = ZERO, ZERO, []
    has_rules = bool(rules.here or rules.home)
    for part in parts:
        _book(part, rules, has_rules=has_rules)
    for row in document.rows:
        row.total = row.net + row.tax
        tell(document, row)


def _regime(tax_class: str, rules: TaxRules) -> _Regime:
    home = rules.home.get(tax_class, ())
    if rules.untaxed:
        return _Regime((), home)
    rates = rules.here.get(tax_class, ())
    return _Regime(rates, home if rules.keep_net and rates != home else None)


def _parts(document: Document, rules: TaxRules) -> Iterable[_Part]:
    # in their order, so that what is shared out depends neither on how rows came nor on their keys
    for row in sorted(document.rows, key=lambda row: row.sort_key):
        if row.tax_class:
            yield _Part(row, row.left, _regime(row.tax_class, rules))
        else:
            yield from _in_proportion(row, document, rules)


def _in_proportion(row: Row, document: Document, rules: TaxRules) -> Iterable[_Part]:
    """A charge that is taxed as the goods: shared over their amounts by regime."""
    weights: dict[_Regime, Decimal] = defaultdict(Decimal)
    given_away = not any(line.left for line in document.lines)
    for line in sorted(document.lines, key=lambda line: (line.tax_class, line.sort_key)):
        weights[_regime(line.tax_class, rules)] += line.gross if given_away else line.left
    if not any(weights.values()):
        weights = {_regime("standard", rules): Decimal(1)}
    shares = allocate(row.left, list(weights.values()), currency=document.currency)
    for regime, share in zip(weights, shares, strict=True):
        if share or len(weights) == 1:
            yield _Part(row, share, regime)
    if len(weights) > 1 and not row.left:
        yield _Part(row, ZERO, next(iter(weights)))


def _factors(rates: Rates) -> list[Decimal]:
    """Each tax as a fraction of the net amount."""
    factors: list[Decimal] = []
    for rate in rates:
        factors.append(rate.rate * (1 + sum(factors, ZERO)) if rate.compound else rate.rate)
    return factors


def _split(amount: Decimal, regime: _Regime, document: Document) -> Split:
    currency, factors = document.currency, _factors(regime.rates)
    if document.prices_include_tax and regime.takes_out is None:
        net = quantise(amount / (1 + sum(factors, ZERO)), currency)
        rest = amount - net
        return net, allocate(rest, factors, currency=currency) if rest else [ZERO] * len(factors)
    net = amount
    if document.prices_include_tax and regime.takes_out:
        net = quantise(amount / (1 + sum(_factors(regime.takes_out), ZERO)), currency)
    return net, [quantise(net * factor, currency) for factor in factors]


def _by_unit(part: _Part, document: Document) -> Split:
    assert isinstance(part.row, LineRow)
    units = portions(part.amount, part.row.item.quantity, currency=document.currency)
    net, taxes = ZERO, [ZERO] * len(part.regime.rates)
    for amount, number in units:
        unit_net, unit_taxes = _split(amount, part.regime, document)
        net += unit_net * number
        taxes = [have + more * number for have, more in zip(taxes, unit_taxes, strict=True)]
    return net, taxes


def _tax_order(parts: Sequence[_Part], document: Document) -> None:
    """Tax each regime's sum, then share that out by amount."""
    groups: dict[_Regime, list[_Part]] = defaultdict(list)
    for part in parts:
        groups[part.regime].append(part)
    for regime, group in groups.items():
        weights = [part.amount for part in group]
        net, taxes = _split(sum(weights, ZERO), regime, document)
        shares = [allocate(amount, weights, currency=document.currency) for amount in taxes]
        nets = allocate(net, weights, currency=document.currency)
        keeps_gross = document.prices_include_tax and regime.takes_out is None
        for position, part in enumerate(group):
            part.taxes = [share[position] for share in shares]
            part.net = part.amount - sum(part.taxes, ZERO) if keeps_gross else nets[position]


def _book(part: _Part, rules: TaxRules, *, has_rules: bool) -> None:
    row, base = part.row, part.net
    row.net += part.net
    row.tax += sum(part.taxes, ZERO)
    for rate, amount in zip(part.regime.rates, part.taxes, strict=True):
        on = part.net if not rate.compound else base
        row.taxes.append(
            TaxRow(
                name=rate.name,
                rate=rate.rate,
                base=on,
                amount=amount,
                jurisdiction=rate.jurisdiction,
                compound=rate.compound,
                reason="" if rate.rate else "zero",
            )
        )
        base += amount
    if has_rules and not part.regime.rates:
        reason = rules.untaxed or "zero"
        row.taxes.append(TaxRow(name=_("No tax"), rate=ZERO, base=part.net, amount=ZERO, reason=reason))


def tell(document: Document, row: Row) -> None:
    """Say in the trail what a row's taxes have done to it, where they have."""
    moved = row.total != row.left
    if not moved and not row.tax:
        return
    rule = ", ".join(dict.fromkeys(t.name for t in row.taxes))
    reasons = tuple(tax.reason for tax in row.taxes)
    why = _why(rule, net=row.net, tax=row.tax, currency=document.currency, moved=moved, reasons=reasons)
    document.trail.append(TrailEntry(stage="taxes", rule=rule, why=why, row=row.key, before=row.left, after=row.total))


def _why_text(name: str, *, net: Decimal, tax: Decimal, currency: str, moved: bool, reasons: Sequence[str]) -> str:
    amounts = {"tax": money_text(tax, currency), "net": money_text(net, currency)}
    if tax:
        text = _("%(name)s on %(net)s: %(tax)s.") if moved else _("%(name)s is included: %(net)s and %(tax)s.")
        return text % {"name": name, **amounts}
    text = _("The tax in the price isn't due here (%(reason)s): %(net)s is left.")
    return text % {"reason": _why_untaxed(reasons), **amounts}


_why = lazy(_why_text, str)  # every calculation says it, and few are read


def _why_untaxed(reasons: Sequence[str]) -> str:
    texts = {
        "export": _("export"),
        "exempt": _("the buyer is exempt"),
        "reverse_charge": _("the buyer owes it: reverse charge"),
    }
    return next((texts[reason] for reason in reasons if reason in texts), _("its rate is zero"))
