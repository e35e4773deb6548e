"""PrestaShop's import files: products, and combinations with what they cost and weigh more or less."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.console.catalogue_files import PRESTASHOP, PRESTASHOP_COMBINATIONS
from tradepost.catalogue.models import Product
from tradepost.pricing.models import Price
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def net() -> None:
    factories.price_list("net", includes_tax=False)


def read(folder: Path, *texts: str, saved_as: str = "utf-8", **options: Any) -> str:
    paths = [folder / name for name, _text in zip(("products.csv", "combinations.csv"), texts, strict=False)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding=saved_as)
    out = StringIO()
    call_command("tradepost_import", *paths, format="prestashop", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_both_files_are_read(tmp_path: Path) -> None:
    """Each problem names its file; prices and weights are the product's with what a combination adds."""
    assert read(tmp_path, PRESTASHOP, PRESTASHOP_COMBINATIONS).splitlines() == [
        "products.csv, columns that aren't read: Colour of the box; --unknown keep keeps their cells in “metadata”",
        "products.csv, line 2, Discount percent: the sale price is written as the price, though it ends on 2099-01-02",
        "combinations.csv, line 3, Reference: 'TEE-R' is also in line 2; this one is 'TEE-R-2'",
        "products.csv, line 4, Discount amount: isn't read, since it includes taxes",
        "combinations.csv, line 5, Product ID: there is no product '9' in the file",
        "3 products: 3 new, 0 changed, 0 unchanged; 1 row left out.",
    ]

    tee = Product.objects.get(source_key="prestashop:1")
    assert (tee.slug, tee.name, tee.brand, tee.summary) == ("fern-tee", "Tee", "Fern", "Soft")
    assert (tee.description, tee.option_names, tee.is_published) == ("Soft & warm", ["Color", "Size"], True)
    rows = [(v.sku, tuple(sorted(v.options.items())), v.weight, v.width, v.length) for v in tee.variants.all()]
    assert rows == [
        ("TEE-R", (("Color", "Red"), ("Size", "M")), 200, 5, 200),
        ("TEE-R-2", (("Color", "Blue"), ("Size", "M")), 250, 5, 200),
        ("FERN-TEE-BLUE-L", (("Color", "Blue"), ("Size", "L")), 200, 5, 200),
    ]
    prices = {p.variant.sku: (p.amount, p.was_amount) for p in Price.objects.select_related("variant")}
    assert prices["TEE-R"] == (Decimal("7.4380"), Decimal("8.2645"))
    assert prices["TEE-R-2"] == (Decimal("5.9380"), Decimal("6.7645"))
    levels = {v.sku: v.stock_levels.get() for v in tee.variants.all()}
    assert [(level.on_hand, level.backorder_limit) for level in levels.values()] == [
        (10, 10**6),
        (0, 10**6),
        (4, 10**6),
    ]
    assert set(tee.categories.values_list("name", "depth")) == {("Tees", 2), ("Sale", 1)}
    images = [(i.source_url[-6:], i.alt, i.variant and i.variant.sku) for i in tee.images.all()]
    assert images == [("/1.jpg", "One", None), ("/2.jpg", "Two", "TEE-R"), ("ue.jpg", "", "TEE-R-2")]


def test_kinds_taxes_and_visibility_are_read(tmp_path: Path) -> None:
    """Virtual goods are digital, those without a tax rule aren't taxed, and a number is no name of a category."""
    read(tmp_path, PRESTASHOP)

    song = Product.objects.select_related("product_type").get(source_key="prestashop:2")
    assert (song.product_type.kind, song.tax_class, song.is_published) == ("digital", "exempt", False)
    assert list(song.categories.values_list("name", flat=True)) == ["Music"]
    mug = Product.objects.get(source_key="prestashop:3")
    assert (mug.is_published, mug.variants.get().prices.get().amount) == (False, 100)


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    """References that repeat and SKUs that were made stay with their options; a new name renames."""
    read(tmp_path, PRESTASHOP, PRESTASHOP_COMBINATIONS)

    assert "0 new, 0 changed, 3 unchanged" in read(tmp_path, PRESTASHOP, PRESTASHOP_COMBINATIONS)
    assert "0 new, 1 changed, 2 unchanged" in read(
        tmp_path, PRESTASHOP.replace(";Tee;", ";Shirt;"), PRESTASHOP_COMBINATIONS
    )


def test_another_encoding_is_named(tmp_path: Path) -> None:
    """PrestaShop has ISO 8859-1 beside UTF-8."""
    text = PRESTASHOP.replace(";Mug;", ";Käse;")

    with pytest.raises(CommandError, match="isn't UTF-8"):
        read(tmp_path, text, saved_as="iso-8859-1")
    read(tmp_path, text, saved_as="iso-8859-1", encoding="iso-8859-1")

    assert Product.objects.get(source_key="prestashop:3").name == "Käse"


def test_prices_on_another_basis_are_refused(tmp_path: Path) -> None:
    """Prices without taxes don't go into a list with them, nor the other way."""
    factories.price_list("gross", includes_tax=True)

    with pytest.raises(CommandError, match="The prices of the list include taxes, those of the file don't"):
        read(tmp_path, PRESTASHOP, price_list="gross")
    with pytest.raises(CommandError, match="don't include taxes; name another"):
        read(tmp_path, PRESTASHOP, price_list="net", tax="included")
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ((PRESTASHOP_COMBINATIONS,), "There is no file of products"),
        (("First name;Email\nA;b@c.de\n",), "has neither products"),
        ((PRESTASHOP, "First name;Email\nA;b@c.de\n"), "combinations.csv has neither products"),
        ((PRESTASHOP.replace(";100;", ";100.50;"),), "written in two ways"),
    ],
)
def test_files_that_are_something_else_are_refused(tmp_path: Path, texts: tuple[str, ...], message: str) -> None:
    """With the reason; nothing is imported."""
    with pytest.raises(CommandError, match=message):
        read(tmp_path, *texts, price_list="net")
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1;Color:color:0, Size:select:1;Red:0;A;0;0;1;;", "line 2, Value: there are 2 attributes and 1 values"),
        ("1;Color:color:0;Red:0;A;-99;0;1;;", "line 2, Impact on price: makes a price below zero"),
        ("1;Color:color:0;Red:0;A;x;0;1;;", "line 2, Impact on price: 'x' isn't a number"),
    ],
)
def test_a_bad_combination_is_told_with_its_file(tmp_path: Path, row: str, message: str) -> None:
    """A product none of whose combinations can be read isn't made."""
    head = PRESTASHOP_COMBINATIONS.splitlines()[0]

    report = read(tmp_path, PRESTASHOP, f"{head}\n{row}\n")

    assert f"combinations.csv, {message}" in report
    assert not Product.objects.filter(source_key="prestashop:1").exists()
    assert "2 products: 2 new" in report
