"""Bodies: JSON that the database can take, and not too much of it."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from tradepost.core.inputs.json_values import check_json

__all__ = ["MAX_BODY", "BodyTooLarge", "FormParser", "JSONParser"]

MAX_BODY = 256 * 1024  # bytes


class BodyTooLarge(APIException):
    """The request's body is larger than anything the API takes."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 256 KB.")


class JSONParser(BaseParser):
    """Strict JSON: no NaN, no NUL, no nesting beyond reason."""

    media_type = "application/json"
    max_body = MAX_BODY

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body.

        Raises:
            BodyTooLarge: More than ``max_body`` bytes.
            ParseError: It isn't JSON.
        """
        body = stream.read(self.max_body + 1)
        if len(body) > self.max_body:
            raise BodyTooLarge(_("The body is larger than %(kilobytes)s KB.") % {"kilobytes": self.max_body // 1024})
        try:
            data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
            check_json(data)
        except (ValueError, RecursionError, ValidationError):
            raise ParseError(_("This JSON can't be read.")) from None
        return data


class FormParser(MultiPartParser):
    """A form with a file, for views that take one; they look at the length of the body before it is read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The fields and files.

        Raises:
            ParseError: It isn't such a form, or has too many fields.
        """
        try:
            return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except (SuspiciousOperation, ValueError, LookupError):
            raise ParseError(_("This form can't be read.")) from None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
