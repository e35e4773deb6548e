"""A CSV file as records of named cells, each of which knows where it stands."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..ports import ReadOptions, SourceFile
from ..rows import (
    FileRefused,
    Notice,
    Problem,
)
from .amounts import AMBIGUOUS, decimal_sign
from .encodings import encoding_of, text_lines
from .records import BadCell, Record

__all__ = ["BadCell", "Record", "Table", "folded", "grouped", "unread_notice"]

_CELL_LIMIT = 10_000_000  # characters; csv's own limit is too low for long descriptions with pictures in them
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_HEADER_LINES = 50
_QUOTES = ' A quote inside of a cell is written twice (“""”), not with a backslash.'


def folded(name: str) -> str:
    """A column's name as it is compared: small letters, single blanks."""
    return " ".join(name.replace("\ufeff", "").split()).lower()


@dataclass(slots=True)
class Table:
    """A file of named columns, to be read as often as one likes.

    Args:
        file: The bytes.
        options: Encoding, separator and decimal sign, where somebody named them.
        columns: Ours, as they are called from here on, whatever letters the file writes them in.
        rename: Our name by another one in small letters.
        required: Columns that must be there.
        repeatable: Columns that may be there more than once: their cells are put together with commas.
        is_guarded: Whether an apostrophe before ``=``, ``+``, ``-`` and ``@`` is taken off
            (:mod:`tradepost.core.inputs.csv_cells`).

    Raises:
        FileRefused: It has no header, or a required column is missing, or one is there twice.
    """

    file: SourceFile
    options: ReadOptions
    columns: Collection[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    required: Sequence[str] = ()
    repeatable: Collection[str] = ()
    is_guarded: bool = True
    names: list[str] = field(init=False)
    separator: str = field(init=False)
    decimal: str = field(init=False, default="")
    _encoding: str = field(init=False)

    def __post_init__(self) -> None:
        csv.field_size_limit(_CELL_LIMIT)
        self._encoding = encoding_of(self.file, self.options.encoding)
        head = list(islice(text_lines(self.file, self._encoding), _HEADER_LINES))
        self.separator, self.names = self._header(head)
        self.decimal = self.options.decimal

    def demand(self, *columns: str) -> None:
        """Refuse a file that has none of some columns, as one of another system.

        Raises:
            FileRefused: None is there.
        """
        if not set(columns) & set(self.names):
            raise FileRefused(f"The file has none of the columns {', '.join(columns)}.", missing=list(columns))

    def has(self, column: str) -> bool:
        """Whether the file has the column at all."""
        return column in self.names

    def records(self) -> Iterator[Record | Problem]:
        """The records of the file, from the first on.

        Raises:
            FileRefused: It is no CSV.
        """
        rows = csv.reader(text_lines(self.file, self._encoding), delimiter=self.separator, strict=True)
        columns = frozenset(self.names)
        try:
            next(rows, None)
            before = rows.line_num
            for row in rows:
                line, before = before + 1, rows.line_num
                if any(map(str.strip, row[len(self.names) :])):
                    yield Problem(line, "", f"has {len(row)} values for {len(self.names)} columns")
                elif any(map(str.strip, row)):
                    yield Record(line, self._cells(row), columns, self.decimal, self.is_guarded)
        except csv.Error as error:
            hint = _QUOTES if "expected after" in str(error) else ""
            raise FileRefused(f"Line {rows.line_num} isn't CSV: {error}.{hint}", line=rows.line_num) from error

    def _cells(self, row: Sequence[str]) -> dict[str, str]:
        cells: dict[str, str] = {}
        for name, cell in zip(self.names, row, strict=False):
            if cell:
                cells[name] = f"{cells[name]},{cell}" if name in cells else cell
        return cells

    def _header(self, head: Sequence[str]) -> tuple[str, list[str]]:
        if self.options.separator:
            separator = {"tab": "\t", "\\t": "\t"}.get(self.options.separator, self.options.separator)
            if len(separator) != 1 or separator in '"\r\n':
                raise FileRefused("A separator is one character, as in --separator “;”, or “tab”.", separator=separator)
            return separator, self._checked(separator, head)
        readings = {sign: self._reading(sign, head) for sign in _SEPARATORS}
        fitting = [sign for sign, names in readings.items() if set(self.required) <= set(names)]
        separator = max(fitting or _SEPARATORS, key=lambda sign: len(readings[sign]))
        return separator, self._checked(separator, head)

    def _reading(self, separator: str, head: Sequence[str]) -> list[str]:
        try:
            return self._names(separator, head)
        except FileRefused:  # quotes that only another separator explains
            return []

    def _names(self, separator: str, head: Sequence[str]) -> list[str]:
        try:
            row = next(csv.reader(head, delimiter=separator, strict=True), [])
        except csv.Error as error:
            raise FileRefused(f"Line 1 isn't CSV: {error}.", line=1) from error
        ours = {folded(column): column for column in self.columns} | dict(self.rename)
        return [ours.get(folded(name), " ".join(name.replace("\ufeff", "").split())) for name in row]

    def _checked(self, separator: str, head: Sequence[str]) -> list[str]:
        names = self._names(separator, head)
        missing = [name for name in self.required if name not in names]
        if missing:
            shown = ", ".join(f"“{name[:40]}”" for name in names[:8])
            signs = _SEPARATORS.get(separator, separator)
            seen = f" Separated by {signs} its columns are {shown}{' …' if len(names) > 8 else ''}."
            raise FileRefused(
                f"The file lacks the columns {', '.join(missing)}.{seen if names else ''}", missing=missing
            )
        twice = sorted({name for name in names if name and names.count(name) > 1 and name not in self.repeatable})
        if twice:
            raise FileRefused(f"The file has columns twice: {', '.join(twice)}.", twice=twice)
        return names

    def decimal_sign(self, columns: Callable[[str], bool], *, usual: str) -> str:
        """Which sign stands before decimal places: the one that somebody named, else the one that the numbers show.

        Reads the file once.

        Args:
            columns: Whether a column holds such numbers.
            usual: The format's own sign, taken where every number is whole.

        Raises:
            FileRefused: Numbers are written in two ways, or all of them could be read in two ways.
        """
        if self.options.decimal:
            return self.options.decimal
        names = [name for name in self.names if columns(name)]
        seen: dict[str, tuple[int, str, str]] = {}
        for record in self.records():
            if isinstance(record, Record):
                for name in names:
                    text = record.cells.get(name, "").strip()
                    if text and (sign := decimal_sign(text)) and sign not in seen:
                        seen[sign] = (record.line, name, text)
        signs = seen.keys() - {AMBIGUOUS}
        if len(signs) == 2 or (seen and not signs):
            examples = "; ".join(f"line {line}, {name}: “{text[:30]}”" for line, name, text in seen.values())
            how = "written in two ways" if signs else "written so that they could be read in two ways"
            raise FileRefused(
                f"Numbers are {how} ({examples}). Name the decimal sign: --decimal . or --decimal ,", seen=examples
            )
        return next(iter(signs), usual)

    def unread(self, read: Callable[[str], bool], *, ignored: Collection[str] = ()) -> list[str]:
        """Columns that have a name and aren't read.

        Args:
            read: Whether a column is.
            ignored: Columns that the format knows and leaves, whatever letters they are written in.
        """
        names = {folded(name) for name in ignored}
        return [name for name in self.names if name and not read(name) and folded(name) not in names]


def unread_notice(names: Sequence[str], *, is_kept: bool) -> Iterator[Notice]:
    """Report the columns that a format doesn't know."""
    if names:
        kept = "their cells are kept in “metadata”" if is_kept else "--unknown keep keeps their cells in “metadata”"
        yield Notice(0, "", f"columns that aren't read: {', '.join(names)}; {kept}")


def grouped(records: Iterable[Record | Problem], key: str) -> Iterator[list[Record] | Problem]:
    """Records that stand together and have the same key: the rows of one product."""
    group: list[Record] = []
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Problem):
            yield record
            continue
        try:
            value = record.text(key)
        except BadCell as error:
            yield error.problem
            continue
        if group and value == group[0].text(key):
            group.append(record)
        elif not value:
            yield Problem(record.line, key, "is required")
        elif value in seen:
            yield Problem(record.line, key, f"{value!r} is also further up; keep the rows of a product together")
        else:
            if group:
                yield group
            group = [record]
            seen.add(value)
    if group:
        yield group
