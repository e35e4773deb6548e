"""Customers' input in a payment method's own form, checked before anything is made of it.

Only what the method declares is kept, and what looks like a card number is refused wherever it stands: nobody typed it into a
field of ours on purpose, and the shop must never have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from numbers import Real
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid

from .. import conf
from ..errors import CardNumberRefused, InputInvalid
from ..interface.storable_values import flaw_of
from . import saved_methods

__all__ = ["check_fields", "declared", "holds_card_number", "refuse_card_numbers", "wrong_fields"]

_BETWEEN = r"[\s.\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
_DIGITS = re.compile(rf"(?<![\w+])\d(?:{_BETWEEN}{{0,2}}\d)*(?!\w)")
_CARD = range(13, 20)  # digits of a card number
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z\d]{11,30}", re.ASCII)
_LONGEST = 2_000
_DEPTH = 10


def wrong_fields(method: str, client_input: Mapping[str, Any], *, phone: str = "") -> Mapping[str, str]:
    """Check a form: sentences for people, by field; empty where all is well.

    Raises:
        MethodUnknown: No such method.
    """
    wrong = dict(conf.gateway(method).wrong_input(client_input, phone=phone))
    cards = {str(name): str(_NO_CARDS) for name, value in client_input.items() if holds_card_number(value)}
    return {**wrong, **cards}


def check_fields(method: str, client_input: Mapping[str, Any], *, phone: str = "") -> None:
    """Refuse what is wrong.

    Args:
        method: Alias of a gateway.
        client_input: Untrusted.
        phone: The order's, where it is known.

    Raises:
        MethodUnknown: No such method.
        CardNumberRefused: What looks like a card number stands somewhere.
        InputInvalid: A field is wrong; the first one is named.
    """
    refuse_card_numbers(client_input)
    for name, sentence in wrong_fields(method, client_input, phone=phone).items():
        raise InputInvalid(sentence, attr=f"client_input.{name}", method=method)


def declared(method: str, client_input: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a form what the method declares, and the choices about saved methods.

    Raises:
        MethodUnknown: No such method.
        CardNumberRefused: What looks like a card number stands somewhere, declared or not.
        Invalid: A value can't be stored.
    """
    refuse_card_numbers(client_input)
    names = {*conf.gateway(method).input_names, saved_methods.USE, saved_methods.CONSENT}
    kept = {name: value for name, value in client_input.items() if name in names}
    for name, value in kept.items():
        if flaw_of(value) or len(str(value)) > _LONGEST:
            raise Invalid(_("This can't be read."), attr=f"client_input.{name}")
    return kept


def refuse_card_numbers(client_input: Mapping[str, Any]) -> None:
    """Refuse a form that holds a card number; the number is repeated nowhere.

    Raises:
        CardNumberRefused: It does.
    """
    if any(holds_card_number(part) for part in client_input.items()):
        raise CardNumberRefused(_NO_CARDS, attr="client_input")


_NO_CARDS = _("Card numbers aren't taken here. Please enter your card on the payment provider's page.")


def holds_card_number(value: Any) -> bool:
    """Whether 13 to 19 digits that pass the check of card numbers stand in a value, with blanks or dashes between them.

    Other digits may stand before and after it, such as the card's date.
    """
    runs = (match.group() for text in _texts(value, _DEPTH) for match in _DIGITS.finditer(text))
    return any(_passes(digits) for run in runs for digits in _candidates(re.findall(r"\d+", run)))


def _candidates(groups: Sequence[str]) -> Iterator[str]:
    """Neighbouring groups of digits that are as long as a card number together."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) >= _CARD.stop:
                break
            if len(digits) in _CARD:
                yield digits


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping) and depth:
        for pair in value.items():
            yield from _texts(pair, depth - 1)
    elif isinstance(value, (list, tuple)) and depth:
        for part in value:
            yield from _texts(part, depth - 1)
    elif isinstance(value, (str, Real, Decimal)) and not (_is_uuid(value) or _is_iban(str(value))):
        yield str(value)[:_LONGEST]


def _is_uuid(value: object) -> bool:
    with suppress(ValueError):
        return str(UUID(str(value))) == str(value)
    return False


def _is_iban(text: str) -> bool:
    """Whether it is the number of a bank account, whose groups look like a card's; by its own check of two digits."""
    compact = "".join(text.split()).upper()
    if not _IBAN.fullmatch(compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _passes(text: str) -> bool:
    """The check that Luhn made."""
    digits = [int(character) for character in text]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
