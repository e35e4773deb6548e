"""The kinds of methods that the library brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    CountField,
    JsonField,
)
from tradepost.core.errors import Invalid
from tradepost.core.inputs.json_values import pairs_of
from tradepost.core.inputs.numbers import (
    read_amount,
    read_decimal,
    read_unit_price,
)
from tradepost.core.money import ZERO, is_currency

from .methods import NOT_NEGATIVE

if TYPE_CHECKING:
    from ..ports import Parcel

__all__ = [
    "AbstractFlatRate",
    "AbstractFreeOver",
    "AbstractPickup",
    "AbstractPriceTable",
    "AbstractQuantityTable",
    "AbstractWeightTable",
    "Table",
]


class AbstractFlatRate(models.Model):
    """An amount for each parcel, and one for each item."""

    amount = AmountField(validators=NOT_NEGATIVE)
    per_item = AmountField(default=Decimal(0), validators=NOT_NEGATIVE)

    class Meta:
        abstract = True
        verbose_name = _("flat rate")
        verbose_name_plural = _("flat rates")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The amount, and the one for each item."""
        return self.amount + self.per_item * parcel.items


class AbstractFreeOver(models.Model):
    """An amount for each parcel, but nothing from a value of the goods on."""

    amount = AmountField(validators=NOT_NEGATIVE)
    threshold = AmountField(validators=NOT_NEGATIVE)
    after_discounts = models.BooleanField(
        default=True, help_text=_("Whether the goods count with what they cost after discounts.")
    )

    class Meta:
        abstract = True
        verbose_name = _("free over")
        verbose_name_plural = _("free over")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The amount, for as long as the value of the whole delivery is below the threshold."""
        return self.amount

    def free_after(self, delivery: Parcel) -> Decimal | None:
        """The amount that is missing to the threshold."""
        value = delivery.value if self.after_discounts else delivery.before_discounts
        return max(ZERO, self.threshold - value)


class Table(models.Model):
    """A price by bands; each is ``[up to and including, price]``, and a greater parcel isn't carried."""

    bands = JsonField(default=list, help_text=_("[[“up to”, “price”], …], ascending, as texts."))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        try:
            bands = self._bands()
            self._check_prices(price for _limit, price in bands)
        except Invalid as refusal:
            raise ValidationError({"bands": refusal.message}) from refusal
        except TypeError:
            raise ValidationError({"bands": _("Enter a list of pairs, as in [[“1000”, “4.90”]].")}) from None
        limits = [limit for limit, _price in bands]
        if not limits or limits != sorted(set(limits)):
            raise ValidationError({"bands": _("Bands must ascend.")})

    def _check_prices(self: Any, prices: Iterable[Decimal]) -> None:
        if is_currency(self.currency):  # else its own field says so
            for price in prices:
                read_amount(price, self.currency)

    def _bands(self) -> list[tuple[Decimal, Decimal]]:
        """Limits with prices, which those of earlier times may have finer than their currency."""
        return [(read_decimal(limit, least=0), read_unit_price(price)) for limit, price in pairs_of(self.bands)]

    def _price(self, measure: Decimal) -> Decimal | None:
        """The price of the band; none where a band of earlier times can't be read, so that the method isn't offered."""
        try:
            return next((price for limit, price in self._bands() if measure <= limit), None)
        except (Invalid, TypeError):
            return None


class AbstractWeightTable(Table):
    """A price by weight, in grams, for each parcel; by volume, where that counts for more."""

    volume_divisor = CountField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Cubic centimetres that count as a kilogram, as in 5000; empty: volume doesn’t count."),
    )

    class Meta:
        abstract = True
        verbose_name = _("by weight")
        verbose_name_plural = _("by weight")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The band of the weight that is charged."""
        return self._price(self.charged_weight(parcel))

    def charged_weight(self, parcel: Parcel) -> Decimal:
        """Grams: the weight, or what the volume counts as if that is more."""
        if not self.volume_divisor:
            return Decimal(parcel.weight)
        return max(Decimal(parcel.weight), Decimal(parcel.volume) / self.volume_divisor)


class AbstractQuantityTable(Table):
    """A price by the number of units, for each parcel."""

    class Meta:
        abstract = True
        verbose_name = _("by quantity")
        verbose_name_plural = _("by quantity")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The band of the units."""
        return self._price(Decimal(parcel.items))


class AbstractPriceTable(Table):
    """A price by the value of all goods of the delivery, after discounts; parcels don't matter."""

    class Meta:
        abstract = True
        verbose_name = _("by value")
        verbose_name_plural = _("by value")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The band of the value."""
        return self._price(parcel.value)

    def price(self, delivery: Parcel, parcels: Sequence[Parcel]) -> Decimal | None:
        """Once for the whole."""
        return self.cost(delivery)


class AbstractPickup(models.Model):
    """The customer fetches the goods, in however many parcels."""

    amount = AmountField(default=Decimal(0), validators=NOT_NEGATIVE)
    address = JsonField(default=dict, blank=True)

    needs_address = False

    class Meta:
        abstract = True
        verbose_name = _("pickup")
        verbose_name_plural = _("pickup")

    def cost(self, parcel: Parcel) -> Decimal | None:
        """The amount."""
        return self.amount

    def price(self, delivery: Parcel, parcels: Sequence[Parcel]) -> Decimal | None:
        """Once for the whole."""
        return self.amount
