"""Cells of CSV files that a spreadsheet would take for formulas: made harmless on the way out, and read back on the way in.

A text that begins with one of ``= + - @``, a tab or a line break gets an apostrophe before it, which spreadsheets don't show.
A text that begins so already gets another one, so that nothing is lost: :func:`original` gives each text back as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["RowWriter", "TableWriter", "harmless", "original"]

_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def harmless(value: Any) -> Any:
    """A cell's value that no spreadsheet calculates with; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and _DANGEROUS.match(value) else value


def original(text: str) -> str:
    """The text that :func:`harmless` was given; other texts stay as they are."""
    return text[1:] if _GUARDED.match(text) else text


class RowWriter:
    """Writes rows of harmless cells.

    Args:
        out: Anything with ``write``.
    """

    def __init__(self, out: Any, *, separator: str = ",") -> None:
        self._writer = csv.writer(out, delimiter=separator)

    def write(self, row: Iterable[Any]) -> Any:
        """Write one row, and give back what ``out.write`` gave."""
        return self._writer.writerow([harmless(value) for value in row])


class TableWriter:
    """Writes rows of harmless cells under named columns.

    Args:
        out: Anything with ``write``.
        columns: In order; they are written at once. What a row lacks is empty.
    """

    def __init__(self, out: Any, columns: Sequence[str], *, separator: str = ",") -> None:
        self._columns = columns
        self._rows = RowWriter(out, separator=separator)
        self._rows.write(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row.

        Raises:
            ValueError: It has a column that the table lacks.
        """
        if unknown := row.keys() - set(self._columns):
            raise ValueError(f"There are no columns {', '.join(sorted(unknown))}.")
        self._rows.write(row.get(column, "") for column in self._columns)
