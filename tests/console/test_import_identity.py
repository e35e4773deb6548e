"""A product, a variant or a label is identified by its name in the source: no two of them become one, and none is left half."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tradepost.catalogue.models import Category, Product, Tag, Variant
from tradepost.console import targets
from tradepost.console.imports import (
    ProductRow,
    VariantRow,
    Writer,
    import_catalogue,
)
from tradepost.core.actors import SYSTEM
from tradepost.pricing.models import Price
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def read(path: Path, text: str, name: str = "shopify", **options: Any) -> str:
    path.write_text(text, encoding="utf-8", newline="")
    out = StringIO()
    call_command("tradepost_import", path, format=name, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "in.csv"


@pytest.mark.parametrize("name", ["shopify", "tradepost"])
def test_handles_that_read_alike_are_different_products(path: Path, name: str) -> None:
    """Within one file and over two; each is found again by the handle, whatever its address became."""
    head = "Handle,Title,Variant SKU,Variant Price\n" if name == "shopify" else "slug,name,sku,price\n"

    assert read(
        path, f"{head}my mug,First,A,1\nmy-mug,Second,B,2\nMy Mug,Third,C,3\n緑茶,Fourth,D,4\n", name
    ).startswith("4 products: 4 new")
    rows = dict(Variant.objects.values_list("sku", "product__name"))
    assert rows == {"A": "First", "B": "Second", "C": "Third", "D": "Fourth"}
    assert Product.objects.get(name="Second").slug == "my-mug"
    assert Product.objects.filter(slug__startswith="my-mug-").count() == 2

    assert read(path, f"{head}my mug,Changed,A,1\nmy_mug,Fifth,E,5\n", name) == (
        "2 products: 1 new, 1 changed, 0 unchanged.\n"
    )
    assert set(Product.objects.values_list("name", flat=True)) == {"Changed", "Second", "Third", "Fourth", "Fifth"}


def test_a_handle_is_not_taken_for_the_address_that_another_handle_got(path: Path) -> None:
    """“my mug” became my-mug; a later file's my-mug is another product."""
    head = "Handle,Title,Variant SKU,Variant Price\n"
    read(path, f"{head}my mug,First,A,1\n")

    assert read(path, f"{head}my-mug,Second,B,2\n") == "1 product: 1 new, 0 changed, 0 unchanged.\n"

    first = Product.objects.get(slug="my-mug")
    assert (first.name, first.source_key) == ("First", "shopify:my mug")
    assert Product.objects.get(source_key="shopify:my-mug").name == "Second"


def test_a_product_is_found_by_its_handle_after_staff_changed_its_address(path: Path) -> None:
    """The nightly file goes on changing the same product."""
    head = "Handle,Title,Variant SKU,Variant Price\n"
    read(path, f"{head}mug,Mug,A,1\n")
    Product.objects.update(slug="stoneware-mug")

    assert read(path, f"{head}mug,Cup,A,1\n") == "1 product: 0 new, 1 changed, 0 unchanged.\n"

    assert Product.objects.values_list("slug", "name").get() == ("stoneware-mug", "Cup")


@pytest.mark.parametrize("name", ["shopify", "tradepost"])
def test_a_product_whose_variants_are_all_refused_is_not_made(path: Path, name: str) -> None:
    """No published product without anything to buy stays behind, nor are its labels."""
    head = "Handle,Title,Variant SKU,Variant Price,Tags\n" if name == "shopify" else "slug,name,sku,price,tags\n"
    read(path, f"{head}old-mug,Mug,MUG-1,5,old\n", name)

    report = read(path, f"{head}new-mug,Mug,MUG-1,6,new\n", name)

    assert "'MUG-1' is a variant of another product" in report
    assert report.endswith("0 products: 0 new, 0 changed, 0 unchanged; 1 row left out.\n")
    assert list(Product.objects.values_list("slug", flat=True)) == ["old-mug"]
    assert list(Tag.objects.values_list("name", flat=True)) == ["old"]
    assert Price.objects.get().amount == 5


def test_made_skus_that_read_alike_stay_apart(path: Path) -> None:
    """“a-b” with “c”, and “a” with “b c”: each product has its variant, the second time as well."""
    head = "slug,name,option1_name,option1_value,sku,price\n"
    text = f"{head}a-b,One,Size,c,,1\na,Two,Size,b c,,2\nx,Three,Size,S,A-B-C,3\n"

    assert read(path, text, "tradepost") == "3 products: 3 new, 0 changed, 0 unchanged.\n"

    assert Variant.objects.get(product__slug="x").sku == "A-B-C"
    assert Variant.objects.values("product").distinct().count() == 3
    assert read(path, text, "tradepost") == "3 products: 0 new, 0 changed, 3 unchanged.\n"


def test_a_sku_that_shopify_repeats_keeps_all_variants(path: Path) -> None:
    """Each after the first gets a suffix, which is told; in another order of the rows each stays what it is."""
    head = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
    rows = ["tee,Tee,Size,S,TEE,1\n", "tee,,,M,TEE,2\n", "tee,,,L,TEE-2,3\n"]
    cap = "cap,Cap,Title,Default Title,TEE,4\n"

    report = read(path, head + "".join(rows) + cap)

    assert "line 3, Variant SKU: 'TEE' is also in line 2; this one is 'TEE-3'" in report
    assert "line 5, Variant SKU: 'TEE' is also in line 2; this one is 'TEE-4'" in report
    assert report.endswith("2 products: 2 new, 0 changed, 0 unchanged.\n")
    prices = dict(Price.objects.values_list("variant__sku", "amount"))
    assert prices == {"TEE": 1, "TEE-3": 2, "TEE-2": 3, "TEE-4": 4}
    assert read(path, head + "".join(rows) + cap).endswith("0 new, 0 changed, 2 unchanged.\n")


