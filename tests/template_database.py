"""The database of a test run: a copy of one that was migrated before, where the migrations and the models are the same.

Migrating takes seconds (on MariaDB half a minute), and each process of each lane would do it anew. SQLite's copy is a file,
PostgreSQL makes one by itself (``CREATE DATABASE … TEMPLATE``), on MariaDB each table is made as the template's is. The oldest
templates of this folder are dropped where there are too many.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test.utils import setup_databases, teardown_databases

from tests.empty_database import emptied_by_rows

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".test-templates"
KEPT = 12  # templates; each project and each version of Django has one


@contextmanager
def template_database(*, verbosity: int) -> Iterator[None]:
    """A database for this process, migrated and empty, while the block runs."""
    maker = {"sqlite": SqliteCopy, "postgresql": PostgresCopy, "mysql": MariadbCopy}.get(connection.vendor)
    copy = maker(fingerprint()) if maker else None
    original = connection.settings_dict["NAME"]
    migrated = None
    with _alone():  # processes that begin at once wait for the first one's template
        if copy is None or not copy.take():
            migrated = setup_databases(verbosity=verbosity, interactive=False, serialized_aliases=set())
            if copy is not None:
                copy.keep()
        else:
            connection.settings_dict["NAME"] = copy.name
    try:
        with emptied_by_rows():
            yield
    finally:
        if migrated is not None:
            teardown_databases(migrated, verbosity=verbosity)
        elif copy is not None:
            connection.close()
            connection.settings_dict["NAME"] = original
            copy.drop()


def fingerprint() -> str:
    """Of all that a migrated database is made of: the migrations, and the models that permissions are made for."""
    parts = [django.get_version(), connection.vendor, str(settings.DATABASES["default"].get("OPTIONS"))]
    for module in sorted({name for config in apps.get_app_configs() if (name := _migrations(config))}):
        folder = Path(str(import_module(module).__file__)).parent
        parts += [path.read_text() for path in sorted(folder.glob("*.py"))]
    for model in apps.get_models():
        meta = model._meta
        parts.append(f"{meta.label} {meta.verbose_name_raw} {meta.default_permissions} {meta.permissions}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _migrations(config: Any) -> str:
    name, _explicit = MigrationLoader.migrations_module(config.label)
    return name if name and (Path(config.path) / "migrations").exists() else ""


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this folder at a time."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SqliteCopy:
    """A file beside the others."""

    def __init__(self, key: str) -> None:
        self.template = FOLDER / f"{key}.sqlite3"
        self.name = str(connection.settings_dict["TEST"]["NAME"])

    def take(self) -> bool:
        """Make the copy, where there is something to copy."""
        if not self.template.exists():
            return False
        self.drop()
        shutil.copyfile(self.template, self.name)
        self.template.touch()
        return True

    def keep(self) -> None:
        """Keep the database as it is now for the next process."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self.template)])
        for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()

    def drop(self) -> None:
        """Remove the copy."""
        for end in ("", "-wal", "-shm"):
            Path(self.name + end).unlink(missing_ok=True)


class ServerCopy:
    """Another database on the same server."""

    def __init__(self, key: str) -> None:
        place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        self.prefix = f"tradepost_template_{place}_"
        self.template = f"{self.prefix}{key}"
        self.name = str(connection.settings_dict["TEST"]["NAME"])

    @contextmanager
    def _server(self) -> Iterator[Any]:
        with connection._nodb_cursor() as cursor:
            yield cursor


class PostgresCopy(ServerCopy):
    """PostgreSQL copies a whole database by itself."""

    def take(self) -> bool:
        """Make the copy, where there is something to copy."""
        with self._server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
            if cursor.fetchone() is None:
                return False
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
            return True

    def keep(self) -> None:
        """Keep the database as it is now for the next process; the oldest that this folder had are dropped."""
        connection.close()  # only a database that nobody uses is copied
        with self._server() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.template}" TEMPLATE "{connection.settings_dict["NAME"]}"')
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [f"{self.prefix}%"]
            )
            for (old,) in cursor.fetchall()[KEPT:]:
                cursor.execute(f'DROP DATABASE "{old}"')

    def drop(self) -> None:
        """Remove the copy."""
        with self._server() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


class MariadbCopy(ServerCopy):
    """MariaDB and MySQL have no copy of a database, but tell how each of its tables is made."""

    def take(self) -> bool:
        """Make the copy, where there is something to copy."""
        with self._server() as cursor:
            if not self._has_rows(cursor, self.template, "django_migrations"):
                return False
            self._copy(cursor, self.template, self.name)
            return True

    def keep(self) -> None:
        """Keep the database as it is now for the next process; the oldest that this folder had are dropped."""
        with self._server() as cursor:
            self._copy(cursor, connection.settings_dict["NAME"], self.template)
            cursor.execute(
                "SELECT table_schema FROM information_schema.tables WHERE table_schema LIKE %s"
                " GROUP BY table_schema ORDER BY MAX(create_time) DESC",
                [f"{self.prefix}%"],
            )
            for (old,) in cursor.fetchall()[KEPT:]:
                cursor.execute(f"DROP DATABASE `{old}`")

    def drop(self) -> None:
        """Remove the copy."""
        with self._server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{self.name}`")

    def _copy(self, cursor: Any, source: str, target: str) -> None:
        """Tables with their keys and constraints, and the rows of those that have some."""
        cursor.execute(f"DROP DATABASE IF EXISTS `{target}`")
        cursor.execute(f"CREATE DATABASE `{target}`")
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        cursor.execute(f"USE `{target}`")
        # The history of migrations comes last: where it is, the copy is whole.
        for table in sorted(self._tables(cursor, source), key=lambda name: (name == "django_migrations", name)):
            cursor.execute(f"SHOW CREATE TABLE `{source}`.`{table}`")
            cursor.execute(cursor.fetchone()[1])
            if self._has_rows(cursor, source, table):
                cursor.execute(f"INSERT INTO `{target}`.`{table}` SELECT * FROM `{source}`.`{table}`")

    def _has_rows(self, cursor: Any, name: str, table: str) -> bool:
        if table not in self._tables(cursor, name):
            return False
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM `{name}`.`{table}`)")
        return bool(cursor.fetchone()[0])

    def _tables(self, cursor: Any, name: str) -> list[str]:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [name])
        return [table for (table,) in cursor.fetchall()]
