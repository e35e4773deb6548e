"""The same file is imported by several at once, on PostgreSQL; with a control that shows what would happen else."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Sum

from tradepost.catalogue.models import Category, Product, Tag, Variant
from tradepost.console.imports.writer import products
from tradepost.core import versions
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockLevel, StockMovement
from tradepost.inventory.ports import Owner
from tradepost.pricing.models import Price
from tradepost.testing import factories
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEXT = "slug,name,tags,categories,sku,price,stock\n" + "".join(
    f"mug-{n},Mug {n},new,Kitchen,MUG-{n},{n}.50,{n}\n" for n in range(1, 31)
)


def test_several_imports_at_once_are_as_one(tmp_path: Path) -> None:
    """Each product once, each unit counted once; nobody meets an error."""
    factories.price_list()
    factories.location()
    factories.product_type()
    path = tmp_path / "in.csv"
    path.write_text(TEXT)

    def read() -> str:
        out = StringIO()
        call_command("tradepost_import", path, stdout=out, stderr=out)
        return out.getvalue()

    answers = together([read] * 3)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert all(answer.startswith("30 products: ") for answer in answers), answers
    assert (Product.objects.count(), Variant.objects.count(), Price.objects.count()) == (30, 30, 30)
    assert StockLevel.objects.aggregate(Sum("on_hand"))["on_hand__sum"] == sum(range(1, 31))
    assert StockMovement.objects.aggregate(Sum("on_hand_delta"))["on_hand_delta__sum"] == sum(range(1, 31))
    assert (Tag.objects.filter(name="new").count(), Category.objects.filter(name="Kitchen").count()) == (1, 1)


def test_without_a_second_look_one_of_them_would_fail() -> None:
    """The control: all have looked before one has written."""
    kind = factories.product_type()
    all_have_looked = threading.Barrier(3)

    def write() -> Any:
        with transaction.atomic():
            is_new = not Product.objects.filter(slug="mug").exists()
            all_have_looked.wait(timeout=10)
            return Product.objects.bulk_create([Product(slug="mug", name="Mug", product_type=kind)]) if is_new else []

    answers = together([write] * 3)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 2
    assert Product.objects.count() == 1


def test_an_import_of_prices_and_stock_lets_orders_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that comes while stock is counted waits before it holds anything, and is placed by the new price."""
    answers, price = _import_while_buying(tmp_path, monkeypatch)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert price == Decimal(2)
    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (9, 1)


def test_with_the_lock_at_its_end_one_of_both_would_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the order holds the lock and waits for stock, which the import holds while it waits for the lock."""
    monkeypatch.setattr(versions, "lock_early", lambda: None)

    answers, _price = _import_while_buying(tmp_path, monkeypatch)

    (failure,) = [answer for answer in answers if isinstance(answer, Exception)]
    assert OperationalError in {type(failure), type(failure.__cause__)}  # the database chooses whose it is


def _import_while_buying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], Decimal]:
    """The failures that an import and a buyer meet, and the price at the end."""
    factories.location()
    variant = factories.variant(sku="MUG", price="1.00", on_hand=5, product=factories.product(slug="mug", name="Mug"))
    path, has_counted = tmp_path / "in.csv", threading.Event()
    path.write_text("slug,name,sku,price,stock\nmug,Mug,MUG,2.00,9\n")
    write_stock = products.write_stock

    def write_slowly(*args: Any, **kwargs: Any) -> set[int]:
        changed = write_stock(*args, **kwargs)
        has_counted.set()
        time.sleep(0.4)
        return changed

    def buy() -> None:
        assert has_counted.wait(timeout=20)
        with transaction.atomic():
            versions.hold()
            inventory.reserve({variant.pk: 1}, owner=Owner("order", "1"))

    monkeypatch.setattr(products, "write_stock", write_slowly)
    out = StringIO()
    answers = together([lambda: call_command("tradepost_import", path, stdout=out, stderr=out), buy])
    return answers, Price.objects.get().amount
