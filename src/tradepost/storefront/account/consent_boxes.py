"""Boxes of what customers may agree to: never ticked beforehand, they post the version of the text that stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation

from tradepost.customers import services as customers
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.conf import purposes

__all__ = ["CONSENT_PREFIX", "ConsentBoxesMixin", "asked_of", "language_read"]

CONSENT_PREFIX = "consent_"
_LANGUAGE = "consents_language"


class _VersionBox(forms.CheckboxInput):
    """A box whose value is a version."""

    def format_value(self, value: Any) -> None:
        """None beside that of the attribute."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # type: ignore[override]
        """The version; empty where the box isn't ticked."""
        return str(data.get(name, ""))


class _PageLanguage(forms.HiddenInput):
    """The language of the page that it stands on, also where the form comes again."""

    def format_value(self, value: Any) -> str:
        """The active one."""
        return translation.get_language() or ""


def language_read(code: str) -> AbstractContextManager[None]:
    """Write down consents in the language of the page that was read; another tab may have chosen another one since.

    Args:
        code: As the page posted it. One that is none of the project's leaves the language as it is.
    """
    return translation.override(code if code in dict(settings.LANGUAGES) else translation.get_language())


class ConsentBoxesMixin(forms.Form):
    """Adds a box for each consent that is asked for at a place; what was ticked is among the cleaned data as ``consents``, and
    the language of the page as ``consents_language``.

    Attributes:
        consent_place: One of :data:`tradepost.customers.conf.ASKED_AT`.
    """

    consent_place = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, purpose in purposes(self.consent_place).items():
            box = _VersionBox(attrs={"value": purpose.VERSION})
            self.fields[CONSENT_PREFIX + key] = forms.CharField(
                label=str(purpose.TEXT), required=False, max_length=40, widget=box
            )
        if purposes(self.consent_place):
            self.fields[_LANGUAGE] = forms.CharField(required=False, max_length=20, widget=_PageLanguage)

    def clean(self) -> dict[str, Any]:
        """The versions by purpose instead of the boxes; ``None`` for one that wasn't ticked."""
        cleaned = super().clean() or self.cleaned_data
        boxes = [name for name in self.fields if name.startswith(CONSENT_PREFIX)]
        given = {name.removeprefix(CONSENT_PREFIX): cleaned.pop(name, "") or None for name in boxes}
        return {**cleaned, "consents": given, _LANGUAGE: cleaned.get(_LANGUAGE, "")}


def asked_of(customer: AbstractCustomer | None, place: str) -> list[customers.ConsentState]:
    """List what a customer is asked to agree to at a place: all that they haven't agreed to in its present version."""
    if customer is None or not purposes(place):
        return []
    return [state for state in _at(place, customers.consents_of(customer)) if not state.is_current]


def _at(place: str, states: Iterable[customers.ConsentState]) -> Iterable[customers.ConsentState]:
    asked: Mapping[str, Any] = purposes(place)
    return (state for state in states if state.key in asked)
