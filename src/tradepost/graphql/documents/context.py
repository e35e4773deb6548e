"""The context that the fields of one document share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from tradepost.api.callers.idempotency import HEADER

from ..calls import Caller
from ..errors import Refused

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class _Identified:
    """Whom a declaration of access asks about."""

    user: Any
    auth: Any


class Context:
    """The context of a document: ``info.context``.

    Attributes:
        request: Django's.
        caller: Who sent it.
        calls: How many fields of ``Query`` or ``Mutation`` it has.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.caller = Caller(request)
        self.calls = 1

    def identified(self) -> _Identified:
        """Who calls, and by what they are known.

        Raises:
            APIException: What they showed opens nothing.
        """
        user, auth = self.caller.identity() or (AnonymousUser(), None)
        return _Identified(user, auth)

    @property
    def user(self) -> Any:
        """Who calls."""
        return self.identified().user

    def key_of(self, given: str | None) -> str:
        """The ``Idempotency-Key`` of a change: its argument, or the header of a document that has no other field.

        Raises:
            Refused: The header would stand for several.
        """
        header = self.request.headers.get(HEADER, "")
        if given is not None:
            if not (given.isascii() and given.isprintable() and 0 < len(given) <= 255):
                text = "An idempotency key is 1 to 255 printable characters."
                raise Refused.of(400, "idempotency_key_invalid", text, "idempotencyKey")
            return given
        if header and self.calls > 1:
            text = "A document with several changes names a key for each, by the argument idempotencyKey."
            raise Refused.of(400, "idempotency_key_ambiguous", text, "idempotencyKey")
        return str(header)
