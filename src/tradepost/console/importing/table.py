"""A CSV file as records of named cells, each of which knows where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Field, Model
from django.utils.text import slugify

from .rows import FileRefused, Problem

__all__ = ["BadCell", "Record", "grouped", "read"]

_CELL_LIMIT = 10_000_000  # characters; csv's own limit is too low for long descriptions with pictures in them
_FLAGS = {"true": True, "yes": True, "1": True, "active": True, "false": False, "no": False, "0": False, "": None}
_MOST = 2_147_483_647  # what an integer column holds on every database
_SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")


class BadCell(Exception):
    """A cell can't be read; becomes a :class:`Problem` of its row."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = Problem(line, column, reason)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file. Columns that the file doesn't have read as empty."""

    line: int
    cells: Mapping[str, str]

    def has(self, column: str) -> bool:
        """Whether the file has the column at all."""
        return column in self.cells

    def bad(self, column: str, reason: str) -> BadCell:
        """An error at one of its cells."""
        return BadCell(self.line, column, reason)

    def text(self, column: str, *, of: tuple[type[Model], str] | None = None, required: bool = False) -> str:
        """A text, trimmed, and no longer than the model's field."""
        value = self.cells.get(column, "").strip()
        if "\x00" in value:
            raise self.bad(column, "has a character that texts can't have")
        if required and not value:
            raise self.bad(column, "is required")
        if of is not None:
            field: Field[Any, Any] = of[0]._meta.get_field(of[1])  # type: ignore[assignment]
            if field.max_length is not None and len(value) > field.max_length:
                raise self.bad(column, f"has {len(value)} characters, {field.max_length} are possible")
        return value

    def slug(self, column: str, *, of: tuple[type[Model], str]) -> str:
        """A slug; other texts are made one."""
        value = self.text(column, required=True)
        found = value if _SLUG.match(value) else slugify(value)
        if not found:
            raise self.bad(column, f"{value!r} has no letters that an address can have")
        return Record(self.line, {column: found}).text(column, of=of)

    def amount(self, column: str) -> Decimal | None:
        """An amount of at least zero with at most four decimals; ``None`` for an empty cell."""
        value = self.text(column)
        if not value:
            return None
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise self.bad(column, f"{value!r} is no amount; write it as 1234.50") from None
        exponent = amount.as_tuple().exponent
        if not isinstance(exponent, int) or amount < 0 or exponent < -4 or amount >= 10**15:
            raise self.bad(column, f"{value!r} is no amount from 0 on with at most four decimals")
        return amount

    def whole(self, column: str, *, least: int = 0) -> int | None:
        """A whole number; others are rounded; ``None`` for an empty cell."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = Decimal(value)
            rounded = int(number.to_integral_value(rounding=ROUND_HALF_UP))
        except (InvalidOperation, ValueError, OverflowError):
            raise self.bad(column, f"{value!r} is no number") from None
        if not least <= rounded <= _MOST:
            raise self.bad(column, f"{value!r} is not between {least} and {_MOST}")
        return rounded

    def flag(self, column: str) -> bool | None:
        """Yes or no; ``None`` for an empty cell."""
        value = self.text(column)
        try:
            return _FLAGS[value.lower()]
        except KeyError:
            raise self.bad(column, f"{value!r} is neither true nor false") from None

    def url(self, column: str, value: str | None = None) -> str:
        """An address on the web, or empty."""
        value = self.text(column) if value is None else value
        if not value:
            return ""
        try:
            parts = urlsplit(value)
        except ValueError:
            raise self.bad(column, f"{value!r} is no address") from None
        if parts.scheme not in {"http", "https"} or not parts.netloc or len(value) > 500 or " " in value:
            raise self.bad(column, f"{value!r} is no address of at most 500 characters that begins with https://")
        return value

    def names(self, column: str, separator: str = ",") -> list[str]:
        """Several texts in one cell; each once, in their order."""
        return list(dict.fromkeys(part for part in map(str.strip, self.text(column).split(separator)) if part))


def read(lines: Iterable[str], *, required: Sequence[str], rename: Mapping[str, str]) -> Iterator[Record | Problem]:
    """The records of a file.

    Args:
        lines: With their line ends.
        required: Columns that must be there.
        rename: Our name by a column's other name in small letters.

    Raises:
        FileRefused: No header, a required column is missing, or it is no CSV.
    """
    csv.field_size_limit(_CELL_LIMIT)
    rows = csv.reader(lines, strict=True)
    try:
        names = [rename.get(name.strip().lower(), name.strip()) for name in next(rows, [])]
        _check_header(names, required)
        before = rows.line_num
        for row in rows:
            line, before = before + 1, rows.line_num
            if any(row[len(names) :]):
                yield Problem(line, "", f"has {len(row)} values for {len(names)} columns")
            elif any(map(str.strip, row)):
                yield Record(line, dict(zip(names, [*row, *[""] * len(names)], strict=False)))
    except csv.Error as error:
        raise FileRefused(f"Line {rows.line_num} is no CSV: {error}.", line=rows.line_num) from error


def _check_header(names: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in names]
    if missing:
        raise FileRefused(f"The file lacks the columns {', '.join(missing)}.", missing=missing)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FileRefused(f"The file has columns twice: {', '.join(twice)}.", twice=twice)


def grouped(records: Iterable[Record | Problem], key: str) -> Iterator[list[Record] | Problem]:
    """Records that stand together and have the same key: the rows of one product."""
    group: list[Record] = []
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Problem):
            yield record
            continue
        value = record.cells[key].strip()
        if group and value == group[0].cells[key].strip():
            group.append(record)
        elif not value:
            yield Problem(record.line, key, "is required")
        elif value in seen:
            yield Problem(record.line, key, f"{value!r} stands further up, too; the rows of a product stand together")
        else:
            if group:
                yield group
            group = [record]
            seen.add(value)
    if group:
        yield group
