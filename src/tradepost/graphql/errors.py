"""Refusals in a document's answer: the codes and facts of the API, in ``extensions``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from tradepost.api.errors import ERROR_TYPES

__all__ = ["Refused", "TooMuch", "is_masked"]


class Refused(GraphQLError):
    """A call of the API that was refused."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        errors = [dict(entry) for entry in body.get("errors", ())]
        first = errors[0] if errors else {"code": "error", "detail": ""}
        extensions = {
            "code": first["code"],
            "type": body.get("type", ERROR_TYPES.get(status, "client_error")),
            "status": status,
            "errors": errors,
            **({"context": body["context"]} if body.get("context") else {}),
        }
        super().__init__(str(first["detail"]), extensions=extensions)

    @classmethod
    def of(cls, status: int, code: str, detail: str, attr: str | None = None) -> Refused:
        """One that no call of the API gave."""
        entry = {"code": code, "detail": detail, "attr": attr}
        return cls(status, {"errors": [entry]})


class TooMuch(GraphQLError):
    """A document that asks for more than one may; it isn't executed.

    ``extensions["context"]`` has what it asks for, and the limit.
    """

    def __init__(self, code: str, message: str, *, asked: int, limit: int) -> None:
        entry = {"code": code, "detail": message, "attr": None}
        context = {"asked": asked, "limit": limit}
        extensions = {"code": code, "type": "validation_error", "status": 400, "errors": [entry], "context": context}
        super().__init__(message, extensions=extensions)


def is_masked(error: GraphQLError) -> bool:
    """Whether an error is a failure of ours, whose text is nobody's business."""
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    return original is not None
