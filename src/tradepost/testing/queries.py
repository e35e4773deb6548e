"""Counting queries: a page costs the same number of them with one line and with a hundred."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

__all__ = ["assert_queries", "count_queries"]

# What opens and ends transactions asks nothing, and differs with the test around it.
_FRAME = re.compile(r"\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@contextmanager
def count_queries(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, those around transactions left out.

    Args:
        using: Alias of the database.
    """
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if not _FRAME.match(sql):
            sent.append(sql)
        return execute(sql, *args)

    with connections[using].execute_wrapper(note):
        yield sent


@contextmanager
def assert_queries(*, at_most: int, at_least: int = 0, using: str = DEFAULT_DB_ALIAS) -> Iterator[list[str]]:
    """Fail where more queries are sent than a budget allows, and show them all.

    Args:
        at_most: The budget.
        at_least: So that a test of a page that fell out of use is noticed.
        using: Alias of the database.

    Raises:
        AssertionError: There were more, or fewer.
    """
    with count_queries(using=using) as sent:
        yield sent
    listed = "\n".join(f"{number:3}. {sql[:300]}" for number, sql in enumerate(sent, 1))
    assert len(sent) <= at_most, f"{len(sent)} queries, at most {at_most} are allowed:\n{listed}"
    assert len(sent) >= at_least, f"{len(sent)} queries, at least {at_least} were expected:\n{listed}"
