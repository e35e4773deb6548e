"""Fields that leave no trace of ours in a migration."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..inputs import form_fields
from ..inputs.json_values import check_json
from ..inputs.numbers import (
    MAX_COUNT,
    InvalidNumber,
    read_count,
    read_decimal,
)
from ..money.amounts import (
    MOST_DIGITS,
    digits_message,
    is_currency,
    keeps_all_digits,
    places_message,
    quantise,
)

MAX_SMALL = 32_767
_EMPTY: dict[str, type[Any]] = {"{}": dict, "[]": list}
"""JSON without anything in it, as text, and what makes the value."""

__all__ = [
    "AmountField",
    "CapitalsField",
    "CountField",
    "CurrencyField",
    "JsonField",
    "NumberField",
    "RateField",
    "SmallCountField",
    "SmallNumberField",
    "WholeField",
    "check_amounts",
    "check_currency",
    "check_digits",
]


def check_currency(code: str) -> None:
    """A validator: something can be sold in the currency today.

    Raises:
        ValidationError: There is no such currency, or none any more.
    """
    if not is_currency(code):
        raise ValidationError(_("There is no currency %(code)s in use."), code="invalid", params={"code": code})


def check_digits(number: Decimal) -> None:
    """A validator: each database keeps all digits of the number.

    Raises:
        ValidationError: It has too many.
    """
    if number.is_finite() and not keeps_all_digits(number):  # what isn't finite, Django's validator refuses
        raise ValidationError(digits_message(), code="max_digits", params={"max": MOST_DIGITS})


if TYPE_CHECKING:  # type checkers know what Django's fields hold, nullable or not
    NumberField = AmountField = RateField = models.DecimalField
    WholeField = models.IntegerField
    CountField = models.PositiveIntegerField
    SmallNumberField = models.SmallIntegerField
    SmallCountField = models.PositiveSmallIntegerField
    CapitalsField = CurrencyField = models.CharField
    JsonField = models.JSONField
else:

    class _AsDjangos:
        """In migrations such a field is Django's own, whose name is that of the next class."""

        def deconstruct(self) -> Any:
            name, _path, args, kwargs = super().deconstruct()
            return name, f"django.db.models.{self.get_internal_type()}", args, kwargs

    class NumberField(_AsDjangos, models.DecimalField):
        """A decimal number; a text is read plainly, in forms, too."""

        default_validators = [check_digits]

        def to_python(self, value: Any) -> Any:
            if not isinstance(value, str):
                return super().to_python(value)
            try:
                return read_decimal(value, digits=self.max_digits, places=self.decimal_places)
            except InvalidNumber as refusal:
                raise ValidationError(refusal.message, code="invalid") from refusal

        def formfield(self, **kwargs: Any) -> Any:
            return super().formfield(**{"form_class": form_fields.NumberField, **kwargs})

    class _WithDigits(NumberField):
        digits = (19, 4)

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_digits", self.digits[0])
            kwargs.setdefault("decimal_places", self.digits[1])
            super().__init__(*args, **kwargs)

    class AmountField(_WithDigits):
        """An amount in major units of the row's currency; four decimal places, for list prices have them."""

    class RateField(_WithDigits):
        """A tax rate as a fraction: ``Decimal("0.19")`` is 19 %."""

        digits = (9, 6)

    class _Whole(_AsDjangos):
        """A whole number with the bounds of the narrowest database, on each; a text is read plainly, in forms, too."""

        def to_python(self, value: Any) -> Any:
            if not isinstance(value, str):
                return super().to_python(value)
            try:
                return read_count(value, least=-MAX_COUNT)
            except InvalidNumber as refusal:
                raise ValidationError(refusal.message, code="invalid") from refusal

        def formfield(self, **kwargs: Any) -> Any:
            return super().formfield(**{"form_class": form_fields.CountField, **kwargs})

    class WholeField(_Whole, models.IntegerField):
        """A whole number, below zero too."""

        default_validators = [MinValueValidator(-MAX_COUNT), MaxValueValidator(MAX_COUNT)]

    class CountField(_Whole, models.PositiveIntegerField):
        """Units, grams, millimetres: from zero to what 32 bits hold."""

        default_validators = [MinValueValidator(0), MaxValueValidator(MAX_COUNT)]

    class SmallNumberField(_Whole, models.SmallIntegerField):
        """A priority: a whole number of 16 bits."""

        default_validators = [MinValueValidator(-MAX_SMALL), MaxValueValidator(MAX_SMALL)]

    class SmallCountField(_Whole, models.PositiveSmallIntegerField):
        """A position, days, tries: from zero to what 16 bits hold."""

        default_validators = [MinValueValidator(0), MaxValueValidator(MAX_SMALL)]

    class CapitalsField(_AsDjangos, models.CharField):
        """A code in capitals. They are made before the length is checked: some letters have two, as ``ß``."""

        def to_python(self, value: Any) -> Any:
            return value.strip().upper() if isinstance(value, str) else super().to_python(value)

        def formfield(self, **kwargs: Any) -> Any:
            return super().formfield(**{"form_class": form_fields.CapitalsField, **kwargs})

    class CurrencyField(_AsDjangos, models.CharField):
        """An ISO 4217 code of a currency in use, upper case."""

        default_validators = [RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, as in EUR.")), check_currency]

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", 3)
            super().__init__(*args, **kwargs)

    class JsonField(_AsDjangos, models.JSONField):
        """JSON that every database can hold: no NaN, no infinity, no NUL."""

        default_validators = [check_json]

        def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
            # Most rows have nothing here: no decoder is started for that.
            if value.__class__ is str and value in _EMPTY and self.decoder is None:
                return _EMPTY[value]()
            return super().from_db_value(value, expression, connection)

        def formfield(self, **kwargs: Any) -> Any:
            return super().formfield(**{"form_class": form_fields.JsonField, **kwargs})


def check_amounts(row: models.Model, currency: str) -> None:
    """Refuse amounts of a row with more decimal places than their currency has; for ``clean()``. Unit prices may have more.

    Raises:
        ValidationError: It names the fields.
    """
    if not is_currency(currency):
        return  # the field of the currency says so
    wrong: dict[str, str] = {}
    for field in row._meta.concrete_fields:
        amount = getattr(row, field.attname, None) if isinstance(field, AmountField) else None
        if isinstance(amount, Decimal) and quantise(amount, currency) != amount:
            wrong[field.name] = places_message(currency)
    if wrong:
        raise ValidationError(wrong)
