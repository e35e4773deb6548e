"""Fields that leave no trace of ours in a migration."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .money import is_currency, places_message, quantise

__all__ = ["AmountField", "CurrencyField", "RateField", "check_amounts"]

if TYPE_CHECKING:  # type checkers know what Django's fields hold, nullable or not
    AmountField = models.DecimalField
    RateField = models.DecimalField
    CurrencyField = models.CharField
else:

    class _PlainDecimalField(models.DecimalField):
        digits = (19, 4)

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_digits", self.digits[0])
            kwargs.setdefault("decimal_places", self.digits[1])
            super().__init__(*args, **kwargs)

        def deconstruct(self) -> Any:
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.DecimalField", args, kwargs

    class AmountField(_PlainDecimalField):
        """An amount in major units of the row's currency; four decimal places, for list prices have them."""

    class RateField(_PlainDecimalField):
        """A tax rate as a fraction: ``Decimal("0.19")`` is 19 %."""

        digits = (9, 6)

    class CurrencyField(models.CharField):
        """An ISO 4217 code, upper case."""

        default_validators = [RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, as in EUR."))]

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", 3)
            super().__init__(*args, **kwargs)

        def deconstruct(self) -> Any:
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs


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
