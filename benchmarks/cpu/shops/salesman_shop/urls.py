"""The addresses of the shop on django-salesman."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .goods import ProductViewSet

router = SimpleRouter()
router.register("products", ProductViewSet)
urlpatterns = [path("api/", include("salesman.urls")), path("", include(router.urls))]
