"""Magento's product exports: configurable products behind their simple ones, store views, cells that hold several things."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.console.catalogue_files import MAGENTO
from tradepost.catalogue.models import Product
from tradepost.console.imports.formats.magento_cells import (
    attributes_of,
    category_path,
    variations_of,
)
from tradepost.pricing.models import Price

pytestmark = pytest.mark.django_db

BASE = "https://m.example/media/catalog/product"


def read(folder: Path, text: str, **options: Any) -> str:
    (folder / "m.csv").write_text(text)
    out = StringIO()
    call_command("tradepost_import", folder / "m.csv", format="magento", stdout=out, stderr=out, **options)
    return out.getvalue().replace("m.csv, ", "")


def test_configurable_products_are_read_with_their_variants(tmp_path: Path) -> None:
    """Prices, weights and stock are the variants' own; what isn't read is told."""
    assert read(tmp_path, MAGENTO, image_base=BASE).splitlines() == [
        "columns that aren't read: rating; --unknown keep keeps their cells in “metadata”",
        "store_view_code: rows of store views aren't read: de (1); --language names one to read",
        "weight: is taken for kilograms; --weight-unit names another unit",
        "line 2, special_price: the sale price is written as the price, though it ends on 2099-01-02",
        "line 7, product_type: products that are bundle aren't read",
        "line 8, configurable_variations: there is no product 'GONE' in the file",
        "line 8, configurable_variations: 'TEE-S' is a variant of the product in line 4",
        "line 8, configurable_variations: has no variations",
        "2 products: 2 new, 0 changed, 0 unchanged; 4 rows left out.",
    ]

    tee = Product.objects.get(source_key="magento:tee")
    assert (tee.slug, tee.name, tee.description, tee.brand) == ("fern-tee", "Tee", "Soft", "Fern")
    assert (tee.is_published, tee.option_names) == (True, ["Size"])
    assert [(v.sku, v.options, v.weight, v.barcode, v.track_stock) for v in tee.variants.all()] == [
        ("TEE-S", {"Size": "S, small"}, 200, "4006381333931", True),
        ("TEE-L", {"Size": "L"}, 300, "", None),
    ]
    prices = {p.variant.sku: (p.amount, p.was_amount) for p in Price.objects.select_related("variant")}
    assert prices["TEE-S"] == (Decimal("9.99"), Decimal("14.99"))
    assert prices["TEE-L"] == (Decimal("15.99"), None)
    levels = [v.stock_levels.get() for v in tee.variants.all()]
    assert [(level.on_hand, level.backorder_limit) for level in levels] == [(100, 1_000_000), (0, 0)]
    assert set(tee.categories.values_list("name", "depth")) == {("T/shirts", 2), ("Sale", 1)}
    images = [(image.source_url.removeprefix(BASE), image.alt, image.variant) for image in tee.images.all()]
    assert images == [("/t/e/tee.jpg", "A tee", None), ("/t/e/red.jpg", "", None)]


def test_kinds_taxes_and_visibility_are_read(tmp_path: Path) -> None:
    """2 is disabled there."""
    read(tmp_path, MAGENTO)

    song = Product.objects.select_related("product_type").get(source_key="magento:song")
    assert (song.product_type.kind, song.tax_class, song.is_published) == ("digital", "exempt", False)
    assert song.variants.get().track_stock is False


def test_texts_of_a_store_view_are_taken_where_it_is_named(tmp_path: Path) -> None:
    """Its empty cells leave the others as they are."""
    read(tmp_path, MAGENTO, language="de")

    tee = Product.objects.get(source_key="magento:tee")
    assert (tee.name, tee.description, tee.slug) == ("Hemd", "Weich", "fern-tee")


def test_pictures_that_are_paths_need_an_address(tmp_path: Path) -> None:
    """Else they are left out, and it is told."""
    assert "base_image: are paths, and aren't read; --image-base names" in read(tmp_path, MAGENTO)
    assert not Product.objects.get(source_key="magento:tee").images.exists()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    """SKUs are the same in large and in small letters; an empty cell leaves what is there, and an explicit one takes it."""
    read(tmp_path, MAGENTO)

    assert "0 new, 0 changed, 2 unchanged" in read(tmp_path, MAGENTO)
    assert "0 new, 0 changed, 2 unchanged" in read(tmp_path, MAGENTO.replace("<p>Soft</p>", ""))
    read(tmp_path, MAGENTO.replace("<p>Soft</p>", "__EMPTY__VALUE__"))
    assert Product.objects.get(source_key="magento:tee").description == ""


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,simple,Mug,x,", "line 2, price: 'x' isn't a number"),
        ("A,simple,Mug,-1,", "line 2, price: '-1' isn't an amount"),
        ("A,simple,Mug,1,2.5", "line 2, qty: '2.5' isn't a number of units"),
        (",simple,Mug,1,2", "line 2, sku: is required"),
        ("A,simple,,1,2", "line 2, name: is required for a new product"),
        ("A,configurable,Mug,1,2", "line 2, configurable_variations: has no variations"),
    ],
)
def test_a_bad_row_is_told_where_it_stands(tmp_path: Path, row: str, message: str) -> None:
    """Nothing of it goes in."""
    assert message in read(tmp_path, f"sku,product_type,name,price,qty\n{row}\n")
    assert not Product.objects.exists()


def test_a_file_of_customers_is_refused(tmp_path: Path) -> None:
    """It names the columns that it has."""
    with pytest.raises(CommandError, match=r"lacks the columns sku.* its columns are “email”"):
        read(tmp_path, "email,password_hash\na@b.example,x\n")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1,b=x|y", {"a": "1", "b": "x|y"}),
        ('a={"k": "v", "n": 1},b=2', {"a": '{"k": "v", "n": 1}', "b": "2"}),
        ("a=<i>one, two</i>,b=2", {"a": "<i>one, two</i>", "b": "2"}),
        ('a="x, =y",b=""', {"a": "x, =y", "b": ""}),
        ('"a=x,y=z",b=2', {"a": "x,y=z", "b": "2"}),
        ('a="O ""1"""|"2, 3"', {"a": 'O "1"|2, 3'}),
        ("", {}),
    ],
)
def test_attributes_are_told_apart(text: str, values: dict[str, str]) -> None:
    """A comma, an equals sign or a quote in a value separates nothing."""
    assert attributes_of(text) == values


def test_variations_and_categories_are_told_apart() -> None:
    """The root of the tree isn't a category here."""
    assert variations_of("sku=A,size=S, small,display=1|sku=B,size=L") == [
        {"sku": "A", "size": "S, small"},
        {"sku": "B", "size": "L"},
    ]
    assert category_path("Default Category/A\\/B/C") == ("A/B", "C")
    assert category_path("Default Category") == ()
