"""Models of coupons."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.periods import ENDS_BEFORE_IT_STARTS, ends_before_it_starts
from tradepost.core.db.counters import without_counters
from tradepost.core.db.fields import CapitalsField, CountField

from ..querysets import CouponQuerySet

__all__ = ["AbstractCoupon", "AbstractCouponRedemption"]


class AbstractCoupon(models.Model):
    """A code that unlocks a promotion."""

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.CASCADE, related_name="coupons")
    code = CapitalsField(max_length=40, unique=True, help_text=_("Compared without case; kept in capitals."))
    usage_limit = CountField(null=True, blank=True, help_text=_("Orders in all; empty for no limit."))
    customer_limit = CountField(null=True, blank=True, help_text=_("Orders of one customer."))
    used = CountField(default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    batch = models.SlugField(
        max_length=60, blank=True, db_index=True, help_text=_("Names those that were made in one go.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[CouponQuerySet[Self]] = CouponQuerySet.as_manager()  # type: ignore[assignment]

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
        """A limit isn't less than what was used, and the end isn't before the beginning."""
        super().clean()
        if self.usage_limit is not None and self.usage_limit < self.used:
            raise ValidationError({"usage_limit": _("More orders than that have it already.")})
        if ends_before_it_starts(self):
            raise ValidationError({"ends_at": ENDS_BEFORE_IT_STARTS})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code.strip().upper()
        super().save(*args, **without_counters(self, ("used",), kwargs))


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
        indexes = [models.Index(fields=["coupon", "email"]), models.Index(fields=["owner_kind", "owner_key"])]
        constraints = [
            models.UniqueConstraint(fields=["coupon", "owner_kind", "owner_key"], name="%(app_label)s_%(class)s_owner")
        ]

    def __str__(self) -> str:
        return f"{self.coupon.code} ({self.owner_kind} {self.owner_key})"
