"""What readers give and the writer takes, and what is told at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tradepost.core.errors import Invalid

__all__ = ["FileRefused", "ImageRow", "Problem", "ProductRow", "Report", "VariantRow"]


class FileRefused(Invalid):
    """The file as a whole can't be read; nothing of it was imported."""

    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out.

    Attributes:
        line: In the file, from 1; the first one of a row that spans several.
        column: As the file calls it; empty where the row as a whole is wrong.
    """

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}" if self.column else f"line {self.line}: {self.reason}"


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
        sku_is_made: The file has none; this one was made from the handle and the options.
        fields: Values of the model's fields by name.
        price: In the price list's currency and basis, in major units.
        has_price: Whether the file says anything of prices.
        stock: Units on hand at the location.
        extra: Of exposed fields, by their names; ``None`` takes a value away.
    """

    line: int
    sku: str
    sku_is_made: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    has_price: bool = False
    price: Decimal | None = None
    was: Decimal | None = None
    stock: int | None = None
    backorder_limit: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as a file tells it; what is ``None`` or not among the fields is left as it is.

    Attributes:
        type_code: Of its product type, for a new product; an existing one keeps its own where it is empty.
        kind: Of a type that has to be made first.
        fields: Values of the model's fields by name.
        attributes: By code; ``None`` takes a value away. Codes that aren't here stay.
        categories: Each the names from the root down.
        replace_categories: Whether others are taken away; else these are added.
        images: In their order; others of the product stay behind them.
        extra: Of exposed fields, by their names; ``None`` takes a value away.
    """

    line: int
    slug: str
    type_code: str = ""
    kind: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    categories: Sequence[tuple[str, ...]] | None = None
    replace_categories: bool = True
    images: Sequence[ImageRow] | None = None
    variants: Sequence[VariantRow] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What an import did, counted in products."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    variants: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def products(self) -> int:
        """Products that were read without a problem of their own."""
        return self.created + self.changed + self.unchanged
