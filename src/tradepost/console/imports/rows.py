"""Rows from readers to the writer, and the report at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tradepost.core.errors import Invalid

__all__ = ["FileRefused", "ImageRow", "Notice", "Problem", "ProductRow", "Report", "TypeDefinition", "VariantRow"]


class FileRefused(Invalid):
    """The file as a whole can't be read; nothing of it was imported."""

    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why a row was left out.

    Attributes:
        line: In the file, from 1; the first one of a row that spans several. 0 for the file as a whole.
        column: As the file calls it; empty where the row as a whole is wrong.
        file: Its name, where there are several and it isn't the first.
    """

    line: int
    column: str
    reason: str
    file: str = ""

    def __str__(self) -> str:
        return _placed(self.line, self.column, self.reason)


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on a row that was taken, or on the file (line 0): nothing was left out for it."""

    line: int
    column: str
    reason: str
    file: str = ""

    def __str__(self) -> str:
        return _placed(self.line, self.column, self.reason)


def _placed(line: int, column: str, reason: str) -> str:
    where = ", ".join(filter(None, [f"line {line}" if line else "", column]))
    return f"{where}: {reason}" if where else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """A picture at an address.

    Attributes:
        sku: Of the variant that it shows; empty for the product as a whole, ``None`` where the file doesn't say.
    """

    url: str
    alt: str = ""
    sku: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantRow:
    """A variant as a file tells it; what is ``None`` or not among the fields is left as it is.

    Attributes:
        file: As :attr:`Problem.file`.
        sku_is_made: The file has none; this one was made from the handle and the options.
        repeats_line: The file gives its SKU to another variant as well, in this line: it gets one of its own.
        source_sku: What the file calls it then.
        fields: Values of the model's fields by name.
        price: In the price list's currency and basis, in major units.
        has_price: Whether the file says anything of prices.
        stock: Units on hand at the location.
        backorder_limit: Units that may be sold before they are in stock.
        takes_backorders: Where the file says only whether there are any: a limit that is above zero stays.
        is_tracked: Whether its stock is counted, where the file doesn't tell who says so: the variant or its product type.
        metadata: Cells of columns that aren't read otherwise, by name.
        extra: Of exposed fields, by their names; ``None`` takes a value away.
    """

    line: int
    sku: str
    file: str = ""
    sku_is_made: bool = False
    repeats_line: int | None = None
    source_sku: str = ""
    options: Mapping[str, str] | None = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    has_price: bool = False
    price: Decimal | None = None
    was: Decimal | None = None
    stock: int | None = None
    backorder_limit: int | None = None
    takes_backorders: bool | None = None
    is_tracked: bool | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefinition:
    """A product type that is made where the shop lacks it.

    Attributes:
        fields: Values of the type's own fields by name.
        attributes: Each the values of an attribute's fields by name.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    attributes: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as a file tells it; what is ``None`` or not among the fields is left as it is.

    Attributes:
        slug: What it is called in addresses, or would be.
        slug_is_made: The file has none; this one was made, and another product that has it is another product.
        key: What its source calls it, as in ``shopify:mug``; a product is found by it first.
        finds_by_sku: Whether the product that has its SKUs is this one, where none has its key.
        type_code: Of its product type, for a new product; an existing one keeps its own where it is empty.
        type_definition: How that type is made where it is missing.
        kind: Where the file has no types, only kinds: an existing product of the kind keeps its type.
        fields: Values of the model's fields by name.
        is_taxed: Where the file says only whether it is: an existing tax class that agrees stays.
        attributes: By code; ``None`` takes a value away. Codes that aren't here stay.
        categories: Each the names from the root down.
        replace_categories: Whether others are taken away; else these are added.
        images: In their order; others of the product stay behind them.
        metadata: Cells of columns that aren't read otherwise, by name.
        extra: Of exposed fields, by their names; ``None`` takes a value away.
    """

    line: int
    slug: str
    slug_is_made: bool = False
    key: str = ""
    finds_by_sku: bool = False
    type_code: str = ""
    type_definition: TypeDefinition | None = None
    kind: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_taxed: bool | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    categories: Sequence[tuple[str, ...]] | None = None
    replace_categories: bool = True
    images: Sequence[ImageRow] | None = None
    variants: Sequence[VariantRow] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """The outcome of an import, counted in products."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    variants: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def products(self) -> int:
        """Products that were read without a problem of their own."""
        return self.created + self.changed + self.unchanged

    def copy(self) -> Report:
        """A report of the same, to go back to."""
        counts = (self.created, self.changed, self.unchanged, self.variants)
        return Report(*counts, list(self.problems), list(self.notices))