def test_two_variants_with_the_same_options_are_told(path: Path) -> None:
    """The second would be the first again."""
    head = "slug,name,option1_name,option1_value,sku,price\n"

    report = read(path, f"{head}a,One,Size,S,A,1\na,,,S,B,2\n", "tradepost")

    assert "line 3: has the same options as line 2" in report
    assert list(Variant.objects.values_list("sku", flat=True)) == ["A"]


def test_two_options_of_one_name_are_told(path: Path) -> None:
    """The values of one would hide those of the other."""
    head = "slug,name,option1_name,option1_value,option2_name,option2_value,sku\n"

    assert "line 2, option2_name: 'Size' is the name of another option, too" in read(
        path, f"{head}a,One,Size,S,Size,M,A\n", "tradepost"
    )
    assert not Product.objects.exists()


def test_labels_that_read_alike_stay_apart(path: Path) -> None:
    """C, C++ and C# are three tags; so are names that differ in large letters."""
    report = read(path, 'slug,name,tags,categories\na,A,"C, C++, C#, c","R&D | R D | r\\|d > a\\>b"\n', "tradepost")

    assert report == "1 product: 1 new, 0 changed, 0 unchanged.\n"
    assert set(Tag.objects.values_list("name", flat=True)) == {"C", "C++", "C#", "c"}
    assert len(set(Tag.objects.values_list("slug", flat=True))) == 4
    assert set(Category.objects.values_list("name", "depth")) == {("R&D", 1), ("R D", 1), ("r|d", 1), ("a>b", 2)}


def test_of_two_categories_with_one_name_the_product_keeps_its_own(path: Path) -> None:
    """The file can't tell them apart, and so changes nothing."""
    factories.category("Gifts", slug="gifts-1")
    second = factories.category("Gifts", slug="gifts-2")
    product = factories.product(slug="mug", name="Mug")
    product.categories.add(second)

    assert read(path, "slug,name,categories\nmug,Mug,Gifts\n", "tradepost") == (
        "1 product: 0 new, 0 changed, 1 unchanged.\n"
    )
    assert list(product.categories.all()) == [second]


@pytest.mark.parametrize("name", ["shopify", "tradepost"])
def test_options_that_a_file_does_not_have_stay(path: Path, name: str) -> None:
    """A list of prices by SKU takes no options away."""
    tee = factories.product(slug="tee", name="Tee", option_names=["Size"])
    factories.variant(product=tee, sku="S", options={"Size": "S"}, price="1")
    head = "Handle,Title,Variant SKU,Variant Price\n" if name == "shopify" else "slug,name,sku,price\n"

    assert read(path, f"{head}tee,Tee,S,2\n", name) == "1 product: 0 new, 1 changed, 0 unchanged.\n"

    tee.refresh_from_db()
    assert (tee.option_names, tee.variants.get().options, Price.objects.get().amount) == (["Size"], {"Size": "S"}, 2)


def test_what_the_database_refuses_is_a_problem_of_its_row() -> None:
    """The other products of the chunk go in, and so do their labels."""
    writer = Writer(price_list=targets.price_list("", make=True), location=targets.location("", make=True), by=SYSTEM)
    bad = Decimal("1.23456")
    variants = [
        VariantRow(line=line, sku=f"S{line}", has_price=True, price=price)
        for line, price in [(2, Decimal(1)), (3, bad), (4, Decimal(2))]
    ]
    rows = [
        ProductRow(line=row.line, slug=f"p{row.line}", fields={"name": "P"}, tags=[f"t{row.line}"], variants=[row])
        for row in variants
    ]

    report = import_catalogue(iter(rows), writer)

    assert [str(problem) for problem in report.problems] == [
        "line 3: can't be stored: Prices are at least zero, with four decimal places at most."
    ]
    assert (report.created, list(Product.objects.order_by("slug").values_list("slug", flat=True))) == (2, ["p2", "p4"])
    assert set(Tag.objects.values_list("name", flat=True)) == {"t2", "t4"}


def test_a_made_sku_makes_way_for_one_that_is_given() -> None:
    """In the same chunk, whichever comes first."""
    writer = Writer(price_list=targets.price_list("", make=True), location=targets.location("", make=True), by=SYSTEM)
    rows = [
        ProductRow(line=2, slug="a", fields={"name": "A"}, variants=[VariantRow(line=2, sku="S", sku_is_made=True)]),
        ProductRow(line=3, slug="b", fields={"name": "B"}, variants=[VariantRow(line=3, sku="S")]),
    ]

    report = import_catalogue(iter(rows), writer)

    assert (report.created, report.problems) == (2, [])
    assert Variant.objects.get(sku="S").product.slug == "b"


def test_options_that_read_alike_are_kept(path: Path) -> None:
    """They are two in the source. Two names of options that read alike are refused, as in the admin."""
    head = "slug,name,option1_name,option1_value,sku,price\n"

    assert read(path, f"{head}a,One,Size,S,A,1\na,,,s,B,2\n", "tradepost") == (
        "1 product: 1 new, 0 changed, 0 unchanged.\n"
    )
    assert Variant.objects.count() == 2
    head = "slug,name,option1_name,option1_value,option2_name,option2_value,sku\n"
    assert "line 2, option2_name: 'SIZE' is the name of another option, too" in read(
        path, f"{head}b,Two,Size,S,SIZE,M,C\n", "tradepost"
    )
