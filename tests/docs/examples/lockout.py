"""Whom django-axes blocks is answered in the form that they read: JSON for the API, a sentence for pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

SENTENCE = "Too many failed attempts. Please try again later."


def refuse(request: HttpRequest, *facts: Any) -> HttpResponse:
    """Answer 429, as the limits of the shop do. Each attempt begins the time anew, so it is as long as the whole of it."""
    headers = {"Retry-After": str(int(settings.AXES_COOLOFF_TIME * 3600))}  # from hours
    if not request.path.startswith("/api/"):
        return HttpResponse(
            SENTENCE, status=429, content_type="text/plain", headers=headers
        )
    entry = {"code": "throttled", "detail": SENTENCE, "attr": None}
    return JsonResponse(
        {"type": "throttled", "errors": [entry]}, status=429, headers=headers
    )
