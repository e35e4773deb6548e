"""Bases of what staff send: strict, so that a slip of the pen is told and never guessed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from ..base import Shape

__all__ = ["StaffInput", "TextField", "TruthField"]


class StaffInput(Shape):
    """The body of a call of staff: a name that it doesn't know is refused, not ignored."""

    refuses_unknown = True  # read by the schema

    def to_internal_value(self, data: Any) -> Any:
        """The values, when all names are known.

        Raises:
            ValidationError: A field has another shape, or a name is unknown (``unknown_field``).
        """
        if isinstance(data, Mapping) and (names := [str(name) for name in data if name not in self._writable_names()]):
            message = _("There is no such field.")
            raise ValidationError(
                {name[:100]: [ErrorDetail(str(message), code="unknown_field")] for name in names[:20]}
            )
        return super().to_internal_value(data)

    def _writable_names(self) -> set[str]:
        return {name for name, field in self.fields.items() if not field.read_only}


class TextField(serializers.CharField):
    """Text that is sent as text: a number or a yes isn't turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """From JSON."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TruthField(serializers.BooleanField):
    """``true`` or ``false``, and no other word for it."""

    def to_internal_value(self, data: Any) -> bool:
        """From JSON."""
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:50])
        return data
