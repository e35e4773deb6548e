"""Faults in a project's migrations of a replaced app are reported before ``migrate`` runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from tradepost.core.extending.replacement_checks import check_replaced_apps

pytestmark = pytest.mark.replaced
PACKAGE = "tests.projects.replaced.catalogue.migrations"
FIRST = "0001_initial"
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [{dependency}]
    operations = [{operation}]
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str, str], None]:
    """Add a migration to those of the project's catalogue."""
    name = f"migrations_{uuid4().hex}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(f"from {PACKAGE} import __path__ as old\n__path__ = [*__path__, *old]\n")
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"tradepost_catalogue": name}

    def call(name: str, operation: str) -> None:
        dependency = "" if name == FIRST else f"('tradepost_catalogue', '{FIRST}')"
        (folder / f"{name}.py").write_text(MIGRATION.format(dependency=dependency, operation=operation))

    return call


@pytest.mark.parametrize(
    ("name", "operation", "code", "text"),
    [
        (FIRST, "", "E010", "migration 0001_initial hides the library's"),
        (
            "0009_a",
            "migrations.AddField('product', 'brand', models.TextField(default=''))",
            "E011",
            "both add product.brand",
        ),
        (
            "0009_b",
            "migrations.AlterField('product', 'name', models.TextField())",
            "E012",
            "changes the library's product.name",
        ),
        ("0009_c", "migrations.RemoveField('product', 'name')", "E012", "changes the library's product.name"),
        ("0009_d", "migrations.RenameField('product', 'name', 'title')", "E012", "changes the library's product.name"),
        ("0009_e", "migrations.DeleteModel('Tag')", "E012", "changes the library's tag"),
    ],
)
def test_a_migration_that_breaks_upgrades_is_told(
    write: Callable[[str, str], None], name: str, operation: str, code: str, text: str
) -> None:
    """One that hides ours, one that adds our field, and those that change what is ours."""
    write(name, operation)

    [message] = check_replaced_apps()

    assert (message.id, text in message.msg, bool(message.hint)) == (f"tradepost.{code}", True, True)


def test_a_project_that_only_adds_hears_nothing(write: Callable[[str, str], None]) -> None:
    """A field of its own, changed later."""
    write("0009_mine", "migrations.AddField('product', 'my_note', models.TextField(default=''))")
    write("0010_mine", "migrations.AlterField('product', 'my_note', models.TextField(blank=True))")

    assert check_replaced_apps() == []


def test_a_migration_that_hides_ours_is_told_whatever_it_depends_on(write: Callable[[str, str], None]) -> None:
    """Django itself would end with a circle of migrations, and not say why."""
    write("0002_index_product_attributes", "")
    write("0003_variant_dimensions", "")

    assert [message.id for message in check_replaced_apps()] == ["tradepost.E010", "tradepost.E010"]


@pytest.mark.parametrize("module", ["tests.projects.replaced.orders.migrations", "nowhere.migrations"])
def test_migrations_that_do_not_inherit_ours_are_told(settings: Any, module: str) -> None:
    """With the lines to write; else makemigrations would write all of ours into the project once more."""
    settings.MIGRATION_MODULES = {"tradepost_catalogue": module}

    [message] = check_replaced_apps()

    assert message.id == "tradepost.E016"
    assert "from tradepost.catalogue import migrations as upstream" in (message.hint or "")


def test_migrations_that_are_switched_off_are_no_mistake(settings: Any) -> None:
    """As by ``pytest --nomigrations``."""
    settings.MIGRATION_MODULES = dict.fromkeys(apps.app_configs)

    assert check_replaced_apps() == []
