"""How a converted price is rounded: pure functions, to what prices in shops look like."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.money import exponent, quantise, rounded

__all__ = ["Rounding", "round_price"]


class Rounding(models.TextChoices):
    """To the nearest such amount; of two equally near ones the higher."""

    UNIT = "unit", _("the currency's smallest unit")
    FIVE_CENTS = "five_cents", _("0.05")
    ENDS_95 = "ends_95", _("… .95")
    ENDS_99 = "ends_99", _("… .99")
    WHOLE = "whole", _("whole amounts")
    FIVES = "fives", _("multiples of 5")
    TENS = "tens", _("multiples of 10")
    HUNDREDS = "hundreds", _("multiples of 100")

    @property
    def needs_cents(self) -> bool:
        """Whether a currency without decimals has no such amounts."""
        return (self in _STEPS and _STEPS[self] < 1) or self in _ENDINGS


_STEPS = {
    Rounding.FIVE_CENTS: Decimal("0.05"),
    Rounding.WHOLE: Decimal(1),
    Rounding.FIVES: Decimal(5),
    Rounding.TENS: Decimal(10),
    Rounding.HUNDREDS: Decimal(100),
}
_ENDINGS = {Rounding.ENDS_95: Decimal("0.95"), Rounding.ENDS_99: Decimal("0.99")}


def round_price(amount: Decimal, rule: str, currency: str) -> Decimal:
    """A price as a rule wants it, in the currency's decimals.

    What costs nothing costs nothing; what costs something never becomes free, but the least amount that the rule has.

    Args:
        amount: At least zero, exact.
        rule: One of :class:`Rounding`. One that needs cents is :attr:`Rounding.UNIT` in a currency without them.
        currency: ISO 4217 code.
    """
    if not amount:
        return quantise(amount, currency)
    chosen = Rounding(rule)
    if chosen.needs_cents and not exponent(currency):
        chosen = Rounding.UNIT
    if chosen in _ENDINGS:
        ending = _ENDINGS[chosen]
        return quantise(max(rounded(amount - ending, 0), Decimal(0)) + ending, currency)
    step = _STEPS.get(chosen, Decimal(1).scaleb(-exponent(currency)))
    return quantise(max(rounded(amount / step, 0), Decimal(1)) * step, currency)
