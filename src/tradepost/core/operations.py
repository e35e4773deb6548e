"""Operations for migrations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.migrations import RunSQL

__all__ = ["MariaDbSQL", "PostgresSQL"]


class _OneDatabaseSQL(RunSQL):
    """SQL that is run on one kind of database and is nothing elsewhere."""

    vendor: ClassVar[str]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class PostgresSQL(_OneDatabaseSQL):
    """SQL that is run on PostgreSQL and is nothing elsewhere, for what other databases don't have."""

    vendor = "postgresql"


class MariaDbSQL(_OneDatabaseSQL):
    """SQL that is run on MariaDB and MySQL and is nothing elsewhere."""

    vendor = "mysql"
