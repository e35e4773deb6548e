"""``TRADEPOST_CUSTOMERS``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from django.utils.functional import Promise

from tradepost.core.conf import load, settings_class

__all__ = ["ASKED_AT", "PURPOSE_KEYS", "CustomerSettings", "Purpose", "purposes", "settings"]

ASKED_AT: Final = ("registration", "checkout")
"""Places besides the account where a consent can be asked for."""


@settings_class("TRADEPOST_CUSTOMERS")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSettings:
    """``TRADEPOST_CUSTOMERS``.

    Attributes:
        CONSENTS: What customers may agree to, by a key of small letters, digits, ``-`` and ``_``: ``LABEL`` (what it is called),
            ``TEXT`` (the sentence that they agree to), ``VERSION`` (of the text, ``"1"`` by default) and ``ASKED_AT``
            (``"registration"``, ``"checkout"``, both or none; in the account it can always be given and withdrawn).
    """

    CONSENTS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One entry of ``CONSENTS``.

    Attributes:
        LABEL: What customers and staff call it.
        TEXT: What a customer agrees to, as a sentence of theirs.
        VERSION: Of the text. With a new one nobody has agreed to it yet, and what was agreed to before stays written down.
        ASKED_AT: Where it is asked for besides the account.
    """

    LABEL: str | Promise
    TEXT: str | Promise
    VERSION: str = "1"
    ASKED_AT: Sequence[str] = ()


PURPOSE_KEYS = frozenset(f.name for f in fields(Purpose))


def settings() -> CustomerSettings:
    """The project's settings over the defaults."""
    return load("TRADEPOST_CUSTOMERS", CustomerSettings)


def purposes(place: str = "") -> dict[str, Purpose]:
    """The purposes that customers may agree to by key, in the order of the setting; those of one place, where it is given."""
    declared = {key: Purpose(**entry) for key, entry in settings().CONSENTS.items()}
    return {key: purpose for key, purpose in declared.items() if not place or place in purpose.ASKED_AT}
