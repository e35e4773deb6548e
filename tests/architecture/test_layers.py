"""Layers hold for imports and foreign keys alike; the one table is the import-linter contract in pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent.parent
LABEL = "tradepost_"


def ranks() -> dict[str, int]:
    """The height of each app: 0 is the lowest layer; siblings share one."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = [re.findall(r"\w+", layer) for layer in reversed(contract["layers"])]
    return {app: height for height, layer in enumerate(layers) for app in layer}


def may_know(lower: str, higher: str, heights: dict[str, int]) -> bool:
    """Whether a table of the second app may point at one of the first; within one app it always may."""
    return lower == higher or heights[lower] < heights[higher]


def place(label: str) -> str:
    """The layer of an app label; apps of contrib share the layer ``contrib``."""
    name = label.removeprefix(LABEL)
    return name if name in ranks() else "contrib"


def test_imports_go_down_only() -> None:
    """import-linter's contract is kept, and names every package. In a process of its own: it switches the loggers of ours off."""
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_foreign_keys_point_down_only() -> None:
    """No table points at one of a higher layer or of a sibling; imports don't show this, because keys go by label."""
    heights = ranks()
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and isinstance(field.related_model, type)
        and model._meta.app_label.startswith(LABEL)
        and field.related_model._meta.app_label.startswith(LABEL)
        and not may_know(place(field.related_model._meta.app_label), place(model._meta.app_label), heights)
    ]

    assert wrong == []


def test_migrations_depend_on_lower_layers_only() -> None:
    """The graph of migrations has the same direction as imports, so that an app can be left out."""
    heights = ranks()
    graph = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    wrong = [
        f"{child} → {parent}"
        for child, migration in graph.items()
        for parent in migration.dependencies
        if child[0].startswith(LABEL)
        and parent[0].startswith(LABEL)
        and not may_know(place(parent[0]), place(child[0]), heights)
    ]

    assert wrong == []


def test_siblings_and_higher_layers_are_refused() -> None:
    """A control: the rule that the tests above apply forbids what it should."""
    heights = ranks()

    assert may_know("catalogue", "orders", heights)
    assert not may_know("orders", "catalogue", heights)
    assert not may_know("basket", "orders", heights)
    assert not may_know("orders", "basket", heights)
