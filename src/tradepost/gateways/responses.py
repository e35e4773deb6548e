"""Strict reading of providers' answers: JSON, unexpected shapes, signatures of their deliveries."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeAlias

from tradepost.core.inputs.numbers import InvalidNumber, read_decimal
from tradepost.payments.interface import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
)

__all__ = ["UNREADABLE", "Json", "after_all", "amount_in", "aside", "is_signed", "loads", "reading", "shown"]

logger = logging.getLogger(__name__)
Json: TypeAlias = Mapping[str, Any]

# What reading an answer of another shape than the provider's raises.
UNREADABLE = (AttributeError, ArithmeticError, LookupError, TypeError, ValueError)


def loads(body: bytes) -> Json:
    """A JSON object, exactly: numbers with a point become ``Decimal``.

    Raises:
        ValueError: It isn't one.
    """
    try:
        data = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    if not isinstance(data, dict):
        raise ValueError("It isn't a JSON object.")  # noqa: TRY004
    return data


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} isn't a number.")


@contextmanager
def reading(provider: str) -> Iterator[None]:
    """Around the reading of an answer: one of another shape than the provider's says nothing, and money may have moved.

    Raises:
        OutcomeUnknown: Something is missing in it, or is of another kind. What the answer held isn't repeated.
    """
    try:
        yield
    except UNREADABLE as error:
        raise OutcomeUnknown(f"{provider}'s answer can't be read: {type(error).__name__}.") from None


def amount_in(value: Any) -> Decimal:
    """An amount as a provider writes it, text or number: plain and finite.

    Raises:
        ValueError: It is none, which :func:`reading` takes for an answer that can't be read.
    """
    try:
        return read_decimal(value, digits=25, places=6, is_stored=False)
    except InvalidNumber as refusal:
        raise ValueError("no amount") from refusal


@contextmanager
def after_all() -> Iterator[None]:
    """Money was moved; whatever goes wrong with looking at it must not be taken for a refusal."""
    try:
        yield
    except GatewayError as error:
        raise OutcomeUnknown(str(error)) from None


@contextmanager
def aside(missing: list[str], what: str, *, is_optional: bool = False) -> Iterator[None]:
    """Around a question beside the payment itself: one that gets no answer is named, and what is known is booked all the same.

    Args:
        missing: What wasn't answered so far, for ``Result.missing``.
        what: ``refunds``, ``disputes`` and the like.
        is_optional: The shop's keys needn't be allowed to ask. A refusal is logged, and isn't asked for again by itself: it would
            be refused for ever, and so would every delivery that waits for it.
    """
    try:
        yield
    except (Misconfigured, Rejected) as refusal:
        if not is_optional:
            missing.append(what)
        logger.warning("A provider refused to report %s: %s", what, refusal)
    except (GatewayError, *UNREADABLE):
        missing.append(what)


def shown(data: Json, *names: str) -> dict[str, str]:
    """The named parts of an answer as text, for ``raw``."""
    return {name: str(data[name]) for name in names if data.get(name) is not None}


def is_signed(body: bytes, signature: str, secrets: Iterable[str], digest: str = "sha256") -> bool:
    """Whether a signature is the hexadecimal HMAC of a body under any of the secrets; empty ones sign nothing.

    Compared in constant time.

    Args:
        body: As it came, byte for byte.
        signature: Of a header, untrusted.
        secrets: Several while one is being replaced.
        digest: Name of the hash.
    """
    sent, good = signature.encode(errors="replace"), False
    for secret in filter(None, secrets):
        expected = hmac.new(secret.encode(), body, digest).hexdigest()
        good |= hmac.compare_digest(expected.encode(), sent)
    return good
