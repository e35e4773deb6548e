"""The list of products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Product
from tradepost.core.access import needs

from ..pages import ListPage
from ..registry import Hit
from .facts import with_skus
from .texts import state

__all__ = ["READ", "ProductListPage", "find_products", "product_url"]

READ = needs("tradepost_catalogue.view_product")


class ProductListPage(ListPage):
    """All products of the shop, the newest first."""

    key = "products"
    section = "products"
    title = _("Products")
    pattern = "products/"
    access = READ
    model = "tradepost_catalogue.Product"
    template_name = "tradepost/dashboard/products/list.html"
    search_label = _("Name, brand, SKU or barcode")
    empty_text = _("No products yet. Add the first one.")
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_rows(self) -> Any:
        """All of them."""
        return Product.objects.select_related("product_type")

    def get_matching(self, rows: Any, text: str) -> Any:
        """By what stands on the box."""
        return rows.mentioning(text)

    def row_url(self, row: Any) -> str:
        """The product's page."""
        return product_url(row)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With whether the reader may add one."""
        may_add = self.request.user.has_perms(["tradepost_catalogue.add_product", "tradepost_catalogue.add_variant"])
        return super().get_context(may_add=may_add, **facts)


def product_url(product: Any) -> str:
    """The page of a product."""
    return reverse("tradepost_dashboard:product", args=[product.uuid])


def find_products(text: str, most: int) -> Iterable[Hit]:
    """Products for the search box; one query."""
    for product in with_skus(Product.objects.mentioning(text)).order_by("archived_at", "-pk")[:most]:
        detail = " · ".join(filter(None, [product.first_sku, state(product)[0]]))
        is_exact = (product.first_sku or "").casefold() == text.casefold()
        yield Hit(title=product.name, url=product_url(product), detail=detail, is_exact=is_exact)
