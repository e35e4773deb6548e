"""``DATABASE_URL`` to what Django wants; a few lines, so that settings need no package for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit


def database(url: str, *, root: Path, suffix: str = "") -> dict[str, Any]:
    """The settings of one database.

    Args:
        url: ``postgres://user:password@host:port/name``, ``mysql://…`` (MariaDB's, too), ``sqlite:////absolute/path``, or
            empty for SQLite.
        root: Where the SQLite file of a test run is put.
        suffix: Ends the name of the test database, so that several runs don't share one.

    Raises:
        ValueError: The scheme is neither ``sqlite``, ``postgres`` nor ``mysql``.
    """
    parts = urlsplit(url or f"sqlite:///{root / '.development.sqlite3'}")
    end = f"_{suffix}" if suffix else ""
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:]), root / f".test{end}.sqlite3")
    if parts.scheme in {"postgres", "postgresql"}:
        # Compiling a query of a shop takes longer than running it, by far where tables have no statistics yet. A commit that is
        # lost when the server loses its power is no matter here.
        return _server("postgresql", parts, end) | {"OPTIONS": {"options": "-c jit=off -c synchronous_commit=off"}}
    if parts.scheme in {"mysql", "mariadb"}:
        return _server("mysql", parts, end) | {"OPTIONS": {"charset": "utf8mb4"}}
    raise ValueError(f"DATABASE_URL: unknown scheme {parts.scheme!r}; write sqlite:///…, postgres://… or mysql://…")


def _server(engine: str, parts: SplitResult, end: str) -> dict[str, Any]:
    name = parts.path.removeprefix("/") or "tradepost"
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "TEST": {"NAME": f"test_{name}{end}"},
    }


def _sqlite(path: str, test_path: Path) -> dict[str, Any]:
    """SQLite as a shop should run it: writers queue up instead of meeting "database is locked".

    The test database is a file as well, because threads can't share one in memory.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": str(test_path)},
    }
