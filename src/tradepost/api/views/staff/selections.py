"""Categories and collections, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Length, Substr
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import YesNoFilter
from tradepost.api.headers.preconditions import IfMatch
from tradepost.api.schema.deferred import extend_schema
from tradepost.catalogue import services
from tradepost.catalogue.models import Category, Collection
from tradepost.core.access import needs

from .base import StaffViewSet, edits
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffCategoryViewSet", "StaffCollectionViewSet"]

_SLUG = r"[-\w]{1,255}"


class CategoryFilter(StaffFilters):
    """Of categories."""

    columns = ("slug", "name")

    is_published = YesNoFilter()


class CollectionFilter(StaffFilters):
    """Of collections."""

    columns = ("slug", "name")

    is_published = YesNoFilter()
    ordering = ordering("position", "name", "slug")


class StaffCategoryViewSet(ListModelMixin, StaffViewSet):
    """The tree of categories, hidden ones too."""

    access = edits("catalogue", "category")
    queryset = Category.objects.none()
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    filterset_class = CategoryFilter
    serializer_keys = {"": "staff.Category"}

    def get_queryset(self) -> QuerySet[Any]:
        """Each with the slug of the one above."""
        step = Category.steplen
        above = Category.objects.filter(path=OuterRef("path_above")).order_by()
        categories: QuerySet[Any] = Category.objects.annotate(
            path_above=Substr(F("path"), 1, Length("path") - step), parent_slug=Subquery(above.values("slug")[:1])
        )
        return categories.order_by("path")

    @extend_schema(summary="List all categories")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the tree's order, each before those below it."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A category, shown or hidden", responses="staff.Category")
    def retrieve(self, request: Request, slug: str) -> Response:
        """With the one above."""
        return self.written("staff.Category", self.row())

    @extend_schema(summary="Create a category", request="staff.CategoryInput", responses={201: "staff.Category"})
    def create(self, request: Request) -> Response:
        """Below another one, or as a root; among its siblings by its name."""
        values = self.read("staff.CategoryInput")
        return self.answer(services.create_category(values, parent=values.pop("parent", None)), status=201)

    @extend_schema(summary="Change or move a category", request="staff.CategoryInput", responses="staff.Category")
    def partial_update(self, request: Request, slug: str) -> Response:
        """Only what is given; with another `parent` it is moved, and all below it goes along."""
        values, category = self.read("staff.CategoryInput", partial=True), self.row()
        moves = "parent" in values
        return self.answer(services.change_category(category, values, parent=values.pop("parent", None), moves=moves))

    @extend_schema(summary="Delete a category", request=None, responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        """One that has none below it; products leave it."""
        services.remove_category(self.row())
        return Response(status=204)


class StaffCollectionViewSet(ListModelMixin, StaffViewSet):
    """Collections, by hand or by a rule."""

    access = {**edits("catalogue", "collection"), "arrange": needs("tradepost_catalogue.change_collection")}
    conditional = {"partial_update": IfMatch.OPTIONAL}
    queryset = Collection.objects.none()
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    filterset_class = CollectionFilter
    serializer_keys = {"": "staff.Collection"}

    def get_queryset(self) -> QuerySet[Any]:
        """With the products that were chosen by hand."""
        return Collection.objects.prefetch_related("products").order_by("position", "name", "pk")

    @extend_schema(summary="List all collections")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In their order, hidden ones too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A collection, shown or hidden", responses="staff.Collection")
    def retrieve(self, request: Request, slug: str) -> Response:
        """With its rule, or its products."""
        return self.written("staff.Collection", self.row())

    @extend_schema(summary="Create a collection", request="staff.CollectionInput", responses={201: "staff.Collection"})
    def create(self, request: Request) -> Response:
        """Of products by hand, or by a rule."""
        return self.answer(services.create_collection(self.read("staff.CollectionInput")), status=201)

    @extend_schema(summary="Change a collection", request="staff.CollectionInput", responses="staff.Collection")
    def partial_update(self, request: Request, slug: str) -> Response:
        """Only what is given; a list of products replaces those that are there."""
        values = self.read("staff.CollectionInput", partial=True)
        return self.answer(services.change_collection(self.row(), values))

    @extend_schema(summary="Order the collections", request="staff.CollectionsInOrder", responses={204: None})
    @action(detail=False, methods=["post"], url_path="in-order", filterset_class=None)
    def arrange(self, request: Request) -> Response:
        """As they are named; the others follow."""
        services.order_collections(self.read("staff.CollectionsInOrder")["collections"])
        return Response(status=204)

    @extend_schema(summary="Delete a collection", request=None, responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        """Its products stay."""
        services.remove_collection(self.row())
        return Response(status=204)
