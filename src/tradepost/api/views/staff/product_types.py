"""Product types with their attributes, and tags, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.catalogue import services
from tradepost.catalogue.models import ProductType, Tag
from tradepost.core.access import needs

from .base import StaffViewSet, edits
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["ProductTypeViewSet", "TagViewSet"]

_SLUG = r"[-\w]{1,255}"


class ProductTypeFilter(StaffFilters):
    """Of product types."""

    columns = ("code", "name")

    ordering = ordering("name", "code")


class TagFilter(StaffFilters):
    """Of tags."""

    columns = ("slug", "name")

    ordering = ordering("name", "slug")


class ProductTypeViewSet(ListModelMixin, StaffViewSet):
    """Product types; each says which attributes its products have."""

    access = {
        **edits("catalogue", "producttype"),
        "add_attribute": needs("tradepost_catalogue.add_attribute"),
        "change_attribute": needs("tradepost_catalogue.change_attribute"),
        "arrange_attributes": needs("tradepost_catalogue.change_attribute"),
        "remove_attribute": needs("tradepost_catalogue.delete_attribute"),
    }
    queryset = ProductType.objects.none()
    lookup_field = "code"
    lookup_value_regex = _SLUG
    filterset_class = ProductTypeFilter
    serializer_keys = {"": "staff.ProductType"}

    def get_queryset(self) -> QuerySet[Any]:
        """With their attributes."""
        return ProductType.objects.prefetch_related("attributes").order_by("name", "pk")

    @extend_schema(summary="List product types")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By name, with their attributes."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A product type", responses="staff.ProductType")
    def retrieve(self, request: Request, code: str) -> Response:
        """With its attributes."""
        return self.written("staff.ProductType", self.row())

    @extend_schema(
        summary="Create a product type", request="staff.ProductTypeInput", responses={201: "staff.ProductType"}
    )
    def create(self, request: Request) -> Response:
        """Its attributes are added afterwards, one by one."""
        return self.answer(services.create_product_type(self.read("staff.ProductTypeInput")), status=201)

    @extend_schema(summary="Change a product type", request="staff.ProductTypeInput", responses="staff.ProductType")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given."""
        values = self.read("staff.ProductTypeInput", partial=True)
        return self.answer(services.change_product_type(self.row(), values))

    @extend_schema(summary="Delete a product type", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that no product has."""
        services.remove_product_type(self.row())
        return Response(status=204)

    @extend_schema(summary="Add an attribute", request="staff.AttributeInput", responses={201: "staff.ProductType"})
    @action(detail=True, methods=["post"], url_path="attributes")
    def add_attribute(self, request: Request, code: str) -> Response:
        """To a product type; its products have no value of it yet."""
        values, product_type = self.read("staff.AttributeInput"), self.row()
        services.add_attribute(product_type, values)
        return self.answer(product_type, status=201)

    @extend_schema(summary="Order the attributes", request="staff.AttributesInOrder", responses="staff.ProductType")
    @action(detail=True, methods=["post"], url_path="attributes/in-order")
    def arrange_attributes(self, request: Request, code: str) -> Response:
        """As they are named; the others follow."""
        codes, product_type = self.read("staff.AttributesInOrder")["attributes"], self.row()
        services.order_attributes(product_type, codes)
        return self.answer(product_type)

    @extend_schema(summary="Change an attribute", request="staff.AttributeInput", responses="staff.ProductType")
    @action(detail=True, methods=["patch"], url_path=rf"attributes/(?P<attribute>{_SLUG})")
    def change_attribute(self, request: Request, code: str, attribute: str) -> Response:
        """Its code, its kind and choices in use stay while products have a value of it."""
        values = self.read("staff.AttributeInput", partial=True)
        product_type = self.row()
        services.change_attribute(self.one_of(product_type.attributes, code=attribute), values)
        return self.answer(product_type)

    @extend_schema(summary="Delete an attribute", request=None, responses={204: None})
    @change_attribute.mapping.delete
    def remove_attribute(self, request: Request, code: str, attribute: str) -> Response:
        """Values that products have of it aren't shown any more."""
        services.remove_attribute(self.one_of(self.row().attributes, code=attribute))
        return Response(status=204)


class TagViewSet(ListModelMixin, StaffViewSet):
    """Tags of products."""

    access = edits("catalogue", "tag")
    queryset = Tag.objects.none()
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    filterset_class = TagFilter
    serializer_keys = {"": "staff.Tag"}

    def get_queryset(self) -> QuerySet[Any]:
        """All."""
        return Tag.objects.order_by("name", "pk")

    @extend_schema(summary="List tags")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By name."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A tag", responses="staff.Tag")
    def retrieve(self, request: Request, slug: str) -> Response:
        """By its slug."""
        return self.written("staff.Tag", self.row())

    @extend_schema(summary="Create a tag", request="staff.TagInput", responses={201: "staff.Tag"})
    def create(self, request: Request) -> Response:
        """With a slug that no other has."""
        return self.answer(services.create_tag(self.read("staff.TagInput")), status=201)

    @extend_schema(summary="Change a tag", request="staff.TagInput", responses="staff.Tag")
    def partial_update(self, request: Request, slug: str) -> Response:
        """Only what is given."""
        values = self.read("staff.TagInput", partial=True)
        return self.answer(services.change_tag(self.row(), values))

    @extend_schema(summary="Delete a tag", request=None, responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        """Products lose it; rules of collections and promotions that name it match nothing by it any more."""
        services.remove_tag(self.row())
        return Response(status=204)
