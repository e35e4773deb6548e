"""Addresses below the API's that no endpoint has: refused in the API's own form, as every other refusal is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.decorators import method_decorator
from rest_framework.exceptions import NotFound

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

__all__ = ["UnknownPathView"]


class UnknownPathView(TradepostViewSet):
    """No endpoint. It stands behind all others, and isn't in the schema."""

    schema = None
    remembers = False
    pagination_class = None

    @method_decorator(transaction.non_atomic_requests)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """An address that only lacks its last slash is led to the whole one, as Django's ``APPEND_SLASH`` does."""
        path = request.path_info
        if (
            settings.APPEND_SLASH
            and request.method in ("GET", "HEAD")
            and not path.endswith("/")
            and _is_served(f"{path}/")
        ):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever asks, and by whatever method."""
        raise NotFound

    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """Never reached."""
        raise NotFound


def _is_served(path: str) -> bool:
    try:
        served: Any = resolve(path).func
    except Resolver404:
        return False
    return getattr(served, "cls", None) is not UnknownPathView
