"""A dry run: what a basket would cost, for staff who are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.basket import services
from tradepost.core.access import needs

from .base import StaffViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["DryRunViewSet"]


class DryRunViewSet(StaffViewSet):
    """A basket that nobody has. It shows why promotions don't apply, so those have to be open to the caller, too."""

    singleton = True
    remembers = False
    pagination_class = None
    access = {"create": needs("tradepost_basket.dry_run_basket", "tradepost_promotions.view_promotion")}
    serializer_keys = {"": "staff.DryRun"}

    @extend_schema(summary="What a basket would cost", request="staff.Try", responses="staff.DryRun")
    def create(self, request: Request) -> Response:
        """For anybody, anywhere, at any time, with the reason of each amount. Nothing is written. To name a customer or an
        e-mail, staff have to be permitted to view customers (403).
        """
        data = self.read("staff.Try")
        if (data["customer"] or data["email"]) and not request.user.has_perm("tradepost_customers.view_customer"):
            raise PermissionDenied  # whoever is named: the answer tells nothing of whether the shop knows them
        items: dict[str, int] = {}
        for item in data.pop("items"):
            items[item["variant"]] = items.get(item["variant"], 0) + item["quantity"]
        data["customer"] = services.customer_named(data["customer"])
        data["currency"] = data["currency"].upper()
        view = services.dry_run(items, **data)
        return self.written("staff.DryRun", view, currency=view.totals.currency)
