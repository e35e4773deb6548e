"""Products, categories, collections."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from tradepost import browse
from tradepost.api.callers.visitors import visitor_of
from tradepost.api.conf import settings
from tradepost.api.filters import FilterBackend, ProductFilter, refuse_unknown
from tradepost.api.kept_answers.entries import IS_LEFT, UNITS
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers import serializer_class
from tradepost.browse import Grounds
from tradepost.catalogue.models import Collection, Product
from tradepost.catalogue.selectors import CategoryNode, category_tree
from tradepost.core.access import ANYONE
from tradepost.core.errors import NotFound
from tradepost.core.inputs.yes_no import read_yes_no

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["CategoryViewSet", "CollectionViewSet", "ProductViewSet"]

_SLUG = r"[-\w]{1,220}"
_VISITOR = [
    OpenApiParameter("currency", str, description="ISO 4217; the country's by default, or the shop's own."),
    OpenApiParameter("country", str, description="ISO 3166-1 alpha-2: where it would be delivered."),
]
_FACETS = OpenApiParameter("facets", bool, description="With `true` the answer has `facets`, attributes to filter by.")
_ATTRIBUTES = OpenApiParameter(
    "attr.{code}", str, many=True, description="A value of the attribute with that code; several are joined by *or*."
)
_PRICES = ("price", "was", "lowest", "is_from", "reduction", "can_be_bought")  # of a card, and of an offer


class ProductViewSet(TradepostViewSet):
    """Products that visitors see."""

    access = {"list": ANYONE, "retrieve": ANYONE}
    queryset = Product.objects.none()
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    filter_backends = [FilterBackend]
    filterset_class = ProductFilter
    parameters = frozenset({"currency", "country", "facets"})
    serializer_keys = {"list": "catalogue.ProductCard", "": "catalogue.Product"}
    is_private = False
    scopes = {"list": "search"}
    kept = frozenset({"list", "retrieve"})
    expansions = {"list": {"images": (), "variants": ()}}  # of cards, which are no rows
    _offers: Sequence[browse.Offer] = ()

    @cached_property
    def visitor(self) -> browse.Visitor:
        """For whom prices are shown."""
        return visitor_of(self.request)

    def scope(self) -> str:
        """Searching is throttled, browsing isn't."""
        return super().scope() if self.request.query_params.get("search") else ""

    def grounds(self) -> Grounds | None:
        """Of a product's page the units, too: they are shown. Of variants in a list they can't be known beforehand."""
        if "variants" in self.expanded:
            return None
        return browse.grounds_of(self.visitor, units=self.action == "retrieve")

    def facts(self) -> Hashable:
        """The units of each variant now."""
        return browse.units_by_slug(self.kwargs["slug"]) if self.action == "retrieve" else ()

    def facts_shown(self) -> Hashable:
        """The units that the page shows."""
        return browse.units_of(offer.variant for offer in self._offers)

    def can_mark(self) -> bool:
        """Where all that shows a product is ours: another class may tell units in its own way."""
        is_ours = type(self).__module__.startswith("tradepost.")
        return is_ours and not any(key.startswith("catalogue.") for key in settings().SERIALIZERS)

    def marked(self, data: Any, mark: Callable[[Hashable, str], str]) -> Any:
        """Units stand beside each variant whose stock is counted."""
        if "variants" not in data:  # they weren't asked for
            return data
        rows = zip(self._offers, data["variants"], strict=True)
        variants = [_marked(offer, row, mark) if offer.available is not None else row for offer, row in rows]
        return {**data, "variants": variants}

    @extend_schema(
        summary="Find products",
        parameters=[*_VISITOR, _FACETS, _ATTRIBUTES],
        responses="catalogue.ProductPage",
    )
    def list(self, request: Request) -> Response:
        """Products in pages, with the price to show first and whether they are in stock."""
        has_facets = read_yes_no(request.query_params.get("facets", ""), attr="facets")
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        cards = browse.cards(
            page, self.visitor, parts=self._parts()
        )  # not fetched yet, so that one query does for both
        if {"images", "variants"} & {*self.expanded}:
            cards = browse.with_details(cards, self.visitor, offers="variants" in self.expanded)
        if not cards:
            refuse_unknown(self._chosen().criteria)
        response = self.get_paginated_response(self.listed(cards, currency=self.visitor.currency))
        if has_facets:
            response.data["facets"] = serializer_class("catalogue.Facet")(self._facets(), many=True).data
        return response

    def _parts(self) -> browse.Parts:
        sources = self.sources()
        of_variants = [f"offers.{name}" for name in (*_PRICES, "image")]
        return browse.Parts(
            prices=sources.include(*_PRICES, *of_variants, "lead"),
            badges=sources.include("badges"),
            pictures=sources.include("images", "offers.image", "lead"),
        )

    def _facets(self) -> Sequence[browse.Facet]:
        return browse.facets(self._chosen().criteria, self.visitor)

    def _chosen(self) -> ProductFilter:
        chosen = self.filterset_class(
            self.request.query_params, queryset=self.queryset, request=self.request, visitor=self.visitor
        )
        chosen.form.is_valid()  # the list would have been refused otherwise
        return chosen

    @extend_schema(parameters=_VISITOR, summary="One product")
    def retrieve(self, request: Request, slug: str) -> Response:
        """A product with its variants, their prices and stock, its pictures and properties."""
        detail = browse.detail(slug, self.visitor, parts=self._parts())
        self._offers = detail.offers
        return self.written("catalogue.Product", detail, currency=detail.currency)


