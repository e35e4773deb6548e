"""The admin, the API with an endpoint of the shop's own, and the storefront."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from tradepost.api.routers import Router
from tradepost.storefront.routers import Router as ShopRouter

from .api import OrderViewSet
from .views import BookView

router = Router()
router.replace("orders", OrderViewSet)
shop = ShopRouter()
shop.replace("product", BookView)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include((router.urls, "tradepost_api"))),
    path("dashboard/", include("tradepost.dashboard.urls")),
    *([path("graphql/", include("tradepost.graphql.urls"))] if apps.is_installed("tradepost.graphql") else []),
    path("", include((shop.urls, "tradepost"))),
]
