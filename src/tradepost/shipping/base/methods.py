"""The base of all shipping methods."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    SmallCountField,
    check_amounts,
)
from tradepost.core.db.polymorphic import KindModel, KindsManager
from tradepost.core.money import ZERO

if TYPE_CHECKING:
    from ..ports import Parcel

__all__ = ["NOT_NEGATIVE", "AbstractShippingMethod", "Offer"]

NOT_NEGATIVE = [MinValueValidator(Decimal(0))]
_CUBIC_CENTIMETRE = 1000  # cubic millimetres


class Offer(NamedTuple):
    """The price of a delivery by a method, and its working days; ``reason`` says why there is none, for people."""

    amount: Decimal | None
    reason: Any = ""
    min_days: int | None = None
    max_days: int | None = None


class AbstractShippingMethod(KindModel):
    """A way to deliver that a customer may choose."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True)
    currency = CurrencyField(help_text=_("Offered to baskets in this currency."))
    handling = AmountField(
        default=Decimal(0),
        validators=NOT_NEGATIVE,
        help_text=_("Added once to each delivery that isn’t free by its value."),
    )
    tax_class = models.SlugField(
        max_length=50,
        default="standard",
        blank=True,
        help_text=_("Code of a tax class; empty to tax it as the goods, in proportion."),
    )
    zones = models.ManyToManyField(
        "tradepost_pricing.Zone", blank=True, related_name="shipping_methods", help_text=_("Empty for everywhere.")
    )
    max_weight = CountField(null=True, blank=True, help_text=_("Of one parcel, in grams."))
    max_side = CountField(null=True, blank=True, help_text=_("Longest side of one unit, in millimetres."))
    max_girth = CountField(
        null=True,
        blank=True,
        help_text=_("Longest side of one unit and twice each of the others together, in millimetres."),
    )
    max_volume = CountField(null=True, blank=True, help_text=_("Of all units in one parcel, in cubic centimetres."))
    excluded_products = models.ManyToManyField(
        "tradepost_catalogue.Product", blank=True, related_name="+", help_text=_("These don’t travel by this method.")
    )
    excluded_collections = models.ManyToManyField(
        "tradepost_catalogue.Collection",
        blank=True,
        related_name="+",
        help_text=_("Neither do the products of these."),
    )
    min_days = SmallCountField(null=True, blank=True, help_text=_("Working days, at least."))
    max_days = SmallCountField(null=True, blank=True, help_text=_("Working days, at most."))
    is_active = models.BooleanField(default=True)
    position = SmallCountField(default=0)

    objects: ClassVar[KindsManager[Any]] = KindsManager()

    needs_address = True

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("shipping method")
        verbose_name_plural = _("shipping methods")
        constraints = [
            models.CheckConstraint(condition=Q(handling__gte=0), name="%(app_label)s_%(class)s_handling"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        """The earliest day isn't after the latest; amounts have the decimal places of their currency."""
        super().clean()
        check_amounts(self, self.currency)
        if self.min_days is not None and self.max_days is not None and self.min_days > self.max_days:
            raise ValidationError({"max_days": _("This is earlier than the earliest day.")})

    def cost(self, parcel: Parcel) -> Decimal | None:
        """Price of one parcel, in the method's currency and the basket's basis; ``None`` where it can't carry it."""
        raise TypeError(f"{type(self).__name__} has no cost(); shipping methods are of one of its kinds.")

    def price(self, delivery: Parcel, parcels: Sequence[Parcel]) -> Decimal | None:
        """Price of a delivery without handling: here the sum of its parcels; ``None`` where one can't be carried."""
        costs = [self.cost(parcel) for parcel in parcels]
        return None if None in costs else sum((cost for cost in costs if cost is not None), ZERO)

    def free_after(self, delivery: Parcel) -> Decimal | None:
        """The value missing for free delivery, handling included; ``None`` where no value makes it free."""
        return None

    def total(self, delivery: Parcel, parcels: Sequence[Parcel]) -> Decimal | None:
        """The price of a delivery, handling included; ``None`` where it can't be carried."""
        price = self.price(delivery, parcels)
        if price is None:
            return None
        return ZERO if self.free_after(delivery) == 0 else price + self.handling

    def offer(self, delivery: Parcel, parcels: Sequence[Parcel]) -> Offer:
        """Offer a delivery within the limits, with price and time, or say why it isn't on offer."""
        amount = self.total(delivery, parcels)
        return Offer(
            amount, "" if amount is not None else _("Not available for this parcel."), self.min_days, self.max_days
        )

    def refusal(self, parcel: Parcel) -> Any:
        """Say why a parcel is beyond the limits, for people; empty where it isn't."""
        if self.max_weight is not None and parcel.weight > self.max_weight:
            return _("Too heavy.")
        if self.max_side is not None and parcel.longest > self.max_side:
            return _("Too long.")
        if self.max_girth is not None and parcel.girth > self.max_girth:
            return _("Too large.")
        if self.max_volume is not None and parcel.volume > self.max_volume * _CUBIC_CENTIMETRE:
            return _("Too large.")
        return ""
