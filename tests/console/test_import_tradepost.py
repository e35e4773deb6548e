"""Our own CSV format: what goes out comes back in."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tradepost.catalogue.models import Attribute, Category, Image, Product, Variant
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price, TaxClass
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def imported(path: Path, text: str | None = None) -> str:
    if text is not None:
        path.write_text(text)
    out = StringIO()
    call_command("tradepost_import", path, stdout=out, stderr=out)
    return out.getvalue()


def exported(path: Path, **options: Any) -> str:
    call_command("tradepost_export", str(path), stdout=StringIO(), **options)
    return path.read_bytes().decode()


@pytest.fixture
def shop() -> Product:
    """One product with everything that the format can say."""
    furniture = factories.product_type("furniture")
    kinds: list[dict[str, Any]] = [
        {"code": "material", "kind": "choice", "choices": ["oak", "beech"], "required": True},
        {"code": "height", "kind": "number"},
        {"code": "foldable", "kind": "boolean"},
        {"code": "rooms", "kind": "choices", "choices": ["hall", "bath"]},
        {"code": "made_on", "kind": "date"},
    ]
    for position, kind in enumerate(kinds):
        Attribute.objects.create(product_type=furniture, name=kind["code"], position=position, **kind)
    TaxClass.objects.create(code="reduced", name="Reduced")
    values = {"material": "oak", "height": 45.5, "foldable": False, "rooms": ["hall", "bath"], "made_on": "2026-01-31"}
    stool = factories.product(
        product_type=furniture,
        name="Stool, “low”",
        slug="stool",
        summary="Sits well",
        description="First.\n\nSecond; with a comma, too.",
        brand="Werk",
        tax_class="reduced",
        option_names=["Colour", "Size"],
        attributes=values,
        is_featured=True,
        is_discountable=False,
    )
    home = factories.category("Home")
    stool.categories.add(factories.category("Chairs", parent=home), factories.category("Gifts"))
    red = factories.variant(
        product=stool, sku="ST-R", options={"Colour": "red", "Size": "L"}, price="49.9", on_hand=3, weight=2100
    )
    Variant.objects.filter(pk=red.pk).update(length=400, width=380, height=450)
    blue = factories.variant(product=stool, sku="ST-B", options={"Colour": "blue", "Size": "L"}, unit_cost="12.3456")
    factories.price(blue, "0.0125", was_amount="1")
    factories.stock(blue, on_hand=0, backorder_limit=4)
    Image.objects.create(product=stool, source_url="https://img.example/1.jpg", alt="A stool", position=0)
    Image.objects.create(product=stool, source_url="https://img.example/2.jpg", variant=red, position=1)
    return stool


def test_an_export_read_again_changes_nothing(shop: Product, tmp_path: Path) -> None:
    """Every column reads what it wrote."""
    exported(tmp_path / "out.csv")

    assert imported(tmp_path / "out.csv") == "1 product: 0 new, 0 changed, 1 unchanged.\n"


def test_an_export_fills_an_empty_shop(shop: Product, tmp_path: Path) -> None:
    """After the products are deleted the file brings them back as they were, and its export is the same file."""
    before = exported(tmp_path / "out.csv")
    shop.categories.clear()
    StockLevel.objects.all().delete()
    Product.objects.all().delete()
    Category.objects.all().delete()

    assert imported(tmp_path / "out.csv") == "1 product: 1 new, 0 changed, 0 unchanged.\n"

    assert exported(tmp_path / "again.csv") == before
    stool = Product.objects.get()
    assert stool.attributes == shop.attributes
    assert set(stool.categories.values_list("name", "depth")) == {("Chairs", 2), ("Gifts", 1)}
    assert Image.objects.get(source_url="https://img.example/2.jpg").variant == Variant.objects.get(sku="ST-R")


def test_a_file_of_few_columns_changes_only_these(shop: Product, tmp_path: Path) -> None:
    """A list of prices leaves everything else."""
    report = imported(tmp_path / "in.csv", "slug,sku,option1_name,option1_value,option2_name,option2_value,price\n"
                    "stool,ST-R,Colour,red,Size,L,55\n")  # fmt: skip

    assert report == "1 product: 0 new, 1 changed, 0 unchanged.\n"
    shop.refresh_from_db()
    red = Variant.objects.get(sku="ST-R")
    assert (shop.name, shop.is_featured, red.weight, red.stock_levels.get().on_hand) == ("Stool, “low”", True, 2100, 3)
    assert list(Price.objects.order_by("pk").values_list("amount", flat=True)) == [55, Price.objects.last().amount]


def test_the_sides_of_a_variant_come_from_a_file(shop: Product, tmp_path: Path) -> None:
    """In whole millimetres; an empty cell takes a side away, and a word is refused."""
    head = "slug,sku,option1_name,option1_value,option2_name,option2_value,length,width\n"

    assert imported(tmp_path / "in.csv", f"{head}stool,ST-R,Colour,red,Size,L,,395\n").startswith("1 product: 0 new, 1")

    red = Variant.objects.get(sku="ST-R")
    assert (red.length, red.width, red.height, red.sides) == (None, 395, 450, (450, 395, 0))
    assert "line 2, length: 'long' isn't a number" in imported(
        tmp_path / "in.csv", f"{head}stool,ST-R,Colour,red,Size,L,long,395\n"
    )


def test_an_empty_cell_takes_a_price_and_an_attribute_away(shop: Product, tmp_path: Path) -> None:
    """The column is there, so its emptiness says something."""
    text = exported(tmp_path / "out.csv").replace("45.5", "").replace("49.90", "")

    assert imported(tmp_path / "in.csv", text) == "1 product: 0 new, 1 changed, 0 unchanged.\n"

    shop.refresh_from_db()
    assert "height" not in shop.attributes
    assert not Price.objects.filter(variant__sku="ST-R").exists()


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("name,type", "Chair,boats", "line 2, type: there is no 'boats'; there are: furniture"),
        ("name,tax_class", "Chair,none", "line 2, tax_class: there is no 'none'; there are: reduced"),
        (
            "name,type,attribute:material",
            "Chair,furniture,steel",
            "line 2, attribute:material: steel isn't a valid value",
        ),
        ("name,type,attribute:material", "Chair,furniture,", "line 2, attribute:material: material is required"),
        ("name,type,attribute:colour", "Chair,furniture,red", "line 2, attribute:colour: products of this type"),
        ("name,images", "Chair,/a.jpg", "line 2, images: '/a.jpg' isn't an address"),
        ("name,stock,sku", "Chair,-1,C", "line 2, stock: '-1' is not between 0"),
        ("brand", "Werk", "line 2, name: is required for a new product"),
    ],
)
def test_a_bad_cell_is_told_where_it_stands(shop: Product, tmp_path: Path, header: str, row: str, message: str) -> None:
    """Nothing of the product goes in."""
    report = imported(tmp_path / "in.csv", f"slug,{header}\nchair,{row}\n")

    assert f"in.csv, {message}" in report
    assert list(Product.objects.all()) == [shop]


def test_an_unknown_column_is_refused_with_a_hint(tmp_path: Path) -> None:
    """A misspelt column would else be lost without a word."""
    with pytest.raises(CommandError, match=r"no column “prise”\. Did you mean “price”"):
        imported(tmp_path / "in.csv", "slug,sku,prise\nmug,M,3\n")


def test_an_export_can_be_written_to_the_standard_output(shop: Product) -> None:
    """``-`` is the standard output."""
    out = StringIO()

    call_command("tradepost_export", "-", stdout=out)

    assert out.getvalue().startswith("slug,name,type,")
    assert "ST-B" in out.getvalue()


def test_an_export_that_cannot_be_written_is_told(shop: Product, tmp_path: Path) -> None:
    """A folder isn't a file."""
    with pytest.raises(CommandError, match="can't be written"):
        exported(tmp_path)


