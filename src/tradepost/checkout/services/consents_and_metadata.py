"""Consents and a project's own data of a checkout, merged by key, so that several can write without knowing each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.customers.services import agreements_in

__all__ = ["merge_agreements", "merge_consents", "merge_metadata", "read_text"]

_MOST_CONSENTS = 50
_MOST_METADATA = 20_000  # characters, as JSON


def read_text(value: Any, attr: str, most: int) -> str:
    """A text without blanks around it.

    Args:
        attr: The field that it was given as.
        most: Characters.

    Raises:
        Invalid: It is none, or too long.
    """
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Invalid(_("Enter at most %(most)s characters.") % {"most": most}, attr=attr)
    return value.strip()


def merge_consents(kept: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    """Consents after some were given (a version) or taken back (``None``); all others stay.

    Raises:
        Invalid: A document or a version is no short text, or there are too many.
    """
    versions = {
        read_text(document, "consents", 40): None if version is None else read_text(version, "consents", 40)
        for document, version in given.items()
    }
    merged = {document: version for document, version in {**kept, **versions}.items() if version is not None}
    if len(merged) > _MOST_CONSENTS:
        raise Invalid(_("At most %(most)s consents are kept.") % {"most": _MOST_CONSENTS}, attr="consents")
    return merged


def merge_agreements(kept: Mapping[str, Any], given: Mapping[str, str | None]) -> dict[str, Any]:
    """The texts of consents that the shop keeps a history of, after some were given or taken back; all others stay.

    They are those of this moment and in the present language: the order may be placed by a call in another one, or days later,
    and what the customer says in between counts more.

    Returns:
        JSON of :class:`tradepost.customers.services.Agreement` by purpose, each with ``at`` in ISO 8601.
    """
    versions = {document: version for document, version in given.items() if version is not None}
    at = clock.now().isoformat()
    present = {agreement.purpose: {**agreement.as_dict(), "at": at} for agreement in agreements_in(versions)}
    return {**{purpose: text for purpose, text in kept.items() if purpose not in given}, **present}


def merge_metadata(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A project's own data after some keys were set or taken away (``None``); all others stay.

    Raises:
        Invalid: It is no JSON, or too much.
    """
    values = {read_text(key, "metadata", 80): value for key, value in given.items()}
    merged = {key: value for key, value in {**kept, **values}.items() if value is not None}
    try:
        text = json.dumps(merged, cls=DjangoJSONEncoder, allow_nan=False)
    except (TypeError, ValueError):
        raise Invalid(_("Only text, numbers, lists and the like can be stored."), attr="metadata") from None
    if len(text) > _MOST_METADATA or "\\u0000" in text:
        raise Invalid(_("That is too much to store with a basket."), attr="metadata")
    return dict(json.loads(text))
