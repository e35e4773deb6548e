"""Pictures of products, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost.api.parsers import FormParser
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers import serializer_class
from tradepost.catalogue import services
from tradepost.catalogue.models import Image

from ..baskets import UUID_REGEX
from .base import StaffViewSet, edits

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["ProductImagesViewSet", "StaffImageViewSet"]

_FORM = 64 * 1024  # bytes of a form beside its file


def _images() -> QuerySet[Any]:
    """With what is shown of them, in their order."""
    first = Image.objects.filter(product=OuterRef("product_id")).order_by("position", "pk").values("pk")[:1]
    is_main = ExpressionWrapper(Q(pk=Subquery(first)), output_field=BooleanField())
    return Image.objects.select_related("product", "variant").annotate(is_main=is_main).order_by("position", "pk")


class ProductImagesViewSet(StaffViewSet):
    """For the view of products: the calls for the pictures of one."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look at the length of a form before anything of it is read: where CSRF is looked for in it, Django reads it whole."""
        if self.action == "add_image":
            services.check_image_size(_length(request) - _FORM)
        super().initial(request, *args, **kwargs)

    @extend_schema(summary="List the pictures of a product", responses=["staff.Image"])
    @action(detail=True, methods=["get"], parser_classes=[FormParser], filterset_class=None)
    def images(self, request: Request, slug: str) -> Response:
        """In the order in which they are shown."""
        rows = _images().filter(product=self.row())
        return self.get_paginated_response(self._shown(self.paginate_queryset(rows), many=True))

    @extend_schema(
        summary="Add a picture", request="staff.ImageUpload", responses={200: "staff.Image", 201: "staff.Image"}
    )
    @images.mapping.post
    def add_image(self, request: Request, slug: str) -> Response:
        """The last one, unless it is put elsewhere. What the product has already is answered as it is, with 200."""
        values, product = self.read_form("staff.ImageUpload"), self.row()
        file = values.pop("file", None)
        if file is not None:
            services.check_image_size(file.size)
        image, is_new = services.add_image(product, values, content=None if file is None else file.read())
        return Response(self._shown(_images().get(pk=image.pk)), status=201 if is_new else 200)

    @extend_schema(summary="Order a product's pictures", request="staff.ImagesInOrder", responses=["staff.Image"])
    @action(detail=True, methods=["post"], url_path="images/in-order", filterset_class=None)
    def arrange_images(self, request: Request, slug: str) -> Response:
        """As they are named, the first as the main one; the others follow."""
        uuids, product = self.read("staff.ImagesInOrder")["images"], self.row()
        services.order_images(product, uuids)
        return self.get_paginated_response(
            self._shown(self.paginate_queryset(_images().filter(product=product)), many=True)
        )

    def _shown(self, rows: Any, *, many: bool = False) -> Any:
        serializer = serializer_class("staff.Image")(rows, many=many, context=self.get_serializer_context())
        return self._choose(serializer).data


def _length(request: Request) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else 0


class StaffImageViewSet(StaffViewSet):
    """All pictures of products; they are listed and added below their product."""

    access = edits("catalogue", "image")
    queryset = Image.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    serializer_keys = {"": "staff.Image"}

    def get_queryset(self) -> QuerySet[Any]:
        """All, with what is shown of them."""
        return _images()

    @extend_schema(summary="A picture", responses="staff.Image")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With its product, and its place among the pictures of it."""
        return self.written("staff.Image", self.row())

    @extend_schema(summary="Change a picture", request="staff.ImageInput", responses="staff.Image")
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Only what is given."""
        values = self.read("staff.ImageInput", partial=True)
        return self.answer(services.change_image(self.row(), values))

    @extend_schema(summary="Remove a picture", request=None, responses={204: None})
    def destroy(self, request: Request, uuid: str) -> Response:
        """And its file. Orders that were placed before show no picture then."""
        services.remove_image(self.row())
        return Response(status=204)
