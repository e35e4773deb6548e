"""URLs of the test project: the admin, and the API and the storefront as a project mounts them."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("admin/", admin.site.urls)]

# All are optional: the same URLs serve the lanes that leave them out.
PLACES = (
    ("tradepost.api", "api/v1/"),
    ("tradepost.graphql", "graphql/"),
    ("tradepost.dashboard", "dashboard/"),
    ("tradepost.storefront", ""),
)
for app, prefix in PLACES:
    if apps.is_installed(app) and find_spec(f"{app}.urls"):
        urlpatterns.append(path(prefix, include(f"{app}.urls")))
