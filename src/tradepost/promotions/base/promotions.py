"""Models of promotions and their budgets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.periods import ENDS_BEFORE_IT_STARTS, ends_before_it_starts
from tradepost.core.db.counters import without_counters
from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    SmallNumberField,
)
from tradepost.core.money import is_currency, quantise

from ..querysets import PromotionQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from .benefits import AbstractBenefit
    from .conditions import AbstractCondition
    from .coupons import AbstractCoupon

__all__ = ["AbstractPromotion", "AbstractPromotionUse"]


class AbstractPromotion(models.Model):
    """Something that makes a basket cheaper while its conditions hold."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    label = models.CharField(max_length=100, blank=True, help_text=_("What customers read; the name where empty."))
    needs_coupon = models.BooleanField(default=False)
    channel = models.SlugField(max_length=50, blank=True, help_text=_("Empty for all channels."))
    priority = SmallNumberField(default=0, help_text=_("The highest is applied first."))
    lane = models.SlugField(
        max_length=50, blank=True, help_text=_("Of all promotions in one lane the best applies; empty for none.")
    )
    is_exclusive = models.BooleanField(default=False, help_text=_("Where it applies, no later one does."))
    uses_units = models.BooleanField(
        default=False, help_text=_("A unit that it counts isn't counted by another promotion that does so, too.")
    )
    currency = CurrencyField(blank=True, help_text=_("Of the two amounts that follow."))
    max_discount = AmountField(null=True, blank=True, help_text=_("The most that it takes off one order."))
    budget = AmountField(null=True, blank=True, help_text=_("The most that it takes off all orders together."))
    spent = AmountField(default=Decimal(0), editable=False)
    usage_limit = CountField(null=True, blank=True, help_text=_("Orders in all, by whatever code; empty for no limit."))
    customer_limit = CountField(
        null=True, blank=True, help_text=_("Orders of one customer, by whatever code; guests are counted by e-mail.")
    )
    used = CountField(default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PromotionQuerySet[Self]] = PromotionQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        conditions: RelatedManager[AbstractCondition]
        benefits: RelatedManager[AbstractBenefit]
        coupons: RelatedManager[AbstractCoupon]

    class Meta:
        abstract = True
        ordering = ["-priority", "code"]
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        constraints = [
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=Round(F("spent"), 4)), name="%(app_label)s_%(class)s_budget"
            ),
            models.CheckConstraint(
                condition=Q(usage_limit=None) | Q(used__lte=F("usage_limit")), name="%(app_label)s_%(class)s_limit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def most(self) -> Decimal | None:
        """The most that it may take off an order now, in its currency; ``None`` for no limit."""
        rest = None if self.budget is None else max(Decimal(0), self.budget - self.spent)
        limits = [limit for limit in (self.max_discount, rest) if limit is not None]
        return min(limits, default=None)

    def clean(self) -> None:
        """Amounts need a currency, and fit it; a budget isn't less than what was given away."""
        super().clean()
        amounts = {"max_discount": self.max_discount, "budget": self.budget}
        given = {name: amount for name, amount in amounts.items() if amount is not None}
        if given and not is_currency(self.currency):
            raise ValidationError({"currency": _("Say in which currency the amounts are.")})
        for name, amount in given.items():
            if amount < 0 or amount != quantise(amount, self.currency):
                raise ValidationError({name: _("This isn't an amount of %(code)s.") % {"code": self.currency}})
        if self.budget is not None and self.budget < self.spent:
            raise ValidationError({"budget": _("More than that was given away already.")})
        if self.usage_limit is not None and self.usage_limit < self.used:
            raise ValidationError({"usage_limit": _("More orders than that have it already.")})
        if ends_before_it_starts(self):
            raise ValidationError({"ends_at": ENDS_BEFORE_IT_STARTS})

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **without_counters(self, ("spent", "used"), kwargs))


class AbstractPromotionUse(models.Model):
    """An owner's use (an order's, for us an opaque key) of a promotion with a limit; deleted when it is given back."""

    promotion = models.ForeignKey("tradepost_promotions.Promotion", models.PROTECT, related_name="uses")
    customer = models.ForeignKey(
        "tradepost_customers.Customer", models.SET_NULL, null=True, blank=True, related_name="promotion_uses"
    )
    email = models.EmailField(blank=True, help_text=_("In small letters; guests are counted by it."))
    owner_kind = models.CharField(max_length=20)
    owner_key = models.CharField(max_length=64)
    amount = AmountField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        verbose_name = _("use of a promotion")
        verbose_name_plural = _("uses of promotions")
        indexes = [models.Index(fields=["promotion", "email"]), models.Index(fields=["owner_kind", "owner_key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "owner_kind", "owner_key"], name="%(app_label)s_%(class)s_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.promotion.name}: {self.amount} ({self.owner_kind} {self.owner_key})"
