"""The page of a shop whose database is gone or whose disk is full."""

from __future__ import annotations

import logging

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ..db import OUTAGE_RETRY_AFTER, is_outage

__all__ = ["outage_page"]

logger = logging.getLogger(__name__)


def outage_page(error: Exception, *, request: HttpRequest, sender: type, template: str) -> HttpResponse:
    """The answer 503, which is logged and told to who listens to errors, as any that nobody caught.

    Args:
        error: Raised while the page was made.
        request: Its path is logged; the template doesn't get it, since what is around a page is read from the database.
        sender: The class of the view.
        template: The name of a page that needs no values.

    Raises:
        Exception: The error itself, where it is no outage.
    """
    if not is_outage(error):
        raise error
    logger.error("The page %s could not be shown.", request.path, exc_info=error)
    got_request_exception.send(sender=sender, request=request)
    headers = {"Retry-After": str(OUTAGE_RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string(template), status=503, headers=headers)
