"""Feeds of Google Merchant Center, read and written."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from tests.console.catalogue_files import GOOGLE, GOOGLE_RSS
from tradepost.catalogue.models import Image, Product, Variant
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://base.google.com/ns/1.0}"


def read(path: Path, text: str, **options: Any) -> str:
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("tradepost_import", path, format="google", stdout=out, stderr=out, **options)
    return out.getvalue()


def written(path: Path) -> list[dict[str, list[str]]]:
    call_command("tradepost_export", str(path), format="google", stdout=StringIO())
    items = []
    for item in ET.parse(path).getroot().iter("item"):
        fields: dict[str, list[str]] = {}
        for element in item:
            fields.setdefault(element.tag.removeprefix(NAMESPACE), []).append(element.text or "")
        items.append(fields)
    return items


def test_a_table_is_read(tmp_path: Path) -> None:
    """Groups in any letters and place, prices with their currency, sales that run, several pictures and types."""
    assert read(tmp_path / "feed.tsv", GOOGLE) == (
        "feed.tsv, columns that aren't read: fabric; --unknown keep keeps their cells in “metadata”\n"
        "feed.tsv, line 2, sale_price: the sale price is written as the price, though it ends on 2099-12-24\n"
        "2 products: 2 new, 0 changed, 0 unchanged.\n"
    )

    tee = Product.objects.get(source_key="google:group:fern")
    assert (tee.slug, tee.name, tee.brand, tee.option_names) == (
        "fern-tee",
        "Fern tee",
        "Fern & Co.",
        ["Color", "Size"],
    )
    assert tee.description == 'Soft "organic" cotton,\twith a tab'
    assert [(v.sku, v.options, v.weight, v.barcode) for v in tee.variants.all()] == [
        ("TEE-RED-S", {"Color": "Red", "Size": "S"}, 200, "04006381333931"),
        ("TEE-BLUE-M", {"Color": "Blue", "Size": "M"}, 200, ""),
    ]
    assert dict(Price.objects.values_list("variant__sku", "amount")) == {
        "TEE-RED-S": Decimal("19.9"),
        "TEE-BLUE-M": 24,
        "MUG-1": 1299,
    }
    assert Price.objects.get(variant__sku="TEE-RED-S").was_amount == 24
    assert set(tee.categories.values_list("name", "depth")) == {("T-shirts", 2), ("Gifts", 1)}
    images = [(image.source_url[-7:], image.variant and image.variant.sku) for image in tee.images.all()]
    assert images == [
        ("red.jpg", "TEE-RED-S"),
        ("e/2.jpg", "TEE-RED-S"),
        ("e/3.jpg", "TEE-RED-S"),
        ("lue.jpg", "TEE-BLUE-M"),
    ]
    assert Product.objects.get(source_key="google:MUG-1").slug == "mug"
    assert not StockLevel.objects.exists()


def test_xml_is_read(tmp_path: Path) -> None:
    """With and without the prefix; a comma in a type or an address separates nothing, and the price of shipping is no price."""
    assert read(tmp_path / "feed.xml", GOOGLE_RSS) == "2 products: 2 new, 0 changed, 0 unchanged.\n"

    watch = Product.objects.get(source_key="google:group:w")
    assert (watch.slug, watch.name) == ("watch", "Watch & strap")
    assert {(v.sku, v.options["Color"], v.prices.get().amount) for v in watch.variants.all()} == {
        ("A", "Black", Decimal("105.29")),
        ("B", "White", 99),
    }
    assert set(watch.categories.values_list("name", "depth")) == {("Men", 2), ("Gifts", 1)}
    assert {image.source_url for image in watch.images.all()} == {
        "https://img.example/a.jpg",
        "https://img.example/b,1.jpg",
    }


@pytest.mark.parametrize("atom", [True, False])
def test_atom_and_rss_are_the_same(tmp_path: Path, atom: bool) -> None:
    """Items are entries there."""
    head = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        if atom
        else "<rss><channel>"
    )
    head = head if atom else '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
    item, end = ("entry", "</feed>") if atom else ("item", "</channel></rss>")
    text = f"{head}<{item}><g:id>A</g:id><g:title>Bowl</g:title><g:price>9.99 EUR</g:price></{item}>{end}"

    assert read(tmp_path / "feed.xml", text) == "1 product: 1 new, 0 changed, 0 unchanged.\n"
    assert Price.objects.get().amount == Decimal("9.99")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOGLE_RSS.replace("EUR", "USD"), "The prices are in USD, and the price list in EUR"),
        (
            '<!DOCTYPE x [<!ENTITY a "aa">]><rss><item><id>&a;</id></item></rss>',
            "document types and entities aren't read",
        ),
        ("<rss><item><title>Salt & pepper</title></item></rss>", "isn't well-formed XML"),
        ("<rss><item><title>a</item></rss>", "isn't well-formed XML"),
        ("<a>" * 20 + "</a>" * 20, "nested too deeply"),
        ("<rss></rss>", "There are no items"),
        ("id\tprice\nA\t1.00 EUR\n", "lacks the columns title"),
    ],
)
def test_a_feed_that_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With the reason; nothing is imported."""
    with pytest.raises(CommandError, match=message):
        read(tmp_path / "feed", text)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A\tMug\t12,50 EUR\t", "line 2, price: "),
        ("A\tMug\tfree\t", "line 2, price: 'free' isn't a price"),
        ("A\tMug\t1.00 CHF\t", "line 2, price: '1.00 CHF' isn't in EUR"),
        ("A\t\t1.00 EUR\t", "line 2, title: is required"),
        ("\tMug\t1.00 EUR\t", "line 2, id: is required"),
        ("OK\tMug\t1.00 EUR\t", "line 3, id: 'OK' is also in line 2"),
        ("A\tMug\t1.00 EUR\theavy", "line 2, shipping_weight: 'heavy' isn't a measure"),
    ],
)
def test_a_bad_item_is_told_where_it_stands(tmp_path: Path, row: str, message: str) -> None:
    """The others go in."""
    report = read(tmp_path / "feed.tsv", f"id\ttitle\tprice\tshipping_weight\n{row}\nOK\tOther\t2.00 EUR\t\n")

    assert message in report
    assert "1 product: 1 new, 0 changed, 0 unchanged; 1 row left out.\n" in report


