"""Goods, and the shop that sells them."""

from __future__ import annotations

from ..ports import Query
from ..types.filters import AttributeFilter

__all__ = ["GOODS"]

_VISITOR = {"currency": str, "country": str}

GOODS = (
    Query(
        "products",
        "products_list",
        "catalogue.ProductCard",
        parameters={**_VISITOR, "attributes": list[AttributeFilter]},
        description="Products in pages, with the price to show first and whether they are in stock.",
    ),
    Query("product", "products_retrieve", "catalogue.Product", parameters=_VISITOR, description="A product's page."),
    Query("categories", "categories_list", "catalogue.Category", description="The tree of categories."),
    Query("category", "categories_retrieve", "catalogue.CategoryDetail", description="A category and the way to it."),
    Query("collections", "collections_list", "catalogue.Collection", description="Selections of products."),
    Query("collection", "collections_retrieve", "catalogue.Collection", description="A selection of products."),
    Query("currencies", "currencies_list", "shop.Currency", description="The currencies that buyers may choose."),
    Query("languages", "languages_list", "shop.Language", description="The languages of messages and mail."),
    Query("countries", "countries_list", "addresses.Country", description="Countries that addresses can be in."),
    Query(
        "address_form",
        "countries_address_form",
        "addresses.Form",
        arguments={"code": "country"},
        description="The form of an address in a country.",
    ),
    Query(
        "pickup_points",
        "pickup-points_list",
        "shipping.PickupPoint",
        parameters={"method": str, "country": str, "postcode": str},
        description="Places where parcels of a shipping method are fetched.",
    ),
)
