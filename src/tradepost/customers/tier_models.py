"""Abstract models of tiers: which there are, and who is in one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates import clock
from tradepost.core.db.fields import AmountField, CurrencyField, SmallCountField, check_amounts

from .querysets import TierMembershipQuerySet

__all__ = ["AbstractTier", "AbstractTierMembership"]


class AbstractTier(models.Model):
    """A level that customers reach by what they spend, or are put into by hand.

    Its prices and promotions are those of its group, in which all of its customers are, and nobody else.

    Attributes:
        rank: A higher one is better.
        threshold: What has to be spent, in ``currency``, within the last ``period_days``; ``None`` for a tier by hand only.
    """

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    rank = SmallCountField(unique=True, help_text=_("A higher one is better."))
    group = models.OneToOneField("tradepost_customers.CustomerGroup", models.PROTECT, related_name="tier")
    threshold = AmountField(
        _("spent at least"), null=True, blank=True, help_text=_("Empty for a tier that customers are put into by hand.")
    )
    currency = CurrencyField(blank=True)
    period_days = SmallCountField(_("within days"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["rank"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold=None, currency="", period_days=None)
                | (
                    Q(threshold__isnull=False, threshold__gt=0, period_days__isnull=False, period_days__gt=0)
                    & ~Q(currency="")
                ),
                name="%(app_label)s_%(class)s_rule",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A threshold has a currency and a period, and these stand for nothing without one."""
        super().clean()
        if self.threshold is None and (self.currency or self.period_days is not None):
            raise ValidationError({"threshold": _("Say how much has to be spent, or leave currency and days empty.")})
        if self.threshold is not None:
            empty = [name for name in ("currency", "period_days") if not getattr(self, name)]
            if empty:
                raise ValidationError(dict.fromkeys(empty, _("Say it, too, where an amount has to be spent.")))
            if self.threshold <= 0:
                raise ValidationError({"threshold": _("It has to be more than zero.")})
            check_amounts(self, self.currency)


class AbstractTierMembership(models.Model):
    """A customer's tier. A row of its own, so that nobody who saves a customer writes an older tier back.

    Attributes:
        tier: ``None`` for none: not earned, or kept out by hand.
        is_by_hand: Somebody put the customer there, and no rule moves them before ``until``.
        until: When the rule decides again; ``None`` for never.
        since: When the customer came into this tier.
        due_at: When it is looked at next; ``None`` where nothing can change until the customer buys.
    """

    customer = models.OneToOneField(
        "tradepost_customers.Customer", models.CASCADE, related_name="tier_membership", editable=False
    )
    tier = models.ForeignKey(
        "tradepost_customers.Tier", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    is_by_hand = models.BooleanField(_("by hand"), default=False)
    until = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(editable=False)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)

    objects: ClassVar[TierMembershipQuerySet[Self]] = TierMembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("tier of a customer")
        verbose_name_plural = _("tiers of customers")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(is_by_hand=True), name="%(app_label)s_%(class)s_until_by_hand"
            )
        ]

    def __str__(self) -> str:
        return str(self.tier or _("No tier"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Tell since when it is so, where nobody has."""
        self.since = self.since or clock.now()
        super().save(*args, **kwargs)

    def is_kept(self, now: datetime) -> bool:
        """Whether no rule may move the customer at a moment."""
        return self.is_by_hand and (self.until is None or self.until > now)
