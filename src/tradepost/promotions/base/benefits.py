"""Models of benefits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    JsonField,
    NumberField,
    check_amounts,
)
from tradepost.core.db.polymorphic import KindModel, KindsManager
from tradepost.core.errors import Invalid
from tradepost.core.inputs.json_values import pairs_of
from tradepost.core.inputs.numbers import (
    read_amount,
    read_count,
    read_decimal,
)
from tradepost.core.money import is_currency

from .. import rules
from .goods import GoodsMixin, check_attributes, check_slugs, goods_of, slugs_of

__all__ = [
    "AbstractAmountOff",
    "AbstractBenefit",
    "AbstractBundlePrice",
    "AbstractBuyGet",
    "AbstractCheapestFree",
    "AbstractFixedPrice",
    "AbstractFreeGift",
    "AbstractPercentageOff",
    "AbstractTieredPercentage",
]

_WHOLE = 100


def _percent(help_text: Any = "", **options: Any) -> models.DecimalField[Any, Any]:
    between = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(_WHOLE))]
    return NumberField(max_digits=6, decimal_places=3, validators=between, help_text=help_text, **options)


class AbstractBenefit(GoodsMixin, KindModel):
    """A reduction that a promotion brings."""

    class Target(models.TextChoices):
        LINES = "lines", _("Each line")
        ORDER = "order", _("The order")
        SHIPPING = "shipping", _("Shipping")

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="benefits")
    target = models.CharField(max_length=8, choices=Target.choices, default=Target.LINES)

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    class Meta:
        abstract = True
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """Amounts have the decimal places of their currency."""
        super().clean()
        check_amounts(self, getattr(self, "currency", ""))

    def rule(self) -> rules.Benefit:
        """The benefit as a pure value, for the calculation."""
        raise TypeError(f"{type(self).__name__} has no rule(); benefits are of one of its kinds.")


class AbstractPercentageOff(models.Model):
    """A percentage off."""

    percent = _percent()
    max_units = CountField(null=True, blank=True, help_text=_("Only so many units, the cheapest; empty for all."))

    class Meta:
        abstract = True
        verbose_name = _("percentage off")
        verbose_name_plural = _("percentages off")

    def rule(self: Any) -> rules.Benefit:
        return rules.PercentageOff(self.target, self.goods(), self.percent, self.max_units)


class AbstractAmountOff(models.Model):
    """An amount off, at most what there is."""

    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("amount off")
        verbose_name_plural = _("amounts off")

    def rule(self: Any) -> rules.Benefit:
        return rules.AmountOff(self.target, self.goods(), self.amount, self.currency)


class AbstractBundlePrice(models.Model):
    """Any so many units for one price."""

    quantity = CountField(validators=[MinValueValidator(1)])
    amount = AmountField(validators=[MinValueValidator(Decimal(0))], help_text=_("Of all of them together."))
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("bundle price")
        verbose_name_plural = _("bundle prices")

    def rule(self: Any) -> rules.Benefit:
        return rules.BundlePrice(self.target, self.goods(), max(1, self.quantity), self.amount, self.currency)


class AbstractCheapestFree(models.Model):
    """Of every so many units the cheapest is free."""

    quantity = CountField(validators=[MinValueValidator(1)], help_text=_("3 for “three for two”."))
    max_uses = CountField(null=True, blank=True, help_text=_("Free units in one order; empty for no limit."))

    class Meta:
        abstract = True
        verbose_name = _("cheapest one free")
        verbose_name_plural = _("cheapest one free")

    def rule(self: Any) -> rules.Benefit:
        return rules.CheapestFree(self.target, self.goods(), max(1, self.quantity), self.max_uses)


class AbstractFixedPrice(models.Model):
    """Each unit, or the delivery, costs so much, where it costs more otherwise."""

    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("fixed price")
        verbose_name_plural = _("fixed prices")

    def rule(self: Any) -> rules.Benefit:
        return rules.FixedPrice(self.target, self.goods(), self.amount, self.currency)


class AbstractBuyGet(models.Model):
    """Buy some units, and get others cheaper or free. The goods of the benefit are those that one gets."""

    buy = CountField(default=1, validators=[MinValueValidator(1)])
    get = CountField(default=1, validators=[MinValueValidator(1)])
    bought_categories = slugs_of(_("What is to be bought; nothing here for the same goods that one gets."))
    bought_products = slugs_of(_("Slugs of products that are to be bought."))
    bought_collection = models.ForeignKey(
        "tradepost_catalogue.Collection", models.PROTECT, null=True, blank=True, related_name="+"
    )
    bought_attributes = JsonField(
        default=dict, blank=True, help_text=_("Of what is to be bought, as in {“colour”: [“red”]}.")
    )
    percent = _percent(_("Off what one gets; 100 for free."), default=100)
    max_uses = CountField(null=True, blank=True, help_text=_("In one order; empty for no limit."))

    class Meta:
        abstract = True
        verbose_name = _("buy some, get some")
        verbose_name_plural = _("buy some, get some")

    def clean(self) -> None:
        super().clean()
        self.bought_categories, self.bought_products = self.bought_categories or [], self.bought_products or []
        check_slugs("bought_categories", self.bought_categories, "tradepost_catalogue.Category")
        check_slugs("bought_products", self.bought_products, "tradepost_catalogue.Product")
        self.bought_attributes = self.bought_attributes or {}
        check_attributes("bought_attributes", self.bought_attributes)

    def rule(self: Any) -> rules.Benefit:
        names = (self.bought_categories, self.bought_products, self.bought_collection_id, self.bought_attributes)
        bought = goods_of(*names)
        return rules.BuyGet(
            self.target,
            self.goods(),
            max(1, self.buy),
            max(1, self.get),
            None if bought.is_all else bought,
            Decimal(self.percent),
            self.max_uses,
        )


class AbstractFreeGift(models.Model):
    """A quantity of some goods is free. The buyer puts them into the basket; a shop's page may do it for them."""

    quantity = CountField(default=1, validators=[MinValueValidator(1)])

    class Meta:
        abstract = True
        verbose_name = _("free gift")
        verbose_name_plural = _("free gifts")

    def clean(self) -> None:
        super().clean()
        goods: Any = self
        if not (goods.products or goods.categories or goods.collection_id or goods.attributes):
            raise ValidationError({"products": _("Choose what is given.")})

    def rule(self: Any) -> rules.Benefit:
        return rules.FreeGift(self.target, self.goods(), self.quantity)


