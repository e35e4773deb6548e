"""The statements and answers of each test on SQLite, and a choice of tests that have all of them together.

A server has to run every statement, kind of value and answer of the suite, and not every test: three of four only repeat those of
others. The lanes on SQLite write down the trace of each test while they run (``Recorder``); of what a lane on a server could run
afterwards, the cheapest tests that have all traces between them are ``chosen`` and the rest is left out. Nothing of it is kept: a
new test, or one that begins to send something new, is chosen in the same run. Tests without a trace always run.

The same statements come from the same code, and the same answers (address, method, status, code of a refusal, template) are what
a version of Django could change; so this holds for versions as well, where a lane has both.
"""

from __future__ import annotations

import heapq
import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from django.core.handlers.base import BaseHandler
from django.db.backends.utils import CursorWrapper
from django.test.signals import template_rendered

MODULE_SECONDS = 0.02  # what a test costs beside its own code
# How many rows, values or cases a statement has says nothing about it, nor do the numbers and words that it is written with.
SAME = (
    (re.compile(r"\((?:%s|NULL|, |CAST\(%s AS \w+\))+\)"), "(~)"),
    (re.compile(r"\b\d+\b|'[^']*'"), "0"),
    (re.compile(r"(?: UNION ALL SELECT (?:%s|, |CAST\(%s AS [a-zA-Z()0-9, ]+\))+)+"), "U~"),
    (re.compile(r"(?:WHEN [^W]*? THEN (?:%s|CAST\(%s AS [A-Z()0-9, ]+\)) ?)+"), "WHEN~"),
    (re.compile(r"(?:\(~\))(?:, \(~\))+"), "(~)"),
)
# Who may do what is decided in Python, and the walks over roles take long.
REFUSED_BY_ROLE = {401, 403, 405}
OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")


class Trace(NamedTuple):
    """Of one test: its seconds of a processor, and what it sent and answered."""

    seconds: float
    keys: frozenset[int]


class Recorder:
    """Writes down the traces of one process."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.jsonl"
        self._keys: set[int] = set()

    @contextmanager
    def watching(self, test: str) -> Iterator[None]:
        """Note what is sent and answered while the block runs, as the trace of a test."""
        self._keys.clear()
        start = time.process_time()
        with self._statements(), self._answers():
            yield
        line = json.dumps([test, round(time.process_time() - start, 4), sorted(self._keys)])
        with self._path.open("a") as file:
            file.write(line + "\n")

    def _note(self, *facts: object) -> None:
        self._keys.add(crc32(repr(facts).encode()))

    @contextmanager
    def _statements(self) -> Iterator[None]:
        single, many = CursorWrapper._execute, CursorWrapper._executemany  # type: ignore[attr-defined]

        def sent(call: Any, cursor: Any, sql: Any, params: Any, *ignored: Any) -> Any:
            text = str(sql)
            if text.startswith(OF_TRANSACTIONS):
                return call(cursor, sql, params, *ignored)
            rows = params if call is many else [params]
            facts = shape(text), tuple(sorted({kind(value) for row in rows for value in row or ()}))
            try:
                answer = call(cursor, sql, params, *ignored)
            except Exception as error:
                self._note(*facts, type(error).__name__)
                raise
            self._note(*facts)
            return answer

        CursorWrapper._execute = lambda *args: sent(single, *args)  # type: ignore[attr-defined]
        CursorWrapper._executemany = lambda *args: sent(many, *args)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            CursorWrapper._execute, CursorWrapper._executemany = single, many  # type: ignore[attr-defined]

    @contextmanager
    def _answers(self) -> Iterator[None]:
        answered = BaseHandler.get_response

        def get_response(handler: Any, request: Any) -> Any:
            response = answered(handler, request)
            if response.status_code in REFUSED_BY_ROLE:
                return response
            data = getattr(response, "data", None)
            code = data.get("code") if isinstance(data, dict) else None
            route = getattr(getattr(request, "resolver_match", None), "route", None)
            self._note(request.method, route, response.status_code, str(code), bool(request.GET))
            return response

        def rendered(template: Any, **_: Any) -> None:
            self._note("template", getattr(template, "name", None))

        BaseHandler.get_response = get_response  # type: ignore[method-assign]
        template_rendered.connect(rendered)
        try:
            yield
        finally:
            BaseHandler.get_response = answered  # type: ignore[method-assign]
            template_rendered.disconnect(rendered)


@cache
def shape(sql: str) -> int:
    """One number for all statements that differ only in how much there is of what."""
    for pattern, instead in SAME:
        sql = pattern.sub(instead, sql)
    return crc32(sql.encode())


def kind(value: Any) -> str:
    """The properties of a value that servers may disagree about."""
    if isinstance(value, str):
        return _kind_of_text(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        size = abs(value)
        return f"{type(value).__name__}{'-' * (value < 0)}{'>' * (size >= 2**31)}{'>' * (size >= 2**63)}"
    return type(value).__name__


def _kind_of_text(value: str) -> str:
    marks = [
        mark
        for mark, holds in {
            "nul": "\x00" in value,
            "long": len(value) > 100,
            "json": value[:1] in {"{", "["},
            "foreign": not value.isascii(),
            "blank": value != value.strip() or not value,
            "upper": value != value.lower(),
        }.items()
        if holds
    ]
    return f"str {' '.join(marks)}"


def chosen(traces: dict[str, Trace]) -> set[str]:
    """The tests that have all keys between them, the one that has most new ones for its time first."""
    have: set[int] = set()
    picked: set[str] = set()
    queue = [(-_worth(trace, len(trace.keys)), test) for test, trace in traces.items() if trace.keys]
    heapq.heapify(queue)
    while queue:
        rank, test = heapq.heappop(queue)
        new = traces[test].keys - have
        worth = -_worth(traces[test], len(new))
        if not new:
            continue
        if worth > rank:  # others have had some of its keys since: back into the queue
            heapq.heappush(queue, (worth, test))
            continue
        picked.add(test)
        have |= new
    return picked


def _worth(trace: Trace, keys: int) -> float:
    return keys / (trace.seconds + MODULE_SECONDS)


def read(folders: Sequence[Path]) -> dict[str, Trace]:
    """The traces that lanes wrote; of a test that several have, the first one's."""
    traces: dict[str, Trace] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.jsonl")):
            for line in path.read_text().splitlines():
                test, seconds, keys = json.loads(line)
                traces.setdefault(test, Trace(seconds, frozenset(keys)))
    return traces
