"""Rows of a shop, written and read by the models of whatever state the database stands at; and its columns.

Run in the project by :mod:`tests.upgrade.steps`, as ``["data", "write"]``, ``"read"`` or ``"columns"``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

TABLES = {
    "tradepost_catalogue": ("ProductType", "Product", "Variant"),
    "tradepost_inventory": ("Location", "StockLevel"),
    "tradepost_orders": ("Order", "OrderLine"),
    "tradepost_payments": ("Payment",),
    "tradepost_pricing": ("PriceList", "Price", "TaxRate"),
    "tradepost_promotions": ("Promotion", "Coupon"),
    "tradepost_shipping": ("ShippingMethod", "FlatRate"),
}


def _models() -> Any:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    loader = MigrationExecutor(connection).loader
    applied = [node for node in loader.graph.nodes if node in loader.applied_migrations]
    return loader.project_state(applied).apps


def write(models: Any) -> None:
    """Two products with a price and stock, and a paid order of one of them."""

    def make(label: str, **values: Any) -> Any:
        return models.get_model(f"tradepost_{label}").objects.create(**values)

    kind = make("catalogue.ProductType", code="goods", name="Goods")
    prices = make("pricing.PriceList", code="eur", name="Euro", currency="EUR")
    cellar = make("inventory.Location", code="cellar", name="Cellar")
    for number, amount in enumerate(("12.5000", "3.9900"), 1):
        product = make("catalogue.Product", product_type=kind, name=f"Mug {number}", slug=f"mug-{number}")
        variant = make("catalogue.Variant", product=product, sku=f"MUG-{number}", weight=420)
        make("pricing.Price", price_list=prices, variant=variant, amount=Decimal(amount))
        make("inventory.StockLevel", variant=variant, location=cellar, on_hand=9, reserved=2)
    zone = make("pricing.Zone", code="de", name="Germany", is_home=True)
    standard = make("pricing.TaxClass", code="standard", name="Standard")
    make("pricing.TaxRate", zone=zone, tax_class=standard, name="VAT 19 %", rate=Decimal("0.19"))
    make("shipping.FlatRate", code="parcel", name="Parcel", currency="EUR", amount=Decimal("4.9"), max_weight=5000)
    sale = make("promotions.Promotion", code="sale", name="Sale", needs_coupon=True)
    make("promotions.Coupon", promotion=sale, code="SALE")
    money = {"goods_net": Decimal(25), "goods_total": Decimal(25), "total": Decimal(25)}
    currencies = {"currency": "EUR", "base_currency": "EUR"}
    order = make("orders.Order", number="100042", prices_include_tax=True, **currencies, **money)
    line = {"sku": variant.sku, "name": "Mug 2", "quantity": 2, "variant": variant}
    sums = dict.fromkeys(["subtotal", "net", "total"], Decimal(25))
    make("orders.OrderLine", order=order, unit_price=Decimal("12.5"), **line, **sums)
    payment = {"reference": "100042-ABCDEFGH", "key": "k1", "method": "card"}
    make("payments.Payment", order_id=order.pk, amount=Decimal(25), currency="EUR", **payment)


def read(models: Any) -> dict[str, list[dict[str, str]]]:
    """All values of all rows."""
    return {
        f"{label}.{name}": [
            {key: str(value) for key, value in row.items()}
            for row in models.get_model(label, name).objects.order_by("pk").values()
        ]
        for label, names in TABLES.items()
        for name in names
    }


def columns() -> list[str]:
    """All columns of all tables of the shop."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return sorted(
            f"{table}.{column.name}"
            for table in tables
            for column in connection.introspection.get_table_description(cursor, table)
        )


def run(what: str) -> Any:
    """Rows or columns, by a word of the command line: ``write`` (and read), ``read`` or ``columns``."""
    if what == "columns":
        return columns()
    if what == "write":
        write(_models())
    return read(_models())