class AbstractTieredPercentage(models.Model):
    """The more is bought, the more percent are taken off."""

    tiers = JsonField(help_text=_("From how much on how many percent, as in [[“50”, “5”], [“100”, “10”]]."))
    currency = CurrencyField(blank=True, help_text=_("Of what the tiers count; empty for tiers by units."))

    class Meta:
        abstract = True
        verbose_name = _("tiers of percent off")
        verbose_name_plural = _("tiers of percent off")

    def clean(self) -> None:
        super().clean()
        if self.currency and not is_currency(self.currency):
            raise ValidationError({"currency": _("There is no such currency.")})
        try:
            tiers = [self._tier(start, percent) for start, percent in pairs_of(self.tiers)]
        except Invalid as refusal:
            raise ValidationError({"tiers": refusal.message}) from refusal
        except TypeError:
            tiers = []
        if not tiers:
            raise ValidationError({"tiers": _("Enter pairs, as in [[“50”, “5”], [“100”, “10”]].")})

    def _tier(self, start: Any, percent: Any) -> rules.Tier:
        begin = read_amount(start, self.currency) if self.currency else Decimal(read_count(start))
        return rules.Tier(begin, read_decimal(percent, places=3, least=0, most=_WHOLE))

    def _readable(self) -> Iterator[rules.Tier]:
        """The tiers, without those of earlier times that can't be read: they give nothing, and stop nobody."""
        for pair in self.tiers if isinstance(self.tiers, list) else []:
            with suppress(Invalid, TypeError):
                [(start, percent)] = pairs_of([pair])
                yield rules.Tier(read_decimal(start, least=0), read_decimal(percent, least=0, most=_WHOLE))

    def rule(self: Any) -> rules.Benefit:
        return rules.TieredPercentage(self.target, self.goods(), tuple(self._readable()), self.currency)
