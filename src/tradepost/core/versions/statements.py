"""Which tables, and of an update which columns, an SQL statement writes to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["set_columns", "sql_text", "written_tables"]

_NAME = r'(?:[`"]?\w+[`"]?\s*\.\s*)?[`"]?(\w+)[`"]?'
_COMMENTS = (
    r"(?:\s|/\*.*?\*/|--[^\n]*(?:\n|$))*+"  # possessive: blanks that are tried again in other ways take for ever
)
_WRITE = (
    r"(?:INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+|LOW_PRIORITY\s+)*INTO|REPLACE\s+INTO|MERGE\s+INTO"
    r"|UPDATE(?:\s+(?:ONLY|IGNORE|LOW_PRIORITY|OR\s+\w+))*"
    rf'|DELETE\s+FROM(?:\s+ONLY)?|DELETE(?=\s+[`"])|TRUNCATE(?:\s+TABLE)?(?:\s+ONLY)?)\s+{_NAME}'
)
_STATEMENT = re.compile(_COMMENTS + _WRITE, re.IGNORECASE | re.DOTALL)
_WITH = re.compile(_COMMENTS + r"WITH\b", re.IGNORECASE | re.DOTALL)
_WITHIN = re.compile(rf"\b{_WRITE}", re.IGNORECASE)
_MORE = re.compile(rf"\s*,\s*(?:ONLY\s+)?{_NAME}", re.IGNORECASE)
_SET = re.compile(r"\bSET\b", re.IGNORECASE)
_PARTS = re.compile(
    rf"'(?:[^']|'')*'|(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<where>\bWHERE\b)|{_NAME}\s*=", re.IGNORECASE
)


def sql_text(sql: Any, cursor: Any) -> str:
    """A statement as text, whatever a driver takes in its place."""
    if isinstance(sql, str):
        return sql
    if isinstance(sql, bytes):
        return sql.decode(errors="replace")
    return str(sql.as_string(cursor.connection)) if hasattr(sql, "as_string") else str(sql)


def written_tables(sql: str) -> Iterator[str]:
    """The tables that a statement writes to, those in its common table expressions, too; none where it only reads."""
    if sql.startswith("SELECT"):  # nearly all of them
        return
    statement = _STATEMENT.match(sql)
    if statement is not None:
        yield statement[1]
        if sql.lstrip()[:8].upper() == "TRUNCATE":
            end = statement.end()
            while (more := _MORE.match(sql, end)) is not None:
                yield more[1]
                end = more.end()
    elif _WITH.match(sql):
        yield from (write[1] for write in _WITHIN.finditer(sql))


def set_columns(sql: str) -> set[str] | None:
    """The columns that an ``UPDATE`` sets; ``None`` for every other statement."""
    start = _SET.search(sql) if sql.lstrip()[:6].upper() == "UPDATE" else None
    if start is None:
        return None
    columns, depth, is_next = set(), 0, True
    for part in _PARTS.finditer(sql, start.end()):
        if part["open"] or part["close"]:
            depth += 1 if part["open"] else -1
        elif depth == 0 and part["where"]:
            break
        elif depth == 0 and part["comma"]:
            is_next = True
        elif depth == 0 and is_next and part[part.re.groups]:
            columns.add(part[part.re.groups])
            is_next = False
    return columns
