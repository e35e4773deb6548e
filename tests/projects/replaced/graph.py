"""The shop's own part of GraphQL: a call of its router, a link, and a type of one of its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import strawberry
import strawberry_django
from rest_framework import serializers
from strawberry_django.optimizer import DjangoOptimizerExtension

from tradepost.catalogue.models import Product, ProductType
from tradepost.core.access import ANYONE, Access, needs
from tradepost.graphql.ports import Link, Mutation

from .api import GiftSerializer

FIELDS = (
    Mutation(
        "write_card",
        "orders_gift",
        "orders.Order",
        GiftSerializer,
        parameters={"token": str},
        description="Write the card.",
    ),
)


class AuthorSerializer(serializers.Serializer[Any]):
    """An author, as the product's brand names them."""

    name = serializers.CharField()
    books = serializers.IntegerField()


def authors(rows: Sequence[Mapping[str, Any]], arguments: Mapping[str, Any], asked: Any) -> list[Any]:
    """Of each product; one query for all of them."""
    brands = list(Product.objects.public().values_list("brand", flat=True))
    return [{"name": row["brand"], "books": brands.count(row["brand"])} if row["brand"] else None for row in rows]


LINKS = (
    Link(
        ("ProductCard", "Product"), "author", AuthorSerializer, authors, needs=("brand",), description="Who wrote it."
    ),
)


@strawberry_django.type(ProductType, fields=["code", "name"])
class Shelf:
    """A product type, with the books of it."""

    products: list[Book]


@strawberry_django.type(Product, fields=["slug", "name", "isbn"])
class Book:
    """A product."""

    @classmethod
    def get_queryset(cls, queryset: Any, info: Any) -> Any:
        """Those that visitors see."""
        return queryset.public()


class Optimizer(DjangoOptimizerExtension):
    """Fetches what is asked of our models at once; hidden rows stay hidden in lists, too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(prefetch_custom_queryset=True, **options)


@strawberry.type
class Query:
    """Fields of the shop's own."""

    access: ClassVar[Mapping[str, Access]] = {"shelves": ANYONE, "secrets": needs("tradepost_orders.view_order")}

    shelves: list[Shelf] = strawberry_django.field()

    @strawberry.field(description="Staff only.")
    def secrets(self) -> str:
        """Something for staff."""
        return "swordfish"
