"""The admin, the API with an endpoint of the shop's own, and the storefront."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from tests.projects.replaced.api import OrderViewSet
from tradepost.api.routers import Router

router = Router()
router.replace("orders", OrderViewSet)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include((router.urls, "tradepost_api"))),
    path("", include("tradepost.storefront.urls")),
]