def _marked(offer: browse.Offer, row: Any, mark: Callable[[Hashable, str], str]) -> dict[str, Any]:
    forms = {"in_stock": IS_LEFT, "available": UNITS}
    return {**row, **{name: mark(offer.variant.pk, form) for name, form in forms.items() if name in row}}


class CategoryViewSet(TradepostViewSet):
    """The tree of categories."""

    access = {"list": ANYONE, "retrieve": ANYONE}
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    pagination_class = None
    serializer_keys = {"retrieve": "catalogue.CategoryDetail", "": "catalogue.Category"}
    is_private = False
    kept = frozenset({"list", "retrieve"})

    def grounds(self) -> Grounds:
        """Categories, and the products that are counted in them."""
        return Grounds(frozenset({"catalogue.categories", "catalogue.products"}))

    @extend_schema(summary="The tree of categories")
    def list(self, request: Request) -> Response:
        """All categories as a tree, with the number of products in each."""
        return Response(self.get_serializer(category_tree(counts=True), many=True).data)

    @extend_schema(summary="One category", parameters=[OpenApiParameter("slug", str, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, slug: str) -> Response:
        """A category, those below it, and the way to it."""
        way = _way(category_tree(counts=True), slug)
        if way is None:
            raise NotFound(_("There is no such category."), slug=slug)
        return self.written("catalogue.CategoryDetail", way[-1], ancestors=way[:-1])


def _way(nodes: Sequence[CategoryNode], slug: str) -> list[CategoryNode] | None:
    for node in nodes:
        if node.category.slug == slug:
            return [node]
        if (below := _way(node.children, slug)) is not None:
            return [node, *below]
    return None


class CollectionViewSet(ListModelMixin, RetrieveModelMixin, TradepostViewSet):
    """Selections of products."""

    access = {"list": ANYONE, "retrieve": ANYONE}
    queryset = Collection.objects.public()
    lookup_field = "slug"
    lookup_value_regex = _SLUG
    serializer_keys = {"": "catalogue.Collection"}
    is_private = False
    kept = frozenset({"list", "retrieve"})

    def grounds(self) -> Grounds:
        """Collections alone."""
        return Grounds(frozenset({"catalogue.collections"}))

    @extend_schema(summary="Collections")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Collections in the shop's order."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One collection")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A collection; its products are at `products/?collection={slug}`."""
        return super().retrieve(request, *args, **kwargs)
