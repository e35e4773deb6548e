"""Variants, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.headers.preconditions import IfMatch
from tradepost.api.schema.deferred import extend_schema
from tradepost.catalogue import services
from tradepost.catalogue.models import Variant
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import with_exposed

from .base import StaffViewSet, edits
from .filters import StaffVariantFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["SKU_REGEX", "StaffVariantViewSet"]

SKU_REGEX = r"[^/]{1,255}"
"""In an address; a SKU with a slash is reached by calls that name it in their body."""


class StaffVariantViewSet(ListModelMixin, StaffViewSet):
    """All variants, by their SKUs; they are added below their product. None is deleted, since orders may point to it."""

    access = {
        **edits("catalogue", "variant"),
        "archive": needs("tradepost_catalogue.change_variant"),
        "restore": needs("tradepost_catalogue.change_variant"),
    }
    conditional = dict.fromkeys(["partial_update", "archive", "restore"], IfMatch.OPTIONAL)
    queryset = Variant.objects.none()
    lookup_field = "sku"
    lookup_value_regex = SKU_REGEX
    filterset_class = StaffVariantFilter
    serializer_keys = {"": "staff.Variant"}

    def get_queryset(self) -> QuerySet[Any]:
        """All, with what is shown of them."""
        return with_exposed(Variant.objects.select_related("product")).order_by("sku", "pk")

    @extend_schema(summary="List all variants")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By SKU; archived ones too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A variant, with all its data", responses="staff.Variant")
    def retrieve(self, request: Request, sku: str) -> Response:
        """Sold or archived."""
        return self.written("staff.Variant", self.row())

    @extend_schema(summary="Change a variant", request="staff.VariantInput", responses="staff.Variant")
    def partial_update(self, request: Request, sku: str) -> Response:
        """Only what is given."""
        values, variant = self.read("staff.VariantInput", partial=True), self.row()
        return self.answer(services.change_variant(variant, values, extra=values.pop("extra", {})))

    @extend_schema(summary="Archive a variant", request=None, responses="staff.Variant")
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, sku: str) -> Response:
        """Stop selling it."""
        return self.answer(services.archive_variant(self.row()))

    @extend_schema(summary="Restore a variant", request=None, responses="staff.Variant")
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, sku: str) -> Response:
        """Sell it again, unless another one has taken its place with the same options."""
        return self.answer(services.restore_variant(self.row()))
