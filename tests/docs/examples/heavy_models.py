"""The models of the rules in ``heavy.py``: what a merchant fills in."""

from __future__ import annotations

from django.db import models

from tradepost.core.db.fields import AmountField, CurrencyField
from tradepost.promotions import rules
from tradepost.promotions.models import Benefit, Condition

from .heavy import MinimumWeight, OffByWeight


class MinimumWeightCondition(Condition):
    """The goods weigh at least so much."""

    grams = models.PositiveIntegerField()

    def rule(self) -> rules.Condition:
        return MinimumWeight(self.grams)


class OffByWeightBenefit(Benefit):
    """So much off each kilogram."""

    amount = AmountField()
    currency = CurrencyField()

    def rule(self) -> rules.Benefit:
        return OffByWeight(self.target, self.goods(), self.amount, self.currency)
