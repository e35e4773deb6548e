"""URLs of the API, as they stand; a project that changes some makes a :class:`tradepost.api.routers.Router` of its own."""

from __future__ import annotations

from .routers import Router

__all__ = ["app_name", "urlpatterns"]

app_name = "tradepost_api"
urlpatterns = Router().urls
