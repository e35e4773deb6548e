"""A supplier's price list: number, name and price on each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tradepost.console.imports import (
    Notice,
    Problem,
    ProductRow,
    ReadOptions,
    SourceFile,
    VariantRow,
)
from tradepost.console.imports.cells.table import BadCell, Table


class SupplierFormat:
    columns: Mapping[str, str] = {"name": "Article", "sku": "Number"}

    def read(
        self, files: Sequence[SourceFile], options: ReadOptions
    ) -> Iterator[ProductRow | Problem | Notice]:
        table = Table(
            files[0],
            options,
            columns=("Number", "Article", "Price"),
            required=("Number", "Article", "Price"),
        )
        table.decimal = table.decimal_sign(lambda column: column == "Price", usual=",")
        for record in table.records():
            if isinstance(record, Problem):
                yield record
                continue
            try:
                number = record.text("Number", required=True)
                price = record.amount("Price")
            except BadCell as error:
                yield error.problem
                continue
            yield ProductRow(
                line=record.line,
                slug=f"supplier-{number.lower()}",
                slug_is_made=True,
                key=f"supplier:{number}",
                fields={"name": record.text("Article")},
                variants=[
                    VariantRow(
                        line=record.line, sku=number, has_price=True, price=price
                    )
                ],
            )
