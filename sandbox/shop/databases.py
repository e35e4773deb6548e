"""``DATABASE_URL`` to what Django wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

# Compiling a query of a shop (jit) takes longer than running it, by far where tables are too small for statistics. The server
# fills in the values, and keeps the plan of a statement that a connection sends for the third time: a third less time in all.
POSTGRESQL = {"options": "-c jit=off", "server_side_binding": True, "prepare_threshold": 2}


def database(url: str, default: Path) -> dict[str, Any]:
    """PostgreSQL, MySQL or MariaDB at an address (``postgres://user:password@host:port/name``), or SQLite in a file.

    Raises:
        ValueError: The address is of another kind.
    """
    parts = urlsplit(url or f"sqlite:///{default}")
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            # Writers queue up instead of meeting "database is locked".
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return server("postgresql", parts) | {"OPTIONS": POSTGRESQL}
    if parts.scheme in {"mysql", "mariadb"}:
        return server("mysql", parts) | {"OPTIONS": {"charset": "utf8mb4"}}
    raise ValueError(f"DATABASE_URL: unknown scheme {parts.scheme!r}; write postgres://…, mysql://… or sqlite:///…")


def server(engine: str, parts: SplitResult) -> dict[str, Any]:
    """Settings that every database on a server needs."""
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": parts.path.removeprefix("/") or "tradepost",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }
