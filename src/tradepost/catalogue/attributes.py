"""Values of typed attributes: checked against a product type's schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tradepost.core.inputs.numbers import InvalidNumber, read_decimal

if TYPE_CHECKING:
    from .base import AbstractAttribute

__all__ = ["clean_attributes"]


def clean_attributes(values: Mapping[str, Any], schema: Iterable[AbstractAttribute]) -> dict[str, Any]:
    """The values by code as JSON, in the schema's order and types.

    Raises:
        ValidationError: On ``attributes``: an unknown code, a missing required one, a value of another type.
    """
    by_code = {attribute.code: attribute for attribute in schema}
    wrong = [_("Unknown attribute: %(code)s.") % {"code": code} for code in values if code not in by_code]
    cleaned = {}
    for code, attribute in by_code.items():
        value = values.get(code)
        if value in (None, "", []):
            if attribute.required:
                wrong.append(_("%(name)s is required.") % {"name": attribute.name})
            continue
        try:
            cleaned[code] = _clean(value, attribute)
        except (ValueError, TypeError, InvalidNumber):
            wrong.append(_("%(value)s isn't a valid value for %(name)s.") % {"value": value, "name": attribute.name})
    if wrong:
        raise ValidationError({"attributes": wrong})
    return cleaned


def _clean(value: Any, attribute: AbstractAttribute) -> Any:
    kind = attribute.kind
    if kind == attribute.Kind.NUMBER:
        number = read_decimal(value, digits=31, places=15, is_stored=False)
        return int(number) if number == number.to_integral_value() else float(number)
    if kind == attribute.Kind.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueError
        return value
    if kind == attribute.Kind.DATE:
        return date.fromisoformat(str(value)).isoformat()
    if kind == attribute.Kind.CHOICES:
        if not isinstance(value, list) or not set(value) <= set(attribute.choices):
            raise ValueError
        return value
    if not isinstance(value, str) or (kind == attribute.Kind.CHOICE and value not in attribute.choices):
        raise ValueError
    return value
