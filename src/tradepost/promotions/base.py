"""Promotions: conditions that must hold, benefits that follow, coupons that unlock them.

A kind of condition or benefit is a mixin that gives a rule of :mod:`tradepost.promotions.rules`, and a model of it; a
project adds its own beside these.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from polymorphic.models import PolymorphicModel

from tradepost.core.fields import AmountField, CurrencyField
from tradepost.core.polymorphic import KindsManager

from . import rules
from .querysets import CouponQuerySet, PromotionQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractAmountOff",
    "AbstractBenefit",
    "AbstractBundlePrice",
    "AbstractCheapestFree",
    "AbstractCondition",
    "AbstractCoupon",
    "AbstractCouponRedemption",
    "AbstractMinimumQuantity",
    "AbstractMinimumValue",
    "AbstractPercentageOff",
    "AbstractPromotion",
    "check_categories",
]


def check_categories(slugs: Any) -> None:
    """Refuse what isn't a list of slugs of categories, for a misspelt one would match nothing.

    Raises:
        ValidationError: Of the field ``categories``.
    """
    from tradepost.catalogue.models import Category  # concrete models aren't there yet when this module is imported

    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        raise ValidationError({"categories": _("Write a list of slugs, as in [“books”, “toys”].")})
    unknown = set(slugs) - set(Category.objects.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else ()
    if unknown:
        text = _("No category is called: %(slugs)s.") % {"slugs": ", ".join(sorted(unknown))}
        raise ValidationError({"categories": text})


class AbstractPromotion(models.Model):
    """Something that makes a basket cheaper while its conditions hold."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    label = models.CharField(max_length=100, blank=True, help_text=_("What customers read; the name where empty."))
    needs_coupon = models.BooleanField(default=False)
    channel = models.SlugField(max_length=50, blank=True, help_text=_("Empty for all channels."))
    priority = models.SmallIntegerField(default=0, help_text=_("The highest is applied first."))
    is_exclusive = models.BooleanField(default=False, help_text=_("Where it applies, no later one does."))
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = PromotionQuerySet.as_manager()

    if TYPE_CHECKING:
        conditions: RelatedManager[AbstractCondition]
        benefits: RelatedManager[AbstractBenefit]
        coupons: RelatedManager[AbstractCoupon]

    class Meta:
        abstract = True
        ordering = ["-priority", "code"]
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")

    def __str__(self) -> str:
        return self.name


class AbstractCondition(PolymorphicModel):
    """What must hold of a basket. All conditions of a promotion must."""

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="conditions")

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    class Meta:
        abstract = True
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def rule(self) -> rules.Condition:
        """The condition as a pure value, for the calculation."""
        raise TypeError(f"{type(self).__name__} has no rule(); conditions are of one of its kinds.")


class AbstractMinimumValue(models.Model):
    """The goods are worth at least so much, before discounts."""

    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("minimum value")
        verbose_name_plural = _("minimum values")

    def rule(self) -> rules.Condition:
        return rules.MinimumValue(self.amount, self.currency)


class AbstractMinimumQuantity(models.Model):
    """At least so many units, of all goods or of some categories."""

    quantity = models.PositiveIntegerField(default=1)
    categories = models.JSONField(default=list, blank=True, help_text=_("Slugs; empty for all goods."))

    class Meta:
        abstract = True
        verbose_name = _("minimum quantity")
        verbose_name_plural = _("minimum quantities")

    def clean(self) -> None:
        super().clean()
        check_categories(self.categories)

    def rule(self) -> rules.Condition:
        return rules.MinimumQuantity(self.quantity, frozenset(self.categories))


class AbstractBenefit(PolymorphicModel):
    """What becomes cheaper."""

    class Target(models.TextChoices):
        LINES = "lines", _("Each line")
        ORDER = "order", _("The order")
        SHIPPING = "shipping", _("Shipping")

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="benefits")
    target = models.CharField(max_length=8, choices=Target.choices, default=Target.LINES)
    categories = models.JSONField(default=list, blank=True, help_text=_("Slugs; empty for all goods."))

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    class Meta:
        abstract = True
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        super().clean()
        check_categories(self.categories)

    def rule(self) -> rules.Benefit:
        """The benefit as a pure value, for the calculation."""
        raise TypeError(f"{type(self).__name__} has no rule(); benefits are of one of its kinds.")


