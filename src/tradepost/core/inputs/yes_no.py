"""Yes and no in query strings: an unknown word is refused, for taken as "no filter" it would show what wasn't asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..errors import Invalid

__all__ = ["YesNoField", "read_yes_no"]

_WORDS = {"true": True, "1": True, "false": False, "0": False, "": None}


def read_yes_no(text: str, *, attr: str) -> bool | None:
    """``true``, ``1``, ``false`` or ``0``, in letters of any size; ``None`` for an empty text.

    Raises:
        Invalid: Another word.
    """
    word = text.strip().lower()
    if word not in _WORDS:
        raise Invalid(_("Enter true or false."), attr=attr)
    return _WORDS[word]


class YesNoField(forms.Field):
    """A form's field of such a text."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """From the query string."""
        try:
            return read_yes_no(str("" if value is None else value), attr="")
        except Invalid as refusal:
            raise ValidationError(str(refusal), code="invalid") from None
