"""The variants of a product as a sheet: read with prices and stock, and written as far as cells were changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from tradepost.catalogue import services
from tradepost.catalogue.models import Product, Variant
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockLevel
from tradepost.pricing import services as pricing
from tradepost.pricing.models import Price, PriceList
from tradepost.pricing.services import NewPrice

from .columns import SheetColumn, sheet_columns

__all__ = ["Cell", "CellRefused", "Sheet"]

Cell = tuple[int, str]
"""A variant's primary key, and the key of a column."""
_MOST_FIELDS = 800  # of a form; Django takes a thousand
_MOST_ROWS = 100


class CellRefused(Exception):
    """A service refused values of a variant.

    Attributes:
        problems: Sentences by cell; those about no cell have an empty key.
    """

    def __init__(self, problems: Mapping[Cell, list[str]]) -> None:
        super().__init__(problems)
        self.problems = problems


@contextmanager
def told_in_cells(pk: int) -> Iterator[None]:
    """Tell what a service refuses of one variant in its cells."""
    try:
        yield
    except ValidationError as error:
        texts_by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        raise CellRefused({(pk, name): texts for name, texts in texts_by_field.items()}) from error


class Sheet:
    """Some variants of a product, in rows.

    Args:
        number: Which page of them, from 1.
        archived: Those that aren't sold any more, too.
    """

    def __init__(self, product: Any, user: Any, *, number: int = 1, archived: bool = False) -> None:
        self.product, self.user, self.number, self.archived = product, user, number, archived

    @cached_property
    def columns(self) -> list[SheetColumn]:
        """All that the reader may see."""
        return sheet_columns(self.product, self.user)

    @property
    def size(self) -> int:
        """Rows of a page."""
        return max(1, min(_MOST_ROWS, _MOST_FIELDS // (len(self.columns) + 1)))

    @cached_property
    def variants(self) -> Sequence[Any]:
        """Those of this page, and one more where there is another page."""
        rows = Variant.objects.filter(product=self.product.pk)
        rows = rows if self.archived else rows.filter(archived_at=None)
        start = (self.number - 1) * self.size
        return list(rows.order_by("position", "pk")[start : start + self.size + 1])

    @property
    def rows(self) -> Sequence[Any]:
        """The variants of this page."""
        return self.variants[: self.size]

    @cached_property
    def prices(self) -> Mapping[Cell, Any]:
        """For one unit, by variant and list."""
        keys = [row.pk for row in self.rows]
        prices = Price.objects.filter(variant__in=keys, min_quantity=1)
        return {(row.variant_id, f"price-{row.price_list_id}"): row for row in prices}

    @cached_property
    def levels(self) -> Mapping[Cell, int]:
        """Units on hand, by variant and location."""
        levels = StockLevel.objects.filter(variant__in=[row.pk for row in self.rows])
        return {(row.variant_id, f"stock-{row.location_id}"): row.on_hand for row in levels}

    @cached_property
    def values(self) -> dict[Cell, Any]:
        """The stored values."""
        return {(row.pk, column.key): self._value(row, column) for row in self.rows for column in self.columns}

    def _value(self, variant: Any, column: SheetColumn) -> Any:
        if column.kind == "option":
            return variant.options.get(column.owner, "")
        if column.kind == "price":
            price = self.prices.get((variant.pk, column.key))
            return None if price is None else price.amount
        if column.kind == "stock":
            return self.levels.get((variant.pk, column.key))
        return getattr(variant, column.key)

    def lock(self) -> None:
        """Lock what will be written, product first, and read it again. Inside a transaction."""
        self.product = Product.objects.filter(pk=self.product.pk).locked().get()
        keys = [row.pk for row in self.rows]
        list(PriceList.objects.filter(pk__in=[c.owner.pk for c in self.columns if c.kind == "price"]).locked())
        list(StockLevel.objects.filter(variant__in=keys).locked())
        for name in ("columns", "variants", "prices", "levels", "values"):
            vars(self).pop(name, None)

    @db.atomic
    def write(self, changed: Mapping[Cell, Any], by: By) -> None:
        """Write cells by the services that own them.

        Raises:
            CellRefused: A value isn't taken.
            TradepostError: Together they can't be.
        """
        by_kind: dict[str, dict[Cell, Any]] = defaultdict(dict)
        columns = {column.key: column for column in self.columns}
        for (pk, key), value in changed.items():
            by_kind[columns[key].kind][pk, key] = value
        variants = {row.pk: row for row in self.rows}
        self._write_options(by_kind["option"], variants, columns)
        self._write_fields(by_kind["field"], variants)
        self._write_prices(by_kind["price"], columns)
        for (pk, key), value in by_kind["stock"].items():
            inventory.count(pk, columns[key].owner.pk, value or 0, by=by)

    def _write_options(
        self, cells: Mapping[Cell, Any], variants: Mapping[int, Any], columns: Mapping[str, SheetColumn]
    ) -> None:
        options: dict[str, dict[str, Any]] = {}
        for (pk, key), value in cells.items():
            own = options.setdefault(variants[pk].sku, dict(variants[pk].options))
            own[columns[key].owner] = value
        if options:
            services.change_options(self.product, self.product.option_names, options)

    def _write_fields(self, cells: Mapping[Cell, Any], variants: Mapping[int, Any]) -> None:
        values: dict[int, dict[str, Any]] = defaultdict(dict)
        for (pk, key), value in cells.items():
            values[pk][key] = value
        for pk, fields in values.items():
            with told_in_cells(pk):
                services.change_variant(variants[pk], fields)

    def _write_prices(self, cells: Mapping[Cell, Any], columns: Mapping[str, SheetColumn]) -> None:
        new: dict[str, list[NewPrice]] = defaultdict(list)
        for (pk, key), amount in cells.items():
            before = self.prices.get((pk, key))
            new[key].append(NewPrice(pk, amount, before.was_amount if before is not None else None))
        for key, prices in sorted(new.items(), key=lambda entry: columns[entry[0]].owner.pk):
            pricing.set_prices(columns[key].owner, prices)
