"""Cells that a spreadsheet would calculate with are harmless, and come back as they were."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.sources import modules, name_of
from tradepost.core.inputs.csv_cells import (
    RowWriter,
    TableWriter,
    harmless,
    original,
)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
        ("", ""),
        (-5, -5),
        (None, None),
    ],
)
def test_formulas_become_texts(value: object, cell: object) -> None:
    """Numbers stay numbers, and an apostrophe of its own gets another."""
    assert harmless(value) == cell


@given(st.text("'=+-@\t\r\nab"))
def test_every_text_comes_back(text: str) -> None:
    """Whatever it begins with."""
    assert original(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_rows_and_tables_are_guarded() -> None:
    """A row without a value has an empty cell; one of an unknown column is a mistake."""
    out = StringIO(newline="")
    table = TableWriter(out, ["=a", "b"])
    table.write({"b": "@x"})
    RowWriter(out, separator=";").write(["-1", -1])

    assert out.getvalue() == "'=a,b\r\n,'@x\r\n'-1;-1\r\n"
    with pytest.raises(ValueError, match="no columns c"):
        table.write({"c": 1})
    assert next(csv.reader(StringIO(out.getvalue()))) == ["'=a", "b"]


def test_csv_is_written_in_one_place() -> None:
    """Whoever writes a file of their own would forget the guard."""
    writers = [
        name_of(path) for path in modules() if "csv.writer(" in path.read_text() or "DictWriter" in path.read_text()
    ]

    assert writers == ["core/inputs/csv_cells.py"]
