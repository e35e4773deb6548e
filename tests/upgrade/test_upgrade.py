"""Databases with data are brought from one release to the next: stock, replaced, and replaced late.

Our migrations run with data on each database in the stock shop. A replaced one adds one column of its own to them; what it is
about are the folders and the graph of migrations, which are the same on each database.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FIELDS, Shop

pytestmark = [pytest.mark.slow, pytest.mark.upgrade]

MIGRATE = ("migrate", "-v", "0")
MERGE = ("makemigrations", "--merge", "--no-input")
UNMIGRATED = ("makemigrations", "--check", "--dry-run")
FIELD = """    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    edition = models.CharField(max_length=20, blank=True, default="first")
"""
NEXT = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tradepost_catalogue", "{last}")]
    operations = [
        migrations.AddField("product", "edition", models.CharField(blank=True, default="first", max_length=20)),
    ]
"""


def kept(before: dict[str, list[dict[str, str]]], after: dict[str, list[dict[str, str]]]) -> bool:
    """Whether every value of every row is as it was."""
    assert all(before.values()), "a control: each table had rows"
    return before == {
        table: [
            {key: value for key, value in row.items() if key in old}
            for row, old in zip(after[table], rows, strict=True)
        ]
        for table, rows in before.items()
    }


def next_release(shop: Shop) -> None:
    """The library adds a field to products."""
    library = shop.release("next")
    base = library / "catalogue/base.py"
    text, number = re.subn(
        FIELD.splitlines()[0].replace("(", r"\(").replace(")", r"\)") + "\n", FIELD, base.read_text(), count=1
    )
    assert number == 1
    base.write_text(text)
    folder = library / "catalogue/migrations"
    last = max(path.stem for path in folder.glob("[0-9]*.py"))
    (folder / f"{int(last[:4]) + 1:04}_edition.py").write_text(NEXT.format(last=last))


@pytest.mark.upgrade(everywhere=True)
def test_a_stock_shop_is_upgraded(shop: Shop) -> None:
    """From the previous release by ``migrate`` alone; all its rows are as they were."""
    shop.previous_release()
    _, before = shop.steps(MIGRATE, ("data", "write"))

    shop.present_release()
    _, after, unmigrated = shop.steps(MIGRATE, ("data", "read"), UNMIGRATED)

    assert kept(before, after)
    assert "No changes detected" in unmigrated


def test_a_replaced_shop_is_upgraded(shop: Shop) -> None:
    """From the previous release, as the how-to says: new models are added by the command, then merge and migrate."""
    shop.replace(*FIELDS)
    shop.previous_release()
    shop.write_previous_migrations()
    _, before = shop.steps((*MIGRATE, "--skip-checks"), ("data", "write"))
    assert "isbn" in before["tradepost_catalogue.Product"][0]

    shop.present_release()
    if shop.forget_new_models():
        assert "python -m tradepost replace" in shop.django("check", fails=True)
    shop.update(*FIELDS)
    _, _, after, unmigrated, _ = shop.steps(
        MERGE, MIGRATE, ("data", "read"), UNMIGRATED, ("check", "--fail-level", "WARNING")
    )

    assert kept(before, after)
    assert "No changes detected" in unmigrated


def test_a_shop_replaces_late_and_is_upgraded_then(shop: Shop, copy_template: Callable[[Path], None]) -> None:
    """Replacing adds one column to a database with data; the library's next release adds its own, and nothing is copied."""
    copy_template(shop.folder / "shop.sqlite3")
    _, before, all_columns = shop.steps(MIGRATE, ("data", "write"), ("data", "columns"))
    columns = set(all_columns)

    shop.replace("catalogue")
    make = ("makemigrations", "-n", "shop_isbn", "tradepost_catalogue")
    _, _, now, after = shop.steps(make, MIGRATE, ("data", "columns"), ("data", "read"))

    assert set(now) - columns == {"tradepost_catalogue_product.isbn"}
    assert columns <= set(now)
    assert kept(before, after)

    next_release(shop)
    assert "makemigrations --merge" in shop.django("migrate", fails=True)
    _, _, now, after, unmigrated = shop.steps(MERGE, MIGRATE, ("data", "columns"), ("data", "read"), UNMIGRATED)

    assert set(now) - columns == {"tradepost_catalogue_product.isbn", "tradepost_catalogue_product.edition"}
    assert kept(before, after)
    assert {row["edition"] for row in after["tradepost_catalogue.Product"]} == {"first"}
    assert len(shop.own_migrations) == 2, shop.own_migrations
    assert "No changes detected" in unmigrated
