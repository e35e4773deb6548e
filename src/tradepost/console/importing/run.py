"""One import from the first line to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction

from .rows import Problem, ProductRow, Report
from .shopify import read_shopify
from .tradepost import read_tradepost
from .writer import Writer

__all__ = ["CHUNK", "FORMATS", "Format", "import_catalogue"]

CHUNK = 1000  # variants in one transaction; a database takes only so many parameters in one query


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of file is read, and what it calls the columns that the writer speaks of."""

    read: Callable[[Iterable[str]], Iterator[ProductRow | Problem]]
    columns: Mapping[str, str]


FORMATS: Mapping[str, Format] = {
    "shopify": Format(read_shopify, {"name": "Title", "sku": "Variant SKU"}),
    "tradepost": Format(read_tradepost, {"name": "name", "sku": "sku"}),
}


def import_catalogue(
    rows: Iterator[ProductRow | Problem], writer: Writer, *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write what a reader gives, a chunk to a transaction.

    Args:
        atomic: One bad row and nothing is written.
        dry_run: Nothing is written; the report tells what would have been.

    Raises:
        FileRefused: The file as a whole can't be read; with ``atomic`` nothing of it was imported.
    """
    whole = transaction.atomic() if atomic or dry_run else nullcontext()
    with whole:
        for chunk in _chunks(rows, writer.report):
            with transaction.atomic():
                writer.write(chunk)
        if dry_run or (atomic and writer.report.problems):
            transaction.set_rollback(True)
    writer.report.problems.sort(key=lambda problem: problem.line)
    return writer.report


def _chunks(rows: Iterable[ProductRow | Problem], report: Report) -> Iterator[list[ProductRow]]:
    chunk: list[ProductRow] = []
    size = 0
    for row in rows:
        if isinstance(row, Problem):
            report.problems.append(row)
            continue
        weight = max(1, len(row.variants))
        if chunk and size + weight > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += weight
    if chunk:
        yield chunk
