"""Kinds of bulk calls: what a row is, who may write it, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tradepost.catalogue import services as catalogue
from tradepost.core.access import Access, needs
from tradepost.inventory import services as inventory
from tradepost.pricing import services as pricing

from .rows import BulkCall, BulkRow, Write

__all__ = ["COUNTS", "KINDS", "PRICES", "PRODUCTS", "SET_PRICES", "BulkKind", "sku_price"]

SET_PRICES = needs("tradepost_pricing.add_price", "tradepost_pricing.change_price", "tradepost_pricing.delete_price")


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkKind:
    """A kind of bulk calls.

    A row names its object by a public key, so that the same call again changes nothing more.

    Attributes:
        name: Stable; jobs are stored with it.
        row: Key of the serializer that reads a row.
        access: Who may.
        write: Writes rows in the caller's transaction.
        identity: The public key of a row's object.
        row_by_row: Each row in a transaction of its own, for what can't be written by few statements.
        most: Rows of a call that is answered at once, so that it takes a few seconds at most.
        most_of_job: Rows of a call that becomes a job.
        part: Rows that a job writes at a time.
    """

    name: str
    row: str
    access: Access
    write: Write
    identity: Callable[[Any], Hashable]
    row_by_row: bool = False
    most: int = 1000
    most_of_job: int = 20_000
    part: int = 200


def _write_prices(rows: Sequence[BulkRow], call: BulkCall) -> None:
    outcomes = pricing.set_prices_of_lists([(row.values["price_list"], sku_price(row.values)) for row in rows])
    for row, outcome in zip(rows, outcomes, strict=True):
        row.tell({name: row.values[name] for name in ("price_list", "variant", "min_quantity")}, outcome)


def sku_price(row: Any) -> pricing.SkuPrice:
    """A price as the service takes it."""
    amount, was = row["amount"], row.get("was")
    return pricing.SkuPrice(
        sku=row["variant"],
        amount=None if amount is None else amount.amount,
        was=None if was is None else was.amount,
        min_quantity=row["min_quantity"],
        currency=_currency(amount, was),
    )


def _currency(*amounts: Any) -> str:
    """Of the amounts; of two different ones both, which is no list's."""
    return "/".join(sorted({amount.currency for amount in amounts if amount is not None}))


def _write_counts(rows: Sequence[BulkRow], call: BulkCall) -> None:
    counts = [
        inventory.SkuCount(
            sku=row.values["variant"],
            location=row.values["location"],
            counted=row.values["counted"],
            note=row.values["note"],
        )
        for row in rows
    ]
    outcomes = inventory.count_by_sku(counts, by=call.by, idempotency_key=call.key)
    for row, outcome in zip(rows, outcomes, strict=True):
        row.tell({name: row.values[name] for name in ("variant", "location", "counted")}, outcome)


def _write_products(rows: Sequence[BulkRow], call: BulkCall) -> None:
    for row in rows:
        values = dict(row.values)
        variants, extra = values.pop("variants", ()), values.pop("extra", {})
        product, row.is_new = catalogue.upsert_product(values, variants=variants, extra=extra)
        row.data = {"slug": product.slug, "uuid": str(product.uuid)}


PRICES = BulkKind(
    name="prices",
    row="staff.PriceItem",
    access=SET_PRICES,
    write=_write_prices,
    identity=lambda values: (values["price_list"], values["variant"], values["min_quantity"]),
)
COUNTS = BulkKind(
    name="counts",
    row="staff.CountItem",
    access=needs("tradepost_inventory.change_stocklevel"),
    write=_write_counts,
    identity=lambda values: (values["variant"], values["location"]),
)
PRODUCTS = BulkKind(
    name="products",
    row="staff.ProductItem",
    access=needs(
        "tradepost_catalogue.add_product",
        "tradepost_catalogue.change_product",
        "tradepost_catalogue.add_variant",
        "tradepost_catalogue.change_variant",
    ),
    write=_write_products,
    identity=lambda values: values["slug"],
    row_by_row=True,
    most=250,  # each is checked and written for itself, in some 15 ms
    most_of_job=5000,
    part=50,
)
KINDS: Mapping[str, BulkKind] = {kind.name: kind for kind in (PRICES, COUNTS, PRODUCTS)}
