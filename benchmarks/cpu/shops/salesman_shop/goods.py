"""The list, search and page of goods, as a developer writes them in an afternoon."""

from __future__ import annotations

from typing import Any

from rest_framework import filters, pagination, serializers, viewsets

from .models import Product


class ProductSerializer(serializers.ModelSerializer[Product]):
    """Fields of an article in a list and in a basket."""

    in_stock = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ("id", "name", "code", "summary", "brand", "price", "image", "in_stock")

    def get_in_stock(self, product: Product) -> bool:
        """Whether a unit is left."""
        return product.on_hand > 0


class Pages(pagination.PageNumberPagination):
    """As many on a page as our own list has."""

    page_size = 24


class ProductViewSet(viewsets.ReadOnlyModelViewSet[Product]):
    """``/products/`` and ``/products/{code}/``."""

    queryset = Product.objects.order_by("name", "pk")
    serializer_class = ProductSerializer
    pagination_class = Pages
    filter_backends = (filters.SearchFilter,)
    search_fields = ("name", "summary", "brand")
    lookup_field = "code"


def fill(products: int) -> None:
    """Write so many articles."""
    rows: list[Any] = [
        Product(
            name=f"{('Oak', 'Beech', 'Steel', 'Glass')[n % 4]} {('lamp', 'chair', 'table', 'shelf')[n % 4]} {n}",
            code=f"goods-{n}",
            summary="Made to last, by hand.",
            brand=f"Brand {n % 12}",
            price=5 + n % 90,
            image=f"https://img.example.com/{n}.jpg",
        )
        for n in range(products)
    ]
    Product.objects.bulk_create(rows, batch_size=1000)
