"""Models of conditions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses.countries import read_country
from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    JsonField,
    check_amounts,
)
from tradepost.core.db.polymorphic import KindModel, KindsManager
from tradepost.core.errors import Invalid

from .. import rules
from .goods import GoodsMixin, check_slugs, slugs_of

__all__ = [
    "AbstractCondition",
    "AbstractCountries",
    "AbstractCustomerGroups",
    "AbstractFirstOrder",
    "AbstractHours",
    "AbstractMinimumQuantity",
    "AbstractMinimumValue",
]

_WEEKDAYS = range(1, 8)


class AbstractCondition(KindModel):
    """A condition on a basket. All conditions of a promotion must hold."""

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="conditions")

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    class Meta:
        abstract = True
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """Amounts have the decimal places of their currency."""
        super().clean()
        check_amounts(self, getattr(self, "currency", ""))

    def rule(self) -> rules.Condition:
        """The condition as a pure value, for the calculation."""
        raise TypeError(f"{type(self).__name__} has no rule(); conditions are of one of its kinds.")


class AbstractMinimumValue(GoodsMixin):
    """The goods, or some of them, are worth at least so much, before discounts."""

    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("minimum value")
        verbose_name_plural = _("minimum values")

    def rule(self) -> rules.Condition:
        return rules.MinimumValue(self.amount, self.currency, self.goods())


class AbstractMinimumQuantity(GoodsMixin):
    """At least so many units, of all goods or of some; one unit of some product, for example."""

    quantity = CountField(default=1)

    class Meta:
        abstract = True
        verbose_name = _("minimum quantity")
        verbose_name_plural = _("minimum quantities")

    def rule(self) -> rules.Condition:
        return rules.MinimumQuantity(self.quantity, self.goods())


class AbstractCustomerGroups(models.Model):
    """The buyer is in one of some groups."""

    groups = slugs_of(_("Codes of groups of customers."))

    class Meta:
        abstract = True
        verbose_name = _("group of customers")
        verbose_name_plural = _("groups of customers")

    def clean(self) -> None:
        super().clean()
        check_slugs("groups", self.groups, "tradepost_customers.CustomerGroup", column="code")

    def rule(self) -> rules.Condition:
        return rules.CustomerGroups(frozenset(self.groups))


class AbstractFirstOrder(models.Model):
    """The buyer, known by account or e-mail, hasn't ordered yet; cancelled and expired orders don't count."""

    class Meta:
        abstract = True
        verbose_name = _("first order")
        verbose_name_plural = _("first orders")

    def rule(self) -> rules.Condition:
        return rules.FirstOrder()


class AbstractCountries(models.Model):
    """The goods go to one of some countries."""

    codes = JsonField(default=list, help_text=_("Two letters each, as in [“DE”, “AT”]."))

    class Meta:
        abstract = True
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def clean(self) -> None:
        super().clean()
        codes = self.codes
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise ValidationError({"codes": _("Enter a list of codes, as in [“DE”, “AT”].")})
        try:
            self.codes = list(dict.fromkeys(filter(None, map(read_country, codes))))
        except Invalid as refusal:
            raise ValidationError({"codes": refusal.message}) from refusal

    def rule(self) -> rules.Condition:
        return rules.Countries(frozenset(self.codes))


class AbstractHours(models.Model):
    """At some hours, on some days of the week, by the shop's clock."""

    weekdays = JsonField(
        default=list, blank=True, help_text=_("1 for Monday to 7 for Sunday, as in [6, 7]; empty for every day.")
    )
    begin = models.TimeField(null=True, blank=True)
    end = models.TimeField(
        null=True, blank=True, help_text=_("Not included; earlier than the beginning for “past midnight”.")
    )

    class Meta:
        abstract = True
        verbose_name = _("hours")
        verbose_name_plural = _("hours")

    def clean(self) -> None:
        super().clean()
        if self.weekdays is None:
            self.weekdays = []
        if not isinstance(self.weekdays, list) or not all(day in _WEEKDAYS for day in self.weekdays):
            raise ValidationError({"weekdays": _("Enter a list of numbers from 1 to 7.")})

    def rule(self) -> rules.Condition:
        return rules.Hours(frozenset(self.weekdays), self.begin, self.end)
