"""URLs of the storefront; a project includes them, or those of a :class:`~tradepost.storefront.routers.Router` of its own."""

from __future__ import annotations

from django.urls import URLPattern

from .routers import Router

app_name = "tradepost"
urlpatterns: list[URLPattern] = Router().urls
