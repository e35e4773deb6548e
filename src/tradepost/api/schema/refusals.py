"""Which refusals a call may answer with: derived from its access, its method and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.permissions import SAFE_METHODS

from tradepost.core.access import ANYONE, OWN, PROVIDER, Access

from ..errors import ERROR_TYPES
from .components import named

__all__ = ["REFUSALS", "Refusal", "refusals_of", "statuses_of"]


class Refusal(NamedTuple):
    """A status, as the schema shows it.

    Attributes:
        meaning: A sentence.
        code: Of the example.
        detail: Of the example.
        attr: The field of the example.
        context: Facts of the example.
    """

    meaning: str
    code: str
    detail: str
    attr: str | None = None
    context: Mapping[str, Any] | None = None


REFUSALS: Mapping[int, Refusal] = {
    400: Refusal("What was sent can't be right.", "required", "This field is required.", "variant"),
    401: Refusal("Not signed in, or by something that opens nothing.", "token_invalid", "This token isn't valid."),
    403: Refusal(
        "Signed in without the permission, or the CSRF token is missing.",
        "permission_denied",
        "You do not have permission to perform this action.",
    ),
    404: Refusal("There is no such thing, or not for this caller.", "not_found", "Not found."),
    409: Refusal(
        "Not now: the facts are in `context`.",
        "out_of_stock",
        "Not enough in stock: Mug.",
        context={"short": {"MUG-BLUE": 2}},
    ),
    412: Refusal("`If-Match` names an older version.", "version_changed", "This has changed."),
    413: Refusal("The body is too large.", "too_large", "The body is larger than 256 KB."),
    415: Refusal("The body isn't JSON.", "unsupported_media_type", 'Unsupported media type "text/plain".'),
    422: Refusal(
        "The `Idempotency-Key` was used for another body.",
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request.",
    ),
    428: Refusal("`If-Match` is missing.", "version_required", "Send If-Match."),
    429: Refusal(
        "Too often; `Retry-After` says when to come again.",
        "throttled",
        "Request was throttled.",
        context={"retry_after": 30},
    ),
    503: Refusal(
        "Not at the moment; `Retry-After` says when to come again.",
        "unavailable",
        "The shop can't do this now. Please try again in a moment.",
    ),
}


def statuses_of(view: Any, declared: Access | None, parameters: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """Statuses of the refusals that a call may answer with, in ascending order."""
    unsafe, remembers = view.request.method not in SAFE_METHODS, getattr(view, "remembers", True)
    yield 400  # a parameter that is no text is refused everywhere
    if declared is not PROVIDER:  # signing in is refused by it, too
        yield 401
    if unsafe or declared not in (ANYONE, OWN):
        yield 403
    of_staff = declared is not None and declared.of_staff
    if declared is OWN or (unsafe and of_staff) or any(_leads_somewhere(each) for each in parameters):
        yield 404  # staff's bodies name orders and lines; a row may be deleted meanwhile
    if unsafe or declared is OWN:  # a basket that was ordered has no checkout to look at
        yield 409
    if "If-Match" in (names := {each["name"] for each in parameters}):
        yield 412
    if unsafe:  # whatever its method, a body is read
        yield from (413, 415)
    if unsafe and remembers:
        yield 422
    if "If-Match" in names:
        yield 428
    if view.get_throttles() or getattr(view, "scopes", {}).get(view.action):
        yield 429
    yield 503


def _leads_somewhere(parameter: Mapping[str, Any]) -> bool:
    return bool(parameter["in"] == "path" or parameter["name"] == "page")


def refusals_of(
    auto_schema: Any, view: Any, declared: Access | None, parameters: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """References to the answers; each is a component once, called by its status, with an example."""
    from ..serializers import serializer_class

    error = auto_schema.resolve_serializer(serializer_class("api.Error")(), "response")
    return {
        str(status): named(auto_schema, str(status), ResolvedComponent.RESPONSE, _answer(status, error.ref))
        for status in statuses_of(view, declared, parameters)
    }


def _answer(status: int, schema: Any) -> dict[str, Any]:
    refusal = REFUSALS[status]
    entry = {"code": refusal.code, "detail": refusal.detail, "attr": refusal.attr}
    example: dict[str, Any] = {"type": ERROR_TYPES.get(status, "client_error"), "errors": [entry]}
    if refusal.context:
        example["context"] = refusal.context
    return {
        "description": refusal.meaning,
        "content": {"application/json": {"schema": schema, "example": example}},
    }