def test_an_export_from_an_empty_shop_asks_for_a_price_list(tmp_path: Path) -> None:
    """There is nothing to choose from."""
    with pytest.raises(CommandError, match="no price list in EUR"):
        exported(tmp_path / "out.csv")


def test_an_export_takes_as_many_queries_for_many_as_for_one(
    shop: Product, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    """A chunk is read as a whole."""
    for _ in range(40):
        factories.variant(price="1", on_hand=1)

    with django_assert_max_num_queries(13):
        exported(tmp_path / "out.csv")


def test_the_example_of_the_documentation_goes_in(tmp_path: Path) -> None:
    """Word for word."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "csv.md").read_text()
    example = page.split("```text\n")[1].split("```")[0]

    assert imported(tmp_path / "in.csv", example) == "2 products: 2 new, 0 changed, 0 unchanged.\n"

    assert list(Variant.objects.order_by("sku").values_list("sku", flat=True)) == ["CLOTH", "MUG-L", "MUG-S"]


def test_columns_of_the_documentation_are_those_that_are_read() -> None:
    """Neither is one missing there, nor is one told that isn't read."""
    from tradepost.console.imports.formats.tradepost import COLUMNS

    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "csv.md").read_text()
    table = page.split("| column |")[1].split("\n\n")[0]
    names = {name for row in table.splitlines() for name in row.split("|")[1:2] for name in name.split("`")[1::2]}

    options = {f"option{n}_{part}" for n in (1, 9) for part in ("name", "value")}
    assert names == {*COLUMNS, *options, "attribute:CODE"}
