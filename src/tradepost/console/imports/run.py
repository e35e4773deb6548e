"""One import from the first line to the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext

from django.db import transaction

from .rows import Notice, Problem, ProductRow, Report
from .writer.products import Writer

__all__ = ["CHUNK", "import_catalogue"]

CHUNK = 1000  # variants in one transaction; a database takes only so many parameters in one query


def import_catalogue(
    rows: Iterator[ProductRow | Problem | Notice], writer: Writer, *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write what a reader gives, a chunk to a transaction.

    Args:
        atomic: One bad row and nothing is written.
        dry_run: Nothing is written; the report tells what would have been.

    Raises:
        FileRefused: The file as a whole can't be read; with ``atomic`` nothing of it was imported.
    """
    writer.commits_chunks = not (atomic or dry_run)
    whole = transaction.atomic() if not writer.commits_chunks else nullcontext()
    with whole:
        for chunk in _chunks(rows, writer):
            with transaction.atomic():
                writer.write(chunk)
        if dry_run or (atomic and writer.report.problems):
            transaction.set_rollback(True)
    writer.report.problems.sort(key=lambda problem: problem.line)
    writer.report.notices.sort(key=lambda notice: notice.line)
    return writer.report


def _chunks(rows: Iterable[ProductRow | Problem | Notice], writer: Writer) -> Iterator[list[ProductRow]]:
    chunk: list[ProductRow] = []
    size = 0
    for row in rows:
        if isinstance(row, Problem):
            writer.report.problems.append(row)
            continue
        if isinstance(row, Notice):
            writer.report.notices.append(row)
            continue
        weight = max(1, len(row.variants))
        if chunk and size + weight > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += weight
    if chunk:
        yield chunk
