"""The API without collections, and with products for members only."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.permissions import IsAuthenticated

from tradepost.api.routers import Router
from tradepost.api.views.catalogue import ProductViewSet


class MemberProductViewSet(ProductViewSet):
    """Products for who is signed in."""

    permission_classes = [IsAuthenticated]


router = Router()
router.replace("products", MemberProductViewSet)
router.drop("collections")
urlpatterns = [path("api/v1/", include((router.urls, "tradepost_api")))]
