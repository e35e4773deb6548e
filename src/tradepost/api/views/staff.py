"""Views for staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from tradepost.api.schema.description import extend_schema
from tradepost.basket import services

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

__all__ = ["DryRunViewSet", "MayTryBaskets"]


class MayTryBaskets(BasePermission):
    """Staff who may see baskets and promotions, as in the admin: a dry run shows both."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """By Django's permissions of models."""
        needed = ("tradepost_basket.view_basket", "tradepost_promotions.view_promotion")
        return bool(request.user.is_staff and request.user.has_perms(needed))


class DryRunViewSet(TradepostViewSet):
    """A basket that nobody has."""

    tag = "staff"
    singleton = True
    remembers = False
    pagination_class = None
    permission_classes = [MayTryBaskets]
    serializer_keys = {"": "staff.DryRun"}

    @extend_schema(summary="What a basket would cost", request="staff.Try", responses="staff.DryRun")
    def create(self, request: Request) -> Response:
        """For anybody, anywhere, at any time, with the reason of each amount. Nothing is written."""
        data = self.read("staff.Try")
        items: dict[str, int] = {}
        for item in data.pop("items"):
            items[item["variant"]] = items.get(item["variant"], 0) + item["quantity"]
        data["customer"] = services.customer_named(data["customer"])
        data["currency"] = data["currency"].upper()
        view = services.dry_run(items, **data)
        return self.written("staff.DryRun", view, currency=view.totals.currency)
