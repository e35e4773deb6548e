"""PrestaShop's import files: which columns their free headers mean, and which file holds what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..cells.records import Record
from ..cells.table import Table, folded
from ..ports import ReadOptions, SourceFile
from ..rows import FileRefused, Problem

__all__ = ["PRODUCT_COLUMNS", "ShopFile", "open_files"]

PRODUCT_COLUMNS = {
    "product id": "id",
    "id": "id",
    "active": "active",
    "name": "name",
    "categories": "categories",
    "price tax excluded": "price_excluded",
    "price tax excl": "price_excluded",
    "price tax included": "price_included",
    "price tax incl": "price_included",
    "tax rules id": "tax_rule",
    "wholesale price": "cost",
    "discount amount": "discount_amount",
    "discount percent": "discount_percent",
    "discount from": "discount_from",
    "discount to": "discount_to",
    "reference": "reference",
    "brand": "brand",
    "manufacturer": "brand",
    "ean13": "ean",
    "upc": "upc",
    "width": "width",
    "height": "height",
    "depth": "depth",
    "weight": "weight",
    "quantity": "quantity",
    "visibility": "visibility",
    "summary": "summary",
    "short description": "summary",
    "description": "description",
    "tags": "tags",
    "url rewritten": "address",
    "image urls": "images",
    "image alt texts": "alts",
    "out of stock action": "out_of_stock",
    "out of stock": "out_of_stock",
    "virtual product": "virtual",
}
COMBINATION_COLUMNS = {
    "product id": "product",
    "id": "product",
    "product reference": "product_reference",
    "attribute": "attribute",
    "value": "value",
    "reference": "reference",
    "ean13": "ean",
    "upc": "upc",
    "wholesale price": "cost",
    "impact on price": "price_impact",
    "impact on weight": "weight_impact",
    "quantity": "quantity",
    "image position": "image_position",
    "image urls": "images",
    "image alt texts": "alts",
}
_LEFT = {
    *("on sale", "supplier reference", "supplier", "mpn", "ecotax", "minimal quantity", "low stock level", "condition"),
    *("delivery time of in-stock products", "delivery time of out-of-stock products with allowed orders", "default"),
    *("receive a low stock alert by email", "stock location", "additional shipping cost", "unity", "unit price"),
    *(
        "meta title",
        "meta-title",
        "meta description",
        "meta-description",
        "meta-keywords",
        "meta keywords",
        "show price",
    ),
    *("text when in stock", "text when in-stock", "text when backorder allowed", "text if back-order allowed"),
    *("available for order", "product available date", "product creation date", "date add product", "feature"),
    *("delete existing images", "available online only", "only available online", "customizable", "uploadable files"),
    *(
        "text fields",
        "file url",
        "number of allowed downloads",
        "expiration date",
        "number of days",
        "id / name of shop",
    ),
    *("advanced stock management", "advanced stock managment", "depends on stock", "warehouse", "acessories"),
    *("accessories", "combination available date"),
}
_PRICES = {"price_excluded", "price_included", "cost", "price_impact", "discount_amount"}
_MEASURES = {"weight", "width", "height", "depth", "weight_impact"}


@dataclass(slots=True)
class ShopFile:
    """One file.

    Attributes:
        name: Empty for the first; as :attr:`.rows.Problem.file`.
        records: Its rows, in order.
        columns: That it has, as they are called here.
        measures: What stands before the decimal places of weights and sizes.
        unread: Columns that aren't read.
        foreign: Those among them that PrestaShop doesn't have.
        headers: What the file calls its columns, by what they are called here.
    """

    name: str
    records: Sequence[Record]
    problems: Sequence[Problem]
    columns: frozenset[str]
    measures: str
    unread: Sequence[str]
    foreign: Sequence[str]
    headers: Mapping[str, str]

    def placed(self, problem: Problem) -> Problem:
        """A problem with the file's name, and the column as the file calls it."""
        return replace(problem, file=self.name, column=self.headers.get(problem.column, problem.column))

    @property
    def has_combinations(self) -> bool:
        """Whether it holds combinations, and not products."""
        return {"attribute", "value"} <= self.columns


def _plain(name: str) -> str:
    """A header without what people add to it: ``Name *``, ``Active (0/1)``, ``Reference #``."""
    return re.sub(r"\s*(\(.*\)|[*#.])", "", folded(name)).strip()


def _open(file: SourceFile, options: ReadOptions, *, name: str) -> ShopFile:
    table = Table(file, options, is_guarded=False)
    plain = [_plain(header) for header in table.names]
    expected = COMBINATION_COLUMNS if {"attribute", "value"} <= set(plain) else PRODUCT_COLUMNS
    unread = [header for header, short in zip(table.names, plain, strict=True) if header and short not in expected]
    foreign = [header for header in unread if _plain(header) not in _LEFT]
    names = [expected.get(short, header) for header, short in zip(table.names, plain, strict=True)]
    twice = sorted({header for header in names if header and names.count(header) > 1})
    if twice:
        raise FileRefused(f"{file.name} has columns twice: {', '.join(twice)}.", twice=twice)
    headers = dict(zip(names, table.names, strict=True))
    table.names[:] = names
    table.decimal = table.decimal_sign(lambda column: column in _PRICES, usual=".")
    measures = table.decimal_sign(lambda column: column in _MEASURES, usual=".")
    rows = list(table.records())
    problems = [Problem(row.line, row.column, row.reason, name) for row in rows if isinstance(row, Problem)]
    records = [row for row in rows if isinstance(row, Record)]
    return ShopFile(name, records, problems, frozenset(names), measures, unread, foreign, headers)


def open_files(files: Sequence[SourceFile], options: ReadOptions) -> tuple[list[ShopFile], list[ShopFile]]:
    """Files of products, and files of combinations.

    Raises:
        FileRefused: One is neither, or there are no products.
    """
    opened = [_open(file, options, name=file.name if place else "") for place, file in enumerate(files)]
    products = [file for file in opened if not file.has_combinations]
    for file in products:
        if not ({"name"} <= file.columns and {"price_excluded", "price_included"} & file.columns):
            which = f"{file.name} " if file.name else "The file "
            raise FileRefused(
                f"{which}has neither products (Name, Price tax excluded) nor combinations (Attribute, Value)."
            )
    if not products:
        raise FileRefused("There is no file of products; name it before the one of combinations.")
    return products, [file for file in opened if file.has_combinations]
