"""Phone numbers: kept as they were typed, and as the world dials them.

With the extra ``phone`` (the package ``phonenumbers``) a number is read, and refused where nobody could be called by it. Without
it a number is any short text: a shop sells as well, and its staff find a number only as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..errors import Invalid
from ..shop_settings import shop
from .json_values import is_text

__all__ = ["MAX_PHONE", "Phone", "PhoneInvalid", "read_phone"]

MAX_PHONE = 40
"""Characters of a number as it was typed."""


class PhoneInvalid(Invalid):
    """Nobody can be called by it. ``context["reason"]``: ``length``, ``country_code`` or ``form``."""

    code = "phone_invalid"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number.

    Attributes:
        text: As it was typed, with single blanks.
        e164: As in ``+493012345``, by which numbers are compared; empty where it couldn't be read.
        extension: What is dialled afterwards; E.164 has no place for it.
    """

    text: str = ""
    e164: str = ""
    extension: str = ""


def read_phone(text: str, *, region: str = "", attr: str = "phone") -> Phone:
    """Read a number as people write it: with or without a country code, brackets, letters, an extension.

    Only what can't be a number is refused, for its length: which numbers are given out changes faster than any list of them.

    Args:
        text: Untrusted; empty for none.
        region: ISO 3166-1 alpha-2 of the country in which it was written, as that of the address beside it; where it is empty,
            ``TRADEPOST_SHOP["COUNTRY"]``.
        attr: The field that it was given as.

    Raises:
        PhoneInvalid: It is too long, lacks a country code that nothing tells, or can't be called.
    """
    typed = " ".join(text.split()) if is_text(text) else text
    if len(typed) > MAX_PHONE or not is_text(typed):
        raise PhoneInvalid(_("Enter at most %(most)s characters.") % {"most": MAX_PHONE}, attr=attr, reason="length")
    library = _library()
    if not typed or library is None:
        return Phone(typed)
    try:
        number = library.parse(typed, region or shop().COUNTRY or None)
    except library.NumberParseException as refusal:
        if refusal.error_type == library.NumberParseException.INVALID_COUNTRY_CODE:
            message = _("Please add the country code, as in +49 30 123456.")
            raise PhoneInvalid(message, attr=attr, reason="country_code") from None
        raise _impossible(attr) from None
    if not library.is_possible_number(number):
        raise _impossible(attr)
    dialled = library.format_number(number, library.PhoneNumberFormat.E164)
    return Phone(typed, dialled, (number.extension or "")[:MAX_PHONE])


def _impossible(attr: str) -> PhoneInvalid:
    return PhoneInvalid(_("This can’t be a phone number. Please check it."), attr=attr, reason="form")


def _library() -> Any:
    """``phonenumbers``, imported at the first number; ``None`` where it isn't installed."""
    try:
        return import_module("phonenumbers")
    except ImportError:
        return None
