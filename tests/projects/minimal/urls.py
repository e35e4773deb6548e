"""No pages: orders come from the project's own."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
