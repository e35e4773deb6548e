"""Boxes of what customers may agree to: never ticked beforehand, they post the version of the text that stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tradepost.customers import services as customers
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.conf import purposes

__all__ = ["ConsentBoxesMixin", "asked_of"]

_PREFIX = "consent_"


class _VersionBox(forms.CheckboxInput):
    """A box whose value is a version."""

    def format_value(self, value: Any) -> None:
        """None beside that of the attribute."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # type: ignore[override]
        """The version; empty where the box isn't ticked."""
        return str(data.get(name, ""))


class ConsentBoxesMixin(forms.Form):
    """Adds a box for each consent that is asked for at a place; what was ticked is among the cleaned data as ``consents``.

    Attributes:
        consent_place: One of :data:`tradepost.customers.conf.ASKED_AT`.
    """

    consent_place = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, purpose in purposes(self.consent_place).items():
            box = _VersionBox(attrs={"value": purpose.VERSION})
            self.fields[_PREFIX + key] = forms.CharField(
                label=str(purpose.TEXT), required=False, max_length=40, widget=box
            )

    def clean(self) -> dict[str, Any]:
        """The versions by purpose instead of the boxes; ``None`` for one that wasn't ticked."""
        cleaned = super().clean() or self.cleaned_data
        boxes = [name for name in self.fields if name.startswith(_PREFIX)]
        given = {name.removeprefix(_PREFIX): cleaned.pop(name, "") or None for name in boxes}
        return {**cleaned, "consents": given}


def asked_of(customer: AbstractCustomer | None, place: str) -> list[customers.ConsentState]:
    """List what a customer is asked to agree to at a place: all that they haven't agreed to in its present version."""
    if customer is None or not purposes(place):
        return []
    return [state for state in _at(place, customers.consents_of(customer)) if not state.is_current]


def _at(place: str, states: Iterable[customers.ConsentState]) -> Iterable[customers.ConsentState]:
    asked: Mapping[str, Any] = purposes(place)
    return (state for state in states if state.key in asked)
