"""Refusals as answers: one format for all, the library's own errors and DRF's.

``{"type": "conflict", "errors": [{"code": "total_changed", "detail": "…", "attr": null}], "context": {…}}``
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.core.signals import got_request_exception
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.catalogue.errors import ImageTooLarge
from tradepost.catalogue.models import Variant
from tradepost.checkout.services.prepare import order_of
from tradepost.core.db import OUTAGE_RETRY_AFTER, is_outage
from tradepost.core.errors import (
    Conflict,
    Invalid,
    Misused,
    NotFound,
    TooManyRequests,
    TradepostError,
    Unauthenticated,
)

from .money import written

__all__ = ["ERROR_TYPES", "body", "exception_handler", "facts", "status_of"]

logger = logging.getLogger(__name__)

ERROR_TYPES = {
    400: "validation_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found",
    409: "conflict",
    429: "throttled",
    503: "unavailable",
}
# Where CSRF is looked for in a form, Django reads it before we do.
_BAD_FORMS = (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_STATUS: tuple[tuple[type[TradepostError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (ImageTooLarge, 413),
    (Invalid, 400),
    (TooManyRequests, 429),
    (Unauthenticated, 401),
)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an error; ``None`` for what is a failure of ours, and is raised again."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, ValidationError):
        error = _from_django(error)
    elif isinstance(error, _BAD_FORMS):
        error = exceptions.ParseError(_("This form can't be read."))
    if isinstance(error, exceptions.APIException):
        set_rollback()
        return Response(_api_body(error), status=error.status_code, headers=_headers(error))
    if isinstance(error, TradepostError) and not isinstance(error, Misused):
        set_rollback()
        status = status_of(type(error))
        return Response(body(status, _entries(error), _facts_of(error)), status=status, headers=_headers_of(error))
    if is_outage(error):
        return _unavailable(error, context)
    return None


def status_of(error: type[TradepostError]) -> int:
    """The status of the answer to an error of ours."""
    return next((status for cls, status in _STATUS if issubclass(error, cls)), 400)


def _unavailable(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer a failure that is neither the caller's fault nor ours, log it, and signal it to listeners of failed requests."""
    logger.error("The API could not answer.", exc_info=error)
    got_request_exception.send(sender=exception_handler, request=context.get("request"))
    set_rollback()
    entry = _entry("unavailable", _("The shop can't do this now. Please try again in a moment."))
    return Response(body(503, [entry]), status=503, headers={"Retry-After": str(OUTAGE_RETRY_AFTER)})


def body(status: int, entries: list[dict[str, Any]], context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An error's JSON."""
    content: dict[str, Any] = {"type": ERROR_TYPES.get(status, "client_error"), "errors": entries}
    return {**content, "context": context} if context else content


def _entry(code: str, detail: Any, attr: str | None = None) -> dict[str, Any]:
    return {"code": code, "detail": str(detail), "attr": attr or None}


def _entries(error: TradepostError) -> list[dict[str, Any]]:
    """One for each field that is wrong, where the error names them; else one."""
    attr = error.context.get("attr")
    by_field = error.context.get("fields")
    if isinstance(by_field, Mapping):
        return [_entry(error.code, text, f"{attr}.{name}" if attr else str(name)) for name, text in by_field.items()]
    return [_entry(error.code, error.message, attr)]


def facts(context: Mapping[str, Any]) -> dict[str, Any]:
    """An error's context for callers: variants by SKU instead of by primary key, money as everywhere."""
    shown = {key: _plain(value) for key, value in context.items() if key not in ("attr", "fields")}
    short = context.get("short")
    if isinstance(short, Mapping) and short:
        skus = dict(Variant.objects.filter(pk__in=short).values_list("pk", "sku"))
        shown["short"] = {skus[pk]: units for pk, units in short.items() if pk in skus}
    return shown


def _facts_of(error: TradepostError) -> dict[str, Any]:
    extra = facts(error.context)
    if isinstance(error, BasketNotOpen) and "basket" in extra and "order" not in extra:
        basket = Basket.objects.filter(uuid=extra["basket"]).first()
        order = order_of(basket) if basket is not None else None
        extra["order"] = order.number if order is not None else ""
    return extra


def _plain(value: Any) -> Any:
    if hasattr(value, "amount") and hasattr(value, "currency"):
        return written(value.amount, str(value.currency))
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _api_body(error: exceptions.APIException) -> dict[str, Any]:
    entries = list(_flat(error.get_full_details(), ""))
    content = body(error.status_code, entries)
    if facts_shown := getattr(error, "facts", None):
        return {**content, "context": facts_shown}
    wait = getattr(error, "wait", None)
    return {**content, "context": {"retry_after": int(wait)}} if wait else content


def _flat(details: Any, attr: str) -> Iterator[dict[str, Any]]:
    """DRF's nested details as a list, ``attr`` as a path: ``lines.0.quantity``."""
    if isinstance(details, list):
        for index, item in enumerate(details):
            leaf = isinstance(item, Mapping) and set(item) == {"message", "code"}
            yield from _flat(item, attr if leaf else _joined(attr, str(index)))
    elif set(details) == {"message", "code"} and not isinstance(details["code"], (dict, list)):
        yield _entry(details["code"], details["message"], attr)
    else:
        for name, item in details.items():
            yield from _flat(item, attr if name == "non_field_errors" else _joined(attr, name))


def _joined(attr: str, name: str) -> str:
    return f"{attr}.{name}" if attr else name


def _from_django(error: ValidationError) -> exceptions.ValidationError:
    """With the codes of its parts, as far as they have some: ``unique``, ``invalid_choice``, ``max_length``."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    details = {
        "non_field_errors" if name == NON_FIELD_ERRORS else name: [_detail(part) for part in parts]
        for name, parts in by_field.items()
    }
    return exceptions.ValidationError(details)


def _detail(error: ValidationError) -> exceptions.ErrorDetail:
    text = " ".join(error.messages) or str(_("This is not valid."))
    return exceptions.ErrorDetail(text, code=error.code or "invalid")


def _headers_of(error: TradepostError) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.context["retry_after"])}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
