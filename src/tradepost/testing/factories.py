"""Factories: rows with sensible values, of the project's own models where it replaced ours.

Plain functions; what a test cares about it passes, the rest is made. Amounts may be given as text.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from tradepost.catalogue.models import Category, Product, ProductType, Variant
from tradepost.customers.models import Customer
from tradepost.inventory.models import Location, StockLevel
from tradepost.pricing.models import Price, PriceList, TaxClass, TaxRate, Zone, ZoneArea
from tradepost.promotions.models import Coupon, Promotion

from .placed import draft, line_row, order, pay

__all__ = [
    "category",
    "customer",
    "draft",
    "line_row",
    "location",
    "order",
    "pay",
    "price",
    "price_list",
    "product",
    "product_type",
    "promotion",
    "stock",
    "tax",
    "variant",
]

_numbers = count(1)


def product_type(code: str = "goods", **values: Any) -> ProductType:
    """A product type, made once for each code."""
    return ProductType.objects.get_or_create(code=code, defaults={"name": code.capitalize(), **values})[0]


def category(name: str = "", *, parent: Category | None = None, **values: Any) -> Category:
    """A category at the root, or below another."""
    name = name or f"Category {next(_numbers)}"
    values.setdefault("slug", name.lower().replace(" ", "-"))
    values["name"] = name
    tree = Category.objects
    if parent is not None:
        parent.refresh_from_db()  # its path moves when a sibling comes before it
    row: Category = tree.add_child(parent, create_kwargs=values) if parent else tree.add_root(create_kwargs=values)
    return row


def product(**values: Any) -> Product:
    """A published product without variants."""
    number = next(_numbers)
    values.setdefault("product_type", None)
    values["product_type"] = values["product_type"] or product_type()
    return Product.objects.create(**{"name": f"Product {number}", "slug": f"product-{number}", **values})


def variant(*, price: str | Decimal | None = None, on_hand: int | None = None, **values: Any) -> Variant:
    """A variant of a new product, if none is given; priced and stocked where asked for."""
    values.setdefault("product", None)
    values["product"] = values["product"] or product()
    row = Variant.objects.create(**{"sku": f"SKU-{next(_numbers)}", **values})
    if price is not None:
        _price(row, price)
    if on_hand is not None:
        stock(row, on_hand=on_hand)
    return row


def price_list(code: str = "eur", **values: Any) -> PriceList:
    """A price list, made once for each code; in euros, tax included."""
    defaults = {"name": code.upper(), "currency": "EUR", "includes_tax": True, **values}
    return PriceList.objects.get_or_create(code=code, defaults=defaults)[0]


def price(for_variant: Variant, amount: str | Decimal, **values: Any) -> Price:
    """A price on the standard list, or another."""
    values.setdefault("price_list", None)
    values["price_list"] = values["price_list"] or price_list()
    return Price.objects.create(variant=for_variant, amount=Decimal(amount), **values)


_price = price


def location(code: str = "main", **values: Any) -> Location:
    """A stock location, made once for each code."""
    return Location.objects.get_or_create(code=code, defaults={"name": code.capitalize(), **values})[0]


def stock(for_variant: Variant | None = None, *, on_hand: int = 0, **values: Any) -> StockLevel:
    """A stock level at the main location, or another."""
    values.setdefault("location", None)
    values["location"] = values["location"] or location()
    return StockLevel.objects.create(variant=for_variant or variant(), on_hand=on_hand, **values)


def customer(**values: Any) -> Customer:
    """A customer, without a user unless one is given."""
    return Customer.objects.create(**{"email": f"customer-{next(_numbers)}@example.com", **values})


def tax(
    rate: str = "0.19", *, tax_class: str = "standard", country: str = "", home: bool = True, **values: Any
) -> TaxRate:
    """A tax rate in a zone: of a country, or of everywhere."""
    zone, created = Zone.objects.get_or_create(
        code=country.lower() or "home", defaults={"name": country or "Home", "is_home": home}
    )
    if created:
        ZoneArea.objects.create(zone=zone, country=country)
    cls = TaxClass.objects.get_or_create(code=tax_class, defaults={"name": tax_class.capitalize()})[0]
    percent = (Decimal(rate) * 100).normalize()
    return TaxRate.objects.create(
        **{"zone": zone, "tax_class": cls, "name": f"VAT {percent:f} %", "rate": rate, **values}
    )


def promotion(code: str = "", *, coupon: str = "", **values: Any) -> Promotion:
    """A promotion without conditions and benefits yet; with a code, one that needs it."""
    code = code or f"promotion-{next(_numbers)}"
    row = Promotion.objects.create(**{"code": code, "name": code.capitalize(), "needs_coupon": bool(coupon), **values})
    if coupon:
        Coupon.objects.create(promotion=row, code=coupon)
    return row
