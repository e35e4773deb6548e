"""Bodies: JSON that the database can take, and not too much of it."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

__all__ = ["MAX_BODY", "BodyTooLarge", "JSONParser", "is_clean"]

MAX_BODY = 256 * 1024  # bytes
_DEPTH = 20


class BodyTooLarge(APIException):
    """Nothing that the API takes is that large."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 256 KB.")


def is_clean(text: str) -> bool:
    """Whether text has neither NUL nor half a surrogate pair, which PostgreSQL and UTF-8 can't hold."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class JSONParser(BaseParser):
    """Strict JSON: no NaN, no NUL, no nesting beyond reason."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body.

        Raises:
            BodyTooLarge: More than :data:`MAX_BODY` bytes.
            ParseError: It isn't JSON.
        """
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        try:
            data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
            _check(data, _DEPTH)
        except (ValueError, RecursionError):
            raise ParseError(_("This is not JSON that can be used.")) from None
        return data


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _check(data: Any, depth: int) -> None:
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(data, str) and not is_clean(data):
        raise ValueError("not text")
    if isinstance(data, dict):
        for key, value in data.items():
            _check(key, depth - 1)
            _check(value, depth - 1)
    elif isinstance(data, list):
        for value in data:
            _check(value, depth - 1)