def test_a_product_that_is_here_already_is_found_by_its_sku(tmp_path: Path) -> None:
    """Its address stays; from then on it is found by the feed's id."""
    mug = factories.product(slug="stoneware", name="Old")
    factories.variant(product=mug, sku="MUG-1")

    read(tmp_path / "feed.tsv", GOOGLE)

    mug.refresh_from_db()
    assert (mug.slug, mug.name, mug.source_key) == ("stoneware", "Mug", "google:MUG-1")
    Variant.objects.filter(sku="MUG-1").update(sku="MUG-ONE")
    assert "0 new, 1 changed, 1 unchanged" in read(tmp_path / "feed.tsv", GOOGLE)
    assert Variant.objects.get(product=mug).sku == "MUG-1"


@override_settings(TRADEPOST_SHOP={"NAME": "Kiln & Co.", "URL": "https://kiln.example"})
def test_a_feed_is_written(tmp_path: Path) -> None:
    """An item for each variant, of what is public, priced and pictured."""
    mug = factories.product(
        slug="mug", name="Mug <1>", brand="Kiln", description="Thrown\x0b by hand.", option_names=["Size"]
    )
    mug.categories.add(factories.category("Mugs", parent=factories.category("Kitchen")))
    small = factories.variant(
        product=mug, sku="S", options={"Size": "Small"}, on_hand=3, barcode="4006381333931", weight=300
    )
    large = factories.variant(product=mug, sku="L", options={"Size": "Large"}, on_hand=0, price="15.5")
    factories.price(small, "12.5", was_amount="15")
    factories.variant(product=factories.product(slug="bare"), price="1", on_hand=1)
    hidden = factories.product(slug="hidden", is_published=False)
    factories.variant(product=hidden, price="1", on_hand=1)
    for product in (mug, hidden):
        Image.objects.create(product=product, source_url="https://img.example/all.jpg")
    Image.objects.create(product=mug, source_url="https://img.example/large.jpg", variant=large, position=1)

    first, second = written(tmp_path / "feed.xml")

    assert first == {
        "id": ["S"],
        "title": ["Mug <1> - Small"],
        "description": ["Thrown  by hand."],
        "link": ["https://kiln.example/products/mug/"],
        "image_link": ["https://img.example/all.jpg"],
        "availability": ["in_stock"],
        "price": ["15.00 EUR"],
        "sale_price": ["12.50 EUR"],
        "condition": ["new"],
        "brand": ["Kiln"],
        "gtin": ["4006381333931"],
        "item_group_id": ["mug"],
        "size": ["Small"],
        "product_type": ["Kitchen > Mugs"],
        "shipping_weight": ["300 g"],
    }
    assert (second["image_link"], second["additional_image_link"]) == (
        ["https://img.example/large.jpg"],
        ["https://img.example/all.jpg"],
    )
    assert (second["availability"], second["price"], second["identifier_exists"]) == (
        ["out_of_stock"],
        ["15.50 EUR"],
        ["no"],
    )


def test_a_feed_of_ours_is_read_again(tmp_path: Path) -> None:
    """Products are found by their SKUs, and prices stay."""
    mug = factories.product(slug="mug", name="Mug", option_names=["Size"])
    for size, price in (("S", "1.5"), ("L", "2")):
        factories.variant(product=mug, sku=f"MUG-{size}", options={"Size": size}, on_hand=1, price=price)
    Image.objects.create(product=mug, source_url="https://img.example/all.jpg")
    written(tmp_path / "feed.xml")

    assert "1 product: 0 new, 1 changed, 0 unchanged.\n" in read(
        tmp_path / "feed.xml", (tmp_path / "feed.xml").read_text()
    )
    assert "1 product: 0 new, 0 changed, 1 unchanged.\n" in read(
        tmp_path / "feed.xml", (tmp_path / "feed.xml").read_text()
    )
    assert [(v.sku, v.options, v.prices.get().amount) for v in mug.variants.all()] == [
        ("MUG-S", {"Size": "S"}, Decimal("1.5")),
        ("MUG-L", {"Size": "L"}, 2),
    ]
