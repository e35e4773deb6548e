"""How goods travel, and what that costs.

A kind of method is a mixin with one function, :meth:`cost`, and a model of it; a project adds its own beside these.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from polymorphic.models import PolymorphicModel

from tradepost.core.fields import AmountField, CurrencyField
from tradepost.core.polymorphic import KindsManager

if TYPE_CHECKING:
    from .ports import Parcel

__all__ = [
    "AbstractFlatRate",
    "AbstractFreeOver",
    "AbstractPickup",
    "AbstractPriceTable",
    "AbstractShippingMethod",
    "AbstractWeightTable",
    "Table",
]

_NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class AbstractShippingMethod(PolymorphicModel):
    """A way to deliver that a customer may choose."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True)
    currency = CurrencyField(help_text=_("Offered to baskets in this currency."))
    tax_class = models.SlugField(
        max_length=50,
        default="standard",
        blank=True,
        help_text=_("Code of a tax class; empty to tax it as the goods, in proportion."),
    )
    zones = models.ManyToManyField(
        "tradepost_pricing.Zone", blank=True, related_name="shipping_methods", help_text=_("Empty for everywhere.")
    )
    max_weight = models.PositiveIntegerField(null=True, blank=True, help_text=_("In grams."))
    min_days = models.PositiveSmallIntegerField(null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    needs_address = True

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("shipping method")
        verbose_name_plural = _("shipping methods")

    def __str__(self) -> str:
        return str(self.name)

    def cost(self, parcel: Parcel) -> Decimal | None:
        """Price in the method's currency and the basket's basis; ``None`` where it can't carry the parcel."""
        raise TypeError(f"{type(self).__name__} has no cost(); shipping methods are of one of its kinds.")


class AbstractFlatRate(models.Model):
    """So much an order, and so much an item."""

    amount = AmountField(validators=_NOT_NEGATIVE)
    per_item = AmountField(default=Decimal(0), validators=_NOT_NEGATIVE)

    class Meta:
        abstract = True
        verbose_name = _("flat rate")
        verbose_name_plural = _("flat rates")

    def cost(self, parcel: Parcel) -> Decimal | None:
        return self.amount + self.per_item * parcel.items


class AbstractFreeOver(models.Model):
    """So much, but nothing from a value of the goods on (after discounts)."""

    amount = AmountField(validators=_NOT_NEGATIVE)
    threshold = AmountField(validators=_NOT_NEGATIVE)

    class Meta:
        abstract = True
        verbose_name = _("free over")
        verbose_name_plural = _("free over")

    def cost(self, parcel: Parcel) -> Decimal | None:
        return Decimal(0) if parcel.value >= self.threshold else self.amount


class Table(models.Model):
    """A price by bands; each is ``[up to and including, price]``, and a greater parcel isn't carried."""

    bands = models.JSONField(default=list, help_text=_("[[“up to”, “price”], …], ascending, as texts."))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        try:
            limits = [Decimal(str(limit)) for limit, _price in self.bands]
            prices = [Decimal(str(price)) for _limit, price in self.bands]
        except (ArithmeticError, TypeError, ValueError):
            raise ValidationError({"bands": _("Write a list of pairs, as in [[“1000”, “4.90”]].")}) from None
        if not limits or limits != sorted(set(limits)) or min(prices) < 0:
            raise ValidationError({"bands": _("Bands ascend, and prices are not below zero.")})

    def _price(self, measure: Decimal) -> Decimal | None:
        return next((Decimal(str(price)) for limit, price in self.bands if measure <= Decimal(str(limit))), None)


class AbstractWeightTable(Table):
    """A price by weight, in grams."""

    class Meta:
        abstract = True
        verbose_name = _("by weight")
        verbose_name_plural = _("by weight")

    def cost(self, parcel: Parcel) -> Decimal | None:
        return self._price(Decimal(parcel.weight))


class AbstractPriceTable(Table):
    """A price by the value of the goods, after discounts."""

    class Meta:
        abstract = True
        verbose_name = _("by value")
        verbose_name_plural = _("by value")

    def cost(self, parcel: Parcel) -> Decimal | None:
        return self._price(parcel.value)


class AbstractPickup(models.Model):
    """The customer fetches the goods."""

    amount = AmountField(default=Decimal(0), validators=_NOT_NEGATIVE)
    address = models.JSONField(default=dict, blank=True)

    needs_address = False

    class Meta:
        abstract = True
        verbose_name = _("pickup")
        verbose_name_plural = _("pickup")

    def cost(self, parcel: Parcel) -> Decimal | None:
        return self.amount
