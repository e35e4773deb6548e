"""How files are opened: encodings, separators, decimal signs, headers, and columns that nobody knows."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tradepost.catalogue.models import Product, Variant
from tradepost.console.imports.cells.amounts import decimal_sign, plain_number
from tradepost.pricing.models import Price

pytestmark = pytest.mark.django_db

MUG = "slug,name,sku,price\nmug,Käse,M,12.50\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "in.csv"


def read(path: Path, content: bytes | str, name: str = "tradepost", **options: Any) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    out = StringIO()
    call_command("tradepost_import", path, format=name, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (MUG.encode("utf-8-sig"), {}),
        (MUG.encode("utf-16"), {}),
        (MUG.encode("utf-16-le"), {}),
        (MUG.encode("utf-16-be"), {}),
        (MUG.encode("cp1252"), {"encoding": "cp1252"}),
        (MUG.replace(",", ";").encode(), {}),
        (MUG.replace(",", "\t").encode("utf-16"), {}),
        (MUG.replace(",", "|").encode(), {"separator": "|"}),
        (MUG.replace(",", ";").replace("12.50", "12,50").encode(), {}),
        (MUG.replace(",", ";").replace("12.50", "12,500").encode(), {"decimal": ","}),
        (MUG.replace("slug,name,sku,price", " SLUG ,Name,Sku,\u00a0PRICE").encode(), {}),
        (MUG.replace("\n", "\r\n").encode(), {}),
        (MUG.replace("\n", "\r").encode(), {}),
    ],
)
def test_a_file_is_understood_as_it_is_saved(path: Path, content: bytes, options: dict[str, str]) -> None:
    """By a spreadsheet in several countries, or by hand."""
    assert read(path, content, **options) == "1 product: 1 new, 0 changed, 0 unchanged.\n"

    assert Product.objects.get().name == "Käse"
    assert str(Price.objects.get().amount) == "12.5000"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (MUG.encode("cp1252"), {}, "isn't UTF-8.*--encoding cp1252"),
        (MUG.encode(), {"encoding": "klingon"}, "There is no encoding “klingon”"),
        (MUG.encode(), {"separator": "::"}, "A separator is one character"),
        (
            MUG.replace("slug", "handle").replace(",", ";").encode(),
            {},
            "lacks the columns slug. Separated by semicolons",
        ),
        (
            b"slug;name;sku;price\na;A;A;12.50\nb;B;B;12,50\n",
            {},
            r"written in two ways \(line 2, price: “12.50”; line 3, price: “12,50”\)",
        ),
        (b"slug;name;sku;price\na;A;A;1.299\n", {}, "could be read in two ways.*--decimal"),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_is_refused(
    path: Path, content: bytes, options: dict[str, str], message: str
) -> None:
    """With what to do; nothing is imported."""
    with pytest.raises(CommandError, match=message):
        read(path, content, **options)

    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("text", "sign", "plain"),
    [
        ("12", "", "12"),
        ("12.50", ".", "12.50"),
        ("12,50", ",", "12.50"),
        ("1,299.00", ".", "1299.00"),
        ("1.299,00", ",", "1299.00"),
        ("1\u202f299,00", ",", "1299.00"),
        ("1'299.00", ".", "1299.00"),
        ("1.299", "?", None),
        ("1.299.000", ",", "1299000"),
        ("0.125", ".", "0.125"),
        ("10.000000", ".", "10.000000"),
    ],
)
def test_decimal_signs_are_seen(text: str, sign: str, plain: str | None) -> None:
    """A thousand and some, or one and a fraction: that isn't guessed."""
    assert decimal_sign(text) == sign
    if plain is not None:
        assert plain_number(text, sign or ".") == plain


@pytest.mark.parametrize("cell", ["1_0", "١٢", "1 0", "1e2", "NaN", "Infinity", "-1", "12,50", "1.23456", "+1"])
def test_what_is_no_plain_amount_is_a_problem(path: Path, cell: str) -> None:
    """Of its line and column; nothing is written."""
    assert "line 2, price: " in read(path, f'slug,name,sku,price\nmug,Mug,M,"{cell}"\n')
    assert not Product.objects.exists()


@pytest.mark.parametrize("cell", ["2.5", "3000000000", "١", "1_0", "-1", "many"])
def test_what_is_no_count_is_a_problem(path: Path, cell: str) -> None:
    """Half a unit isn't rounded, and no database is asked for what it can't hold."""
    assert "line 2, stock: " in read(path, f"slug,name,sku,stock\nmug,Mug,M,{cell}\n")
    assert not Product.objects.exists()


def test_unknown_columns_of_a_foreign_file_are_named_and_kept_on_request(path: Path) -> None:
    """Nothing is lost without a word."""
    text = "Handle,Title,Variant SKU,SEO Title,Rating\nmug,Mug,M,Buy a mug,5\n"

    assert "in.csv, columns that aren't read: Rating" in read(path, text, "shopify")
    assert Product.objects.get().metadata == {}
    read(path, text, "shopify", unknown="keep")
    assert Product.objects.get().metadata == {"import": {"SEO Title": "Buy a mug", "Rating": "5"}}
    assert read(path, text, "shopify", unknown="keep").endswith("0 new, 0 changed, 1 unchanged.\n")


def test_unknown_columns_of_our_own_format_are_kept_on_request(path: Path) -> None:
    """Else they are refused, since they may be misspelt."""
    text = "slug,name,option1_name,option1_value,sku,shelf\nmug,Mug,Size,S,M,A7\nmug,,,L,L,B1\n"

    with pytest.raises(CommandError, match="no column “shelf”"):
        read(path, text)
    read(path, text, unknown="keep")

    assert dict(Variant.objects.values_list("sku", "metadata")) == {
        "M": {"import": {"shelf": "A7"}},
        "L": {"import": {"shelf": "B1"}},
    }


def test_texts_are_as_long_as_shopifys(path: Path) -> None:
    """255 characters of each; an unlisted product isn't listed."""
    long = "x" * 255
    text = f"Handle,Title,Vendor,Tags,Type,Variant SKU,Status\n{long},{long},{long},{long},{long},{long},unlisted\n"

    assert read(path, text, "shopify") == "1 product: 1 new, 0 changed, 0 unchanged.\n"

    product = Product.objects.get()
    assert (product.slug, product.name, product.brand, product.is_published) == (long, long, long, False)
    assert (product.tags.get().name, product.categories.get().name, product.variants.get().sku) == (long, long, long)


def test_product_types_are_made_where_asked_for(path: Path) -> None:
    """Attributes of a type that the file only names are texts."""
    text = "slug,name,type,attribute:hull,sku\nwave,Wave,boats,oak,B\n"

    report = read(path, text, make_types=True)

    assert report == "in.csv, line 2: the product type 'boats' was made\n1 product: 1 new, 0 changed, 0 unchanged.\n"
    product = Product.objects.select_related("product_type").get()
    assert (product.product_type.code, product.attributes) == ("boats", {"hull": "oak"})


@pytest.mark.parametrize("definition", ["{", "[]", '{"attributes": 3}', '{"kind": "ship"}', '{"size": 1}', "null"])
def test_a_definition_that_cannot_be_read_is_a_problem(path: Path, definition: str) -> None:
    """Of its row; neither type nor product is made."""
    cell = definition.replace('"', '""')

    report = read(path, f'slug,name,type,type_definition\nwave,Wave,boats,"{cell}"\n')

    assert "in.csv, line 2, type: " in report
    assert not Product.objects.exists()
