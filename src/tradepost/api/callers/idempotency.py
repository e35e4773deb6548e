"""``Idempotency-Key``: the same call twice is done once, and answered twice.

A record is claimed before the call and holds its answer afterwards. What failed for now (409, 5xx, …) is forgotten, so that
the same key may be tried again; services make sure themselves that trying again is safe.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tradepost.core.dates import clock
from tradepost.core.errors import Conflict, Invalid

from ..conf import settings
from ..models import IdempotencyRecord

__all__ = ["HEADER", "MAX_ANSWER", "AnswerNotKept", "InProgress", "KeyInvalid", "KeyReused", "answer", "forget"]

HEADER = "Idempotency-Key"
LEASE = timedelta(minutes=2)  # longer than a gateway's time-out: then whoever had claimed the call is gone
MAX_ANSWER = 256 * 1024  # bytes that are kept of an answer; only bulk calls have larger ones
_FINAL = {400}  # beside 2xx: such a body will never be right


class AnswerNotKept(Conflict):
    """The call was made, and its answer was too large to be kept. ``context["status"]`` is the status that it had."""

    code = "answer_not_kept"


class InProgress(Conflict):
    """The first call with this key hasn't ended yet."""

    code = "in_progress"


class KeyInvalid(Invalid):
    """The key isn't 1 to 255 printable ASCII characters."""

    code = "idempotency_key_invalid"


class KeyReused(APIException):
    """The key was used for another body."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request.")


def answer(
    request: Request,
    call: Callable[[], Response],
    *,
    caller: str,
    conceal: Callable[[Any], Any],
    reveal: Callable[[Any], Any],
) -> Response:
    """Answer a call that carries a key: from memory, or by making it.

    Args:
        call: Makes the call; gives refusals as responses, and raises only what is a failure of ours.
        caller: Who asks; another caller's key is another key.
        conceal: Takes out of an answer what must not be stored.
        reveal: Puts it back.

    Raises:
        KeyInvalid: The key can't be used.
        KeyReused: The body isn't the first one's.
        InProgress: The first call is still being made.
        AnswerNotKept: It was made, and its answer was too large.
    """
    key = request.headers[HEADER]
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise KeyInvalid(_("An Idempotency-Key is 1 to 255 printable characters."))
    record, claimed = _claim(request, caller=caller, key=key)
    if not claimed:
        return _remembered(record, reveal)
    try:
        response = call()
    except BaseException:
        _release(record)
        raise
    _remember(record, response, conceal)
    return response


def _claim(request: Request, *, caller: str, key: str) -> tuple[IdempotencyRecord, bool]:
    now, fingerprint = clock.now(), _fingerprint(request)
    record, created = IdempotencyRecord.objects.get_or_create(
        caller=caller,
        method=request.method or "",
        path=_short(request.path),
        key=key,
        defaults={"fingerprint": fingerprint, "claimed_at": now},
    )
    if created:
        return record, True
    old = record.created_at < now - timedelta(hours=settings().IDEMPOTENCY_HOURS)
    if not old and record.fingerprint != fingerprint:
        raise KeyReused
    if not old and record.status_code is not None:
        return record, False
    if not old and record.claimed_at > now - LEASE:
        raise InProgress(_("The first request with this Idempotency-Key has not finished yet."))
    fresh = {"fingerprint": fingerprint, "claimed_at": now, "created_at": now, "status_code": None, "answer": None}
    if not _mine(record).update(**fresh):
        raise InProgress(_("The first request with this Idempotency-Key has not finished yet."))
    record.claimed_at = now
    return record, True


def _mine(record: IdempotencyRecord) -> Any:
    """The record, while nobody else took the claim over."""
    return IdempotencyRecord.objects.filter(pk=record.pk, claimed_at=record.claimed_at)


def _release(record: IdempotencyRecord) -> None:
    _mine(record).filter(status_code=None).delete()


def _remember(record: IdempotencyRecord, response: Response, conceal: Callable[[Any], Any]) -> None:
    if 200 <= response.status_code < 300 or response.status_code in _FINAL:
        rendered = b"null" if response.data is None else JSONRenderer().render(conceal(response.data))
        kept = {name: response.headers[name] for name in ("ETag", "Location") if name in response.headers}
        is_small = len(rendered) <= MAX_ANSWER
        answer = {"body": json.loads(rendered), "headers": kept} if is_small else {"too_large": len(rendered)}
        _mine(record).update(status_code=response.status_code, answer=answer)
    else:
        _release(record)


def _remembered(record: IdempotencyRecord, reveal: Callable[[Any], Any]) -> Response:
    kept = record.answer or {}
    if "too_large" in kept:
        raise AnswerNotKept(_("This was done. Its answer was too large to be kept."), status=record.status_code)
    headers = {**kept.get("headers", {}), "Idempotency-Replayed": "true"}
    return Response(reveal(kept.get("body")), status=record.status_code, headers=headers)


def _fingerprint(request: Request) -> str:
    """Of what was asked, however the body was spaced."""
    data = dict(request.data.items()) if isinstance(request.data, Mapping) else request.data
    body = json.dumps(data, sort_keys=True, separators=(",", ":"), default=_of_file)
    return hashlib.sha256(f"{request.META.get('QUERY_STRING', '')}\n{body}".encode()).hexdigest()


def _of_file(file: Any) -> str:
    digest = hashlib.sha256(b"".join(file.chunks())).hexdigest()
    file.seek(0)
    return f"file:{digest}"


def _short(path: str) -> str:
    return path if len(path) <= 300 else hashlib.sha256(path.encode()).hexdigest()


def forget() -> int:
    """Delete records that are older than their time; returns how many."""
    until = clock.now() - timedelta(hours=settings().IDEMPOTENCY_HOURS)
    return IdempotencyRecord.objects.filter(created_at__lt=until).delete()[0]
