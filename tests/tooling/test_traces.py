"""Statements and answers of tests are written down, and the chosen ones have all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.lanes import LANES, variables_of_traces
from tests.traces import Recorder, Trace, chosen, kind, read, shape
from tradepost.core.models import Sequence


def trace(folder: Path, act: Callable[[], Any]) -> frozenset[int]:
    """The keys of an act."""
    recorder = Recorder(folder, "gw0")
    with recorder.watching(test := f"test-{len(read([folder]))}"):
        act()
    return read([folder])[test].keys


def test_the_chosen_ones_have_all_of_it_and_take_least() -> None:
    """A test whose keys others have goes, a dear one before a cheap one; what has no keys goes as well."""
    traces = {
        "dear": Trace(9.0, frozenset({1, 2, 3})),
        "cheap": Trace(0.1, frozenset({1, 2})),
        "same": Trace(0.2, frozenset({1, 2})),
        "other": Trace(0.1, frozenset({3})),
        "alone": Trace(5.0, frozenset({3, 4})),
        "nothing": Trace(0.1, frozenset()),
    }

    assert chosen(traces) == {"cheap", "other", "alone"}
    assert chosen({}) == set()


@pytest.mark.django_db
def test_statements_are_told_apart_by_what_servers_may_disagree_about(tmp_path: Path) -> None:
    """Not by how many values they have, nor by which; but by their words, the kind of a value, and an error."""

    def names(*values: str) -> Callable[[], Any]:
        return lambda: list(Sequence.objects.filter(name__in=values))

    of_word = trace(tmp_path, names("a"))

    assert of_word
    assert trace(tmp_path, names("b", "c", "d")) == of_word
    assert trace(tmp_path, names("é")) != of_word
    assert trace(tmp_path, lambda: list(Sequence.objects.filter(name__in=["a"]).order_by("name"))) != of_word


@pytest.mark.django_db
def test_a_refused_statement_is_another_one(tmp_path: Path) -> None:
    """A constraint that held, and one that didn't have to."""

    def again() -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Sequence.objects.create(name="a", value=1)

    assert trace(tmp_path, lambda: Sequence.objects.create(name="a", value=1)) != trace(tmp_path, again)


@pytest.mark.django_db
def test_answers_are_told_apart_by_address_and_status(tmp_path: Path, client: Client) -> None:
    """Of one address by its status, of one status by its address; the same one is the same."""
    products, gone, categories = (
        trace(tmp_path, lambda path=path: client.get(f"/api/v1/{path}/"))  # type: ignore[misc]
        for path in ("products", "products/none", "categories")
    )

    assert len({products, gone, categories}) == 3
    assert trace(tmp_path, lambda: client.get("/api/v1/products/nothing/")) == gone
    assert not trace(tmp_path, lambda: client.put("/api/v1/products/")), "what is refused without a look at anything"


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (1, -1),
        (1, 2**40),
        (2**40, 2**63),
        ("a", "A"),
        ("a", "a" * 200),
        ("a", " a"),
        ("a", "[1]"),
        ("a", "a\x00"),
        ("a", None),
    ],
)
def test_kinds_of_values(value: Any, other: Any) -> None:
    """Numbers by sign and size, text by what collations and columns make of it."""
    assert kind(value) != kind(other)


def test_rows_of_one_insert_are_one_shape() -> None:
    """Whether it has one, or hundreds."""
    assert shape("INSERT INTO t (a, b) VALUES (%s, %s)") == shape("INSERT INTO t (a, b) VALUES (%s, %s), (%s, NULL)")
    assert shape("SELECT a FROM t WHERE b = %s LIMIT 21") == shape("SELECT a FROM t WHERE b = %s LIMIT 1")
    assert shape("SELECT a FROM t WHERE b = %s") != shape("SELECT a FROM t WHERE c = %s")


def test_of_a_test_that_two_lanes_have_the_first_one_counts(tmp_path: Path) -> None:
    """The stock project, whose tables a server's lane has."""
    for name, line in (("sqlite", '["t", 1.0, [1]]\n'), ("replaced", '["t", 2.0, [2]]\n["u", 3.0, [3]]\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "gw0.jsonl").write_text(line)

    assert read([tmp_path / "sqlite", tmp_path / "replaced"]) == {
        "t": Trace(1.0, frozenset({1})),
        "u": Trace(3.0, frozenset({3})),
    }


def test_only_lanes_on_servers_are_spared_and_only_after_the_others(tmp_path: Path) -> None:
    """Where no trace was written before, nothing is left out."""
    lanes = {lane.name: lane for lane in LANES}
    names = [lane.name for lane in LANES]

    assert {name for name, lane in lanes.items() if lane.spared} == {"postgres", "mariadb"}
    assert max(names.index(name) for name in names if lanes[name].traced) < names.index("postgres")
    assert variables_of_traces(lanes["postgres"], tmp_path)["TRADEPOST_TEST_SPARED_BY"] == ""
    written = variables_of_traces(lanes["sqlite"], tmp_path)["TRADEPOST_TEST_TRACES"]
    assert (
        variables_of_traces(lanes["postgres"], tmp_path)["TRADEPOST_TEST_SPARED_BY"]
        == written
        == str(tmp_path / "sqlite")
    )
