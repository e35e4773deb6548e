"""One row of a file: its cells as texts, amounts, counts, flags and addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.db.models import Field, Model

from tradepost.core.inputs.csv_cells import original
from tradepost.core.inputs.numbers import (
    MAX_COUNT,
    InvalidNumber,
    read_count,
    read_decimal,
    read_unit_price,
)
from tradepost.core.money import rounded

from ..rows import Problem
from .amounts import plain_number
from .separators import split

__all__ = ["BadCell", "Record", "is_slug"]

_FLAGS = {"true": True, "yes": True, "1": True, "active": True, "false": False, "no": False, "0": False, "": None}
_SECRET = re.compile(r"passw|token|secret|api.?key|\bdownload|\bfile url", re.IGNORECASE)
_SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")


def is_slug(text: str) -> bool:
    """Whether a text can stand in an address as it is."""
    return bool(_SLUG.match(text))


class BadCell(Exception):
    """A cell can't be read; becomes a :class:`Problem` of its row."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = Problem(line, column, reason)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file. Columns that the file doesn't have read as empty.

    Attributes:
        line: In the file, from 1.
        cells: Those that aren't empty, by column.
        columns: All that the file has.
        decimal: What stands before decimal places; empty for plain numbers with a point only.
        is_guarded: Whether an apostrophe that hides a formula is taken off.
    """

    line: int
    cells: Mapping[str, str]
    columns: frozenset[str]
    decimal: str = ""
    is_guarded: bool = True

    def has(self, column: str) -> bool:
        """Whether the file has the column at all."""
        return column in self.columns

    def bad(self, column: str, reason: str) -> BadCell:
        """An error at one of its cells."""
        return BadCell(self.line, column, reason)

    def raw(self, column: str) -> str:
        """A cell as it stands there."""
        text = self.cells.get(column, "")
        return original(text) if self.is_guarded else text

    def text(self, column: str, *, of: tuple[type[Model], str] | None = None, required: bool = False) -> str:
        """A text, trimmed, and no longer than the model's field."""
        value = self.raw(column).strip()
        if "\x00" in value:
            raise self.bad(column, "has a character that text can't contain")
        if required and not value:
            raise self.bad(column, "is required")
        if of is not None:
            field: Field[Any, Any] = of[0]._meta.get_field(of[1])  # type: ignore[assignment]
            if field.max_length is not None and len(value) > field.max_length:
                raise self.bad(column, f"has {len(value)} characters, {field.max_length} are possible")
        return value

    def amount(self, column: str) -> Decimal | None:
        """An amount of at least zero with at most four decimals; ``None`` for an empty cell."""
        value = self.text(column)
        if not value:
            return None
        try:
            return read_unit_price(self._plain(value))
        except InvalidNumber as error:
            raise self.bad(column, f"{value!r} isn't an amount; write it as 1234.50. {error}") from None

    def rounded_amount(self, column: str) -> Decimal | None:
        """An amount of at least zero, rounded to four decimals; of systems that keep more of them, as in prices without taxes."""
        number = self.number(column)
        if number is None:
            return None
        try:
            return read_unit_price(rounded(number, 4))
        except InvalidNumber as error:
            raise self.bad(column, f"{self.text(column)!r} isn't an amount; write it as 1234.50. {error}") from None

    def number(self, column: str, value: str | None = None, *, decimal: str = "") -> Decimal | None:
        """A number; ``None`` for an empty cell.

        Args:
            value: Instead of the whole cell.
            decimal: What stands before its decimal places, where that isn't the same in the whole file.
        """
        value = self.text(column) if value is None else value
        if not value:
            return None
        try:
            plain = plain_number(value, decimal) if decimal else self._plain(value)
            return read_decimal(plain, digits=30, places=15, is_stored=False)
        except InvalidNumber:
            raise self.bad(column, f"{value!r} isn't a number") from None

    def whole(self, column: str, *, factor: Decimal = Decimal(1), decimal: str = "") -> int | None:
        """A whole number of at least zero; others are rounded; ``None`` for an empty cell.

        Args:
            factor: How many of ours one of the file's is, as for kilograms that become grams.
            decimal: As :meth:`number` has it.
        """
        number = self.number(column, decimal=decimal)
        if number is None:
            return None
        scaled = int((number * factor).to_integral_value(rounding=ROUND_HALF_UP))
        if not 0 <= scaled <= MAX_COUNT:
            raise self.bad(column, f"{self.text(column)!r} is not between 0 and {MAX_COUNT}")
        return scaled

    def count(self, column: str, *, least: int = 0) -> int | None:
        """A number of units; ``None`` for an empty cell."""
        value = self.text(column)
        if not value:
            return None
        try:
            return read_count(self._plain(value), least=least)
        except InvalidNumber as error:
            bounds = f"{value!r} is not between {least} and {MAX_COUNT}"
            reason = bounds if {"least", "most"} & error.context.keys() else f"{value!r} isn't a number of units"
            raise self.bad(column, reason) from None

    def _plain(self, value: str) -> str:
        return plain_number(value, self.decimal) if self.decimal else value

    def flag(self, column: str) -> bool | None:
        """Yes or no; ``None`` for an empty cell."""
        value = self.text(column)
        try:
            return _FLAGS[value.lower()]
        except KeyError:
            raise self.bad(column, f"{value!r} is neither true nor false") from None

    def url(self, column: str, value: str | None = None, *, base: str = "") -> str:
        """An address on the web, or empty.

        Args:
            value: Instead of the whole cell.
            base: Before a path that is no address by itself.
        """
        value = self.text(column) if value is None else value
        if not value:
            return ""
        address = value.replace(" ", "%20")
        if address.startswith("//"):
            address = f"https:{address}"
        try:
            if base and not urlsplit(address).scheme:
                address = urljoin(f"{base.rstrip('/')}/", address.lstrip("/"))
            parts = urlsplit(address)
        except ValueError:
            raise self.bad(column, f"{value!r} isn't an address") from None
        if parts.scheme not in {"http", "https"} or not parts.netloc or len(address) > 500:
            hint = "" if parts.scheme else "; --image-base names what comes before a path"
            reason = f"{value!r} isn't an address of at most 500 characters that begins with https://{hint}"
            raise self.bad(column, reason)
        return address

    def names(self, column: str, separator: str = ",") -> list[str]:
        """Several texts in one cell; each once, in their order. A backslash stands before a separator inside of one."""
        return split(self.text(column), separator)

    def unread(self, columns: Collection[str]) -> dict[str, str]:
        """Cells of columns that aren't read otherwise, for ``metadata``; none that may hold a secret."""
        return {column: text for column in columns if not _SECRET.search(column) and (text := self.text(column))}
