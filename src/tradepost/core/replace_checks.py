"""What can go wrong when a project replaces an app, told before ``migrate`` runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

from .appconfig import TradepostConfig

__all__ = ["check_replaced_apps"]


class _Touch(NamedTuple):
    kind: str
    model: str
    field: str


def _touched(migration: migrations.Migration) -> Iterator[_Touch]:
    for operation in migration.operations:
        if isinstance(operation, migrations.AddField):
            yield _Touch("add", operation.model_name_lower, operation.name_lower)
        elif isinstance(operation, migrations.CreateModel):
            yield _Touch("add", operation.name_lower, "")
            for name, _field in operation.fields:
                yield _Touch("add", operation.name_lower, name.lower())
        elif isinstance(operation, (migrations.RemoveField, migrations.AlterField)):
            yield _Touch("change", operation.model_name_lower, operation.name_lower)
        elif isinstance(operation, migrations.RenameField):
            yield _Touch("change", operation.model_name_lower, operation.old_name_lower)
        elif isinstance(operation, migrations.DeleteModel):
            yield _Touch("change", operation.name_lower, "")


def check_replaced_apps(**kwargs: Any) -> list[CheckMessage]:
    """A project's migration that hides one of ours, adds a field that we add, or changes a field of ours."""
    replacing = [a for a in apps.get_app_configs() if isinstance(a, TradepostConfig) and a.name != a.library]
    if not replacing:
        return []
    loader = MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False)
    found: list[CheckMessage] = []
    for app in replacing:
        found += _check(app, loader)
    return found


def _check(app: TradepostConfig, loader: MigrationLoader) -> Iterator[CheckMessage]:
    our_folder = Path(import_module(f"{app.library}.migrations").__path__[0])
    our_names = {path.stem for path in our_folder.glob("[!_~]*.py")}
    ours: set[_Touch] = set()
    theirs: dict[_Touch, str] = {}
    for (label, name), migration in loader.disk_migrations.items():
        if label != app.label:
            continue
        file = sys.modules[type(migration).__module__].__file__ or ""
        if Path(file).parent == our_folder:
            ours.update(_touched(migration))
        elif name in our_names:
            hides = f"{app.name}: migration {name} hides the library's migration of that name."
            yield Error(hides, hint="Rename yours.", id="tradepost.E010")
        else:
            theirs.update(dict.fromkeys(_touched(migration), name))
    added = {touch[1:] for touch in ours if touch.kind == "add"}
    for touch, name in theirs.items():
        what = f"{touch.model}.{touch.field}".rstrip(".")
        if touch.kind == "add" and touch in ours:
            yield Error(
                f"{app.label}: your migration {name} and the library both add {what}.",
                hint="Rename yours (RenameField) before you upgrade; a prefix of your own keeps it from happening.",
                id="tradepost.E011",
            )
        elif touch.kind == "change" and touch[1:] in added:
            yield Error(
                f"{app.label}: your migration {name} changes the library's {what}.",
                hint="Leave our columns as they are, or upgrades will break; add a field of your own beside it.",
                id="tradepost.E012",
            )
