"""Methods whose prices a carrier knows, and what carriers have answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    JsonField,
    NumberField,
)

from .. import conf
from .methods import NOT_NEGATIVE, Offer

if TYPE_CHECKING:
    from ..ports import CarrierRate, Parcel

__all__ = ["AbstractCarrierQuote", "AbstractCarrierService"]

_PERCENT = Decimal(100)


class AbstractCarrierService(models.Model):
    """A service of a carrier, by what the carrier asks for it."""

    carrier = models.SlugField(max_length=50, help_text=_("Alias in TRADEPOST_SHIPPING[“CARRIERS”]."))
    service = models.CharField(max_length=100, help_text=_("The carrier’s code of it."))
    markup = NumberField(
        max_digits=6,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(-_PERCENT)],
        help_text=_("In percent of what the carrier asks; handling comes on top."),
    )
    fallback = AmountField(
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
        help_text=_("While the carrier gives no answer; empty: not on offer then."),
    )

    # of the class it is mixed into
    handling: Decimal
    min_days: int | None
    max_days: int | None

    class Meta:
        abstract = True
        verbose_name = _("service of a carrier")
        verbose_name_plural = _("services of carriers")

    def clean(self) -> None:
        """The carrier is one of the settings."""
        super().clean()
        aliases = ", ".join(conf.settings().CARRIERS)
        if self.carrier not in conf.settings().CARRIERS:
            raise ValidationError(
                {"carrier": _("There is no such carrier; there are: %(known)s.") % {"known": aliases}}
            )

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The price, which nobody but the carrier knows."""
        return None

    def offer_at(self, rates: Sequence[CarrierRate] | None, currency: str, *, is_down: bool) -> Offer:
        """Build the offer of a carrier's answer.

        Args:
            rates: ``None`` where there is no answer.
            is_down: It was asked, in vain.
        """
        if rates is None and is_down and self.fallback is not None:
            return Offer(self.fallback + self.handling, "", self.min_days, self.max_days)
        if rates is None:
            return Offer(None, _now("The carrier’s prices aren’t available right now. Please try again in a minute."))
        for rate in rates:
            if (rate.service, rate.currency) == (self.service, currency):
                amount = rate.amount * (1 + self.markup / _PERCENT) + self.handling
                return Offer(
                    amount, "", self._days(rate.min_days, self.min_days), self._days(rate.max_days, self.max_days)
                )
        return Offer(None, _now("Not available for this parcel."))

    @staticmethod
    def _days(quoted: int | None, own: int | None) -> int | None:
        """The method's own days are what the merchant promises; the carrier's stand in for them."""
        return quoted if own is None else own


class AbstractCarrierQuote(models.Model):
    """A carrier's answer to a request, or that there was none: kept for all processes, so that a page asks once.

    ``key`` names carrier and request; without the request it says when the carrier failed.
    """

    key = models.CharField(max_length=120, unique=True)
    carrier = models.CharField(max_length=50)
    rates = JsonField(default=list, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
        ordering = ["-fetched_at", "-pk"]
        verbose_name = _("carrier’s answer")
        verbose_name_plural = _("carriers’ answers")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gte=F("fetched_at")), name="%(app_label)s_%(class)s_time"),
        ]

    def __str__(self) -> str:
        return self.key

    def is_fresh(self, now: datetime) -> bool:
        """Whether it counts without asking."""
        return now < self.expires_at

    def is_kept(self, now: datetime, grace: timedelta) -> bool:
        """Whether it counts where nobody can be asked."""
        return now < self.expires_at + grace
