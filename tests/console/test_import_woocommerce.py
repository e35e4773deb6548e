"""WooCommerce's product exports: variations anywhere, prices in the shop's own style, values that may be any."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.console.catalogue_files import WOOCOMMERCE
from tradepost.catalogue.models import Product, Variant
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price

pytestmark = pytest.mark.django_db


def read(path: Path, text: str, **options: Any) -> str:
    path.write_text(text, encoding="utf-8-sig")
    out = StringIO()
    call_command("tradepost_import", path, format="woocommerce", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_products_variations_prices_and_labels_are_read(tmp_path: Path) -> None:
    """Each goes to its place, and each that doesn't is told with its line."""
    reported = read(tmp_path / "woo.csv", WOOCOMMERCE).replace("woo.csv, ", "")

    assert reported.splitlines() == [
        "columns that aren't read: Meta: rating; --unknown keep keeps their cells in “metadata”",
        "line 2: may have any value of an option: 2 variants",
        "line 5, Sale price: the sale price isn't written: the sale isn't on now",
        "line 7, Type: products that are grouped aren't read",
        "line 8, Parent: there is no product 'GONE' in the file",
        "3 products: 3 new, 0 changed, 0 unchanged; 2 rows left out.",
    ]
    tee = Product.objects.get(source_key="woocommerce:9")
    assert (tee.slug, tee.name, tee.summary, tee.description) == (
        "tee-more",
        "Tee & more",
        "A tee",
        "First\nSecond bold",
    )
    assert tee.option_names == ["Colour", "Size"]
    rows = [(v.sku, tuple(sorted(v.options.items())), v.weight, v.length, v.track_stock) for v in tee.variants.all()]
    assert rows == [
        ("WOO-10", (("Colour", "Blue"), ("Size", "S")), 454, 254, False),
        ("TEE-R-RED-S", (("Colour", "Red"), ("Size", "S")), 227, 254, True),
        ("TEE-R-RED-M", (("Colour", "Red"), ("Size", "M")), 227, 254, True),
    ]
    assert dict(Price.objects.values_list("variant__sku", "amount")) == {
        "WOO-10": 13,
        "TEE-R-RED-S": Decimal("12.5"),
        "TEE-R-RED-M": Decimal("12.5"),
        "MUG": Decimal("9.9"),
        "SONG": 1,
    }
    assert set(tee.categories.values_list("name", "depth")) == {("Tees", 2), ("Sale, now", 1)}
    assert set(tee.tags.values_list("name", flat=True)) == {"new", "C, D"}
    images = {image.source_url[-7:]: image.variant_id for image in tee.images.all()}
    assert images == {"tee.jpg": None, "red.jpg": None}
    assert not StockLevel.objects.filter(variant__product=tee, on_hand__gt=0).exists()


def test_kinds_taxes_and_visibility_are_read(tmp_path: Path) -> None:
    """Hidden goods, drafts, those out of stock, untaxed ones, downloads; a second product of a name has an address of its own."""
    read(tmp_path / "woo.csv", WOOCOMMERCE)

    mug = Product.objects.get(source_key="woocommerce:11")
    assert mug.slug.startswith("tee-more-")
    assert (mug.is_published, mug.tax_class, mug.variants.get().track_stock) == (False, "exempt", True)
    assert mug.variants.get().stock_levels.get().on_hand == 0
    song = Product.objects.select_related("product_type").get(source_key="woocommerce:12")
    assert (song.is_published, song.tax_class, song.product_type.kind) == (False, "", "digital")
    price = Price.objects.get(variant__sku="SONG")
    assert (price.amount, price.was_amount) == (1, 2)


def test_the_same_file_again_changes_nothing_and_a_new_name_renames(tmp_path: Path) -> None:
    """The ID there says which product it is."""
    read(tmp_path / "woo.csv", WOOCOMMERCE)

    assert "3 products: 0 new, 0 changed, 3 unchanged" in read(tmp_path / "woo.csv", WOOCOMMERCE)
    assert "0 new, 1 changed, 2 unchanged" in read(tmp_path / "woo.csv", WOOCOMMERCE.replace(",Song,", ",Hymn,"))
    assert Product.objects.get(source_key="woocommerce:12").name == "Hymn"


def test_what_is_not_read_is_kept_on_request(tmp_path: Path) -> None:
    """Columns of plugins, and attributes that are no options."""
    read(tmp_path / "woo.csv", WOOCOMMERCE, unknown="keep")

    kept = Product.objects.get(source_key="woocommerce:11").metadata["import"]
    assert (kept["Meta: rating"], kept["Attribute: Maker"]) == ("5", "Kiln")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SKU,Regular price\nA,1\n", "lacks the columns Name"),
        ("Name,SKU,Regular price,Weight (stone)\nMug,A,1,2\n", "The unit “stone” isn't known"),
        ('Name,SKU,Regular price\nMug,A,12.50\nCup,B,"12,50"\n', "written in two ways"),
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With the reason; nothing is imported."""
    with pytest.raises(CommandError, match=message):
        read(tmp_path / "woo.csv", text)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,simple,A,Mug,1,,x", "line 2, Regular price: 'x' isn't an amount"),
        ("1,simple,A,Mug,1,soon,1", "line 2, Date sale price starts: 'soon' isn't a date"),
        ("1,simple,A,,1,,1", "line 2, Name: is required"),
    ],
)
def test_a_bad_cell_is_told_where_it_stands(tmp_path: Path, row: str, message: str) -> None:
    """Nothing of the product goes in."""
    head = "ID,Type,SKU,Name,Published,Date sale price starts,Regular price"

    assert message in read(tmp_path / "woo.csv", f"{head}\n{row}\n")
    assert not Variant.objects.exists()


def test_a_tax_class_that_the_shop_lacks_is_told(tmp_path: Path) -> None:
    """Taxes aren't guessed."""
    text = "ID,Type,SKU,Name,Tax status,Tax class,Regular price\n1,simple,A,Mug,taxable,reduced-rate,1\n"

    assert "line 2, Tax class: there is no 'reduced-rate'" in read(tmp_path / "woo.csv", text)
    assert not Product.objects.exists()


def test_a_file_without_ids_means_the_products_that_have_its_skus(tmp_path: Path) -> None:
    """Two IDs are two products, though; a SKU that went to another one is refused."""
    head = "ID,Type,SKU,Name,Regular price\n"
    read(tmp_path / "woo.csv", f"{head}1,simple,A,Mug,1\n")

    assert "1 product: 0 new, 1 changed" in read(tmp_path / "woo.csv", "Type,SKU,Name,Regular price\nsimple,A,Cup,1\n")
    assert Product.objects.values_list("source_key", "name").get() == ("woocommerce:1", "Cup")
    report = read(tmp_path / "woo.csv", f"{head}2,simple,A,Bowl,2\n")
    assert "line 2, SKU: 'A' is a variant of another product" in report
    assert Product.objects.get().name == "Cup"
