"""Products, for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.bulk.kinds import PRODUCTS
from tradepost.api.headers.preconditions import IfMatch
from tradepost.api.schema.deferred import extend_schema
from tradepost.catalogue import services
from tradepost.catalogue.models import Product, Variant
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import with_exposed

from .base import edits
from .bulk import BULK, BULK_ANSWERS, BulkParser, BulkViewSet
from .filters import StaffProductFilter
from .images import ProductImagesViewSet

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffProductViewSet"]

_CHANGE = needs("tradepost_catalogue.change_product")


class StaffProductViewSet(ListModelMixin, ProductImagesViewSet, BulkViewSet):
    """All products: shown, hidden and archived ones. None is deleted, since orders may point to it."""

    access = {
        **edits("catalogue", "product"),
        "create": needs("tradepost_catalogue.add_product", "tradepost_catalogue.add_variant"),
        "archive": _CHANGE,
        "restore": _CHANGE,
        "publish": _CHANGE,
        "hide": _CHANGE,
        "change_options": needs("tradepost_catalogue.change_product", "tradepost_catalogue.change_variant"),
        "arrange_images": needs("tradepost_catalogue.change_image"),
        "arrange_variants": needs("tradepost_catalogue.change_variant"),
        "upsert": PRODUCTS.access,
        "add_variant": needs("tradepost_catalogue.add_variant"),
        "images": needs("tradepost_catalogue.view_image"),
        "add_image": needs("tradepost_catalogue.add_image"),
    }
    conditional = {
        **dict.fromkeys(["partial_update", "archive", "restore", "publish", "hide"], IfMatch.OPTIONAL),
        "change_options": IfMatch.REQUIRED,  # all of them are replaced at once
    }
    queryset = Product.objects.none()
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]{1,255}"
    filterset_class = StaffProductFilter
    serializer_keys = {"": "staff.Product"}

    def get_queryset(self) -> QuerySet[Any]:
        """All, with what is shown of them."""
        variants = Prefetch("variants", with_exposed(Variant.objects.select_related("product")))
        products = with_exposed(Product.objects.select_related("product_type"))
        rows = self.fetched(products, categories="categories", tags="tags", variants=variants)
        return rows.order_by("-created_at", "-pk")

    @extend_schema(summary="List all products")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first; hidden and archived ones too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A product, with all its data", responses="staff.Product")
    def retrieve(self, request: Request, slug: str) -> Response:
        """With its variants, archived ones too."""
        return self.written("staff.Product", self.row())

    @extend_schema(summary="Create a product", request="staff.NewProduct", responses={201: "staff.Product"})
    def create(self, request: Request) -> Response:
        """With its variants, or without. Prices and stock are set by their own calls."""
        values = self.read("staff.NewProduct")
        variants, extra = values.pop("variants", ()), values.pop("extra", {})
        return self.answer(services.create_product(values, variants=variants, extra=extra), status=201)

    @extend_schema(summary="Change a product", request="staff.ProductInput", responses="staff.Product")
    def partial_update(self, request: Request, slug: str) -> Response:
        """Only what is given. What its variants differ in is changed together with them, by `options/`."""
        values, product = self.read("staff.ProductInput", partial=True), self.row()
        return self.answer(services.change_product(product, values, extra=values.pop("extra", {})))

    @extend_schema(summary="Archive a product", request=None, responses="staff.Product")
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, slug: str) -> Response:
        """Out of the shop for good; orders and statistics keep it."""
        return self._acted(services.archive)

    @extend_schema(summary="Restore a product", request=None, responses="staff.Product")
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str) -> Response:
        """Back from the archive; it is shown or hidden as it was before."""
        return self._acted(services.restore)

    @extend_schema(summary="Publish a product", request=None, responses="staff.Product")
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, slug: str) -> Response:
        """Show it to visitors."""
        return self._acted(services.publish)

    @extend_schema(summary="Hide a product", request=None, responses="staff.Product")
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, slug: str) -> Response:
        """From visitors, for a while."""
        return self._acted(services.hide)

    @extend_schema(summary="Change a product's options", request="staff.OptionsInput", responses="staff.Product")
    @action(detail=True, methods=["post"], url_path="options")
    def change_options(self, request: Request, slug: str) -> Response:
        """The names and all values at once, so that no variant is left with an option that the product doesn't have."""
        values, product = self.read("staff.OptionsInput"), self.row()
        return self.answer(services.change_options(product, values["option_names"], values.get("variants", {})))

    @extend_schema(summary="Add a variant", request="staff.VariantInput", responses={201: "staff.Variant"})
    @action(detail=True, methods=["post"], url_path="variants")
    def add_variant(self, request: Request, slug: str) -> Response:
        """As the last one, unless a position is given."""
        values, product = self.read("staff.VariantInput"), self.row()
        variant = services.add_variant(product, values, extra=values.pop("extra", {}))
        return self.written("staff.Variant", variant, status=201)

    @extend_schema(summary="Order a product's variants", request="staff.VariantsInOrder", responses="staff.Product")
    @action(detail=True, methods=["post"], url_path="variants/in-order")
    def arrange_variants(self, request: Request, slug: str) -> Response:
        """As they are named; the others follow."""
        skus, product = self.read("staff.VariantsInOrder")["variants"], self.row()
        services.order_variants(product, skus)
        return self.answer(product)

    @extend_schema(
        summary="Create and change products in bulk",
        parameters=BULK,
        request="staff.BulkProducts",
        responses=BULK_ANSWERS,
    )
    @action(detail=False, methods=["post"], url_path="bulk", parser_classes=[BulkParser], filterset_class=None)
    def upsert(self, request: Request) -> Response:
        """With their variants: those whose slug isn't there yet are made. The same again changes nothing.

        Up to 250 are written at once (200). More, up to 5,000, are written by a job (202), whose address is in `Location`.
        """
        return self.bulk(PRODUCTS)

    def _acted(self, act: Callable[[Any], Any]) -> Response:
        return self.answer(act(self.row()))