class AbstractPercentageOff(models.Model):
    """So many percent off."""

    percent = models.DecimalField(
        max_digits=6, decimal_places=3, validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    )
    max_units = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Only so many units, the cheapest; empty for all.")
    )

    class Meta:
        abstract = True
        verbose_name = _("percentage off")
        verbose_name_plural = _("percentages off")

    def rule(self: Any) -> rules.Benefit:
        return rules.PercentageOff(self.target, frozenset(self.categories), self.percent, self.max_units)


class AbstractAmountOff(models.Model):
    """So much off, at most what there is."""

    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("amount off")
        verbose_name_plural = _("amounts off")

    def rule(self: Any) -> rules.Benefit:
        return rules.AmountOff(self.target, frozenset(self.categories), self.amount, self.currency)


class AbstractBundlePrice(models.Model):
    """Any so many units for one price."""

    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    amount = AmountField(validators=[MinValueValidator(Decimal(0))], help_text=_("Of all of them together."))
    currency = CurrencyField()

    class Meta:
        abstract = True
        verbose_name = _("bundle price")
        verbose_name_plural = _("bundle prices")

    def rule(self: Any) -> rules.Benefit:
        return rules.BundlePrice(
            self.target, frozenset(self.categories), max(1, self.quantity), self.amount, self.currency
        )


class AbstractCheapestFree(models.Model):
    """Of every so many units the cheapest is free."""

    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)], help_text=_("3 for “three for two”."))
    max_uses = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Free units in one order; empty for no limit.")
    )

    class Meta:
        abstract = True
        verbose_name = _("cheapest one free")
        verbose_name_plural = _("cheapest one free")

    def rule(self: Any) -> rules.Benefit:
        return rules.CheapestFree(self.target, frozenset(self.categories), max(1, self.quantity), self.max_uses)


class AbstractCoupon(models.Model):
    """A code that unlocks a promotion."""

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="coupons")
    code = models.CharField(max_length=40, unique=True, help_text=_("Compared without case; kept in capitals."))
    usage_limit = models.PositiveIntegerField(null=True, blank=True, help_text=_("Orders in all; empty for no limit."))
    customer_limit = models.PositiveIntegerField(null=True, blank=True, help_text=_("Orders of one customer."))
    used = models.PositiveIntegerField(default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CouponQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.CheckConstraint(condition=Q(used__gte=0), name="%(app_label)s_%(class)s_used"),
            models.CheckConstraint(
                condition=Q(usage_limit=None) | Q(used__lte=F("usage_limit")), name="%(app_label)s_%(class)s_limit"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_valid(self, at: datetime) -> bool:
        """Whether it may be used at a moment, both ends included; its limits aside."""
        begun = self.starts_at is None or self.starts_at <= at
        return self.is_active and begun and (self.ends_at is None or at <= self.ends_at)

    def clean(self) -> None:
        """Capitals before the code is compared with others."""
        super().clean()
        self.code = self.code.strip().upper()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code.strip().upper()
        super().save(*args, **kwargs)


class AbstractCouponRedemption(models.Model):
    """One use of a coupon, by an owner (an order, for us an opaque key); deleted when it is given back."""

    coupon = models.ForeignKey("tradepost_promotions.Coupon", models.PROTECT, related_name="redemptions")
    customer = models.ForeignKey(
        "tradepost_customers.Customer", models.SET_NULL, null=True, blank=True, related_name="redemptions"
    )
    email = models.EmailField(blank=True, help_text=_("In small letters; guests are counted by it."))
    owner_kind = models.CharField(max_length=20)
    owner_key = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        indexes = [models.Index(fields=["coupon", "email"])]
        constraints = [
            models.UniqueConstraint(fields=["coupon", "owner_kind", "owner_key"], name="%(app_label)s_%(class)s_owner")
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} for {self.owner_kind} {self.owner_key}"
