"""Which form an answer has, where a view has several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation

__all__ = ["Negotiation"]


class Negotiation(DefaultContentNegotiation):
    """As REST framework does it: by ``?format=`` or ``Accept``. A format that there isn't is refused by the parameter's name."""

    def filter_renderers(self, renderers: Iterable[Any], format: str) -> list[Any]:  # noqa: A002 - as REST framework has it
        """Those of a format.

        Raises:
            ValidationError: There is none.
        """
        renderers = [*renderers]
        fitting = [renderer for renderer in renderers if renderer.format == format]
        if not fitting:
            choices = ", ".join(sorted({renderer.format for renderer in renderers}))
            message = _("Choose one of these: %(choices)s.") % {"choices": choices}
            raise ValidationError({"format": [ErrorDetail(str(message), code="invalid_choice")]})
        return fitting
