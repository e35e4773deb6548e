"""The same file is imported by several at once, on PostgreSQL; with a control that shows what would happen else."""

from __future__ import annotations

import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Sum

from tradepost.catalogue.models import Category, Product, Tag, Variant
from tradepost.inventory.models import StockLevel, StockMovement
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
