"""Form fields for numbers, which read as :mod:`tradepost.core.inputs.numbers` does (no ``1_0``, no ``1e3``), and for JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.formats import sanitize_separators

from .numbers import MAX_COUNT, InvalidNumber, read_count, read_decimal

__all__ = ["CapitalsField", "CountField", "JsonField", "LowerEmailField", "NumberField"]

_BLANKS = " \t\r\n\f"  # what browsers leave around a value


class NumberField(forms.DecimalField):
    """A decimal number."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as Django's own
        """Read, not rounded; ``None`` where nothing was written.

        Raises:
            ValidationError: It is no number, or doesn't fit the digits of the field.
        """
        if value in self.empty_values:
            return None
        given = sanitize_separators(value) if self.localize else value
        text = given.strip(_BLANKS) if isinstance(given, str) else given
        if text == "":
            return None
        places = 15 if self.decimal_places is None else self.decimal_places
        digits = 15 + places if self.max_digits is None else self.max_digits
        try:
            return read_decimal(text, digits=digits, places=places)
        except InvalidNumber as refusal:
            raise ValidationError(refusal.message, code="invalid") from refusal


class CountField(forms.IntegerField):
    """A whole number that an integer column can hold."""

    def to_python(self, value: Any) -> int | None:
        """Read; ``None`` where nothing was written.

        Raises:
            ValidationError: It is no whole number, or beyond 32 bits.
        """
        if value in self.empty_values:
            return None
        given = sanitize_separators(value) if self.localize else value
        text = given.strip(_BLANKS) if isinstance(given, str) else given
        if text == "":
            return None
        try:
            return read_count(text, least=-MAX_COUNT)
        except InvalidNumber as refusal:
            raise ValidationError(refusal.message, code="invalid") from refusal


class CapitalsField(forms.CharField):
    """A code in capitals, which are counted."""

    def to_python(self, value: Any) -> str:
        """Trimmed, in capitals."""
        return str(super().to_python(value)).strip().upper()


class LowerEmailField(forms.EmailField):
    """An e-mail address in small letters, which are checked and counted: some letters have two then."""

    def to_python(self, value: Any) -> str:
        """Trimmed, in small letters."""
        return str(super().to_python(value)).strip().lower()


class JsonField(forms.JSONField):
    """JSON as somebody typed it: what Python can't even read is an error of the form, too."""

    def to_python(self, value: Any) -> Any:
        """The value.

        Raises:
            ValidationError: It is no JSON, nested without end, or has a number of thousands of digits.
        """
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value}) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The value to show in the form again; as it was typed where it can't be read."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)
