"""Product exports of Shopify are read as they are, and twice is once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Category, Image, Product, ProductType, Tag, Variant
from tradepost.core.dates import clock
from tradepost.inventory.models import Location, StockLevel, StockMovement
from tradepost.pricing.models import Price, PriceList
from tradepost.testing import factories

pytestmark = pytest.mark.django_db

SHARED = sorted((Path(__file__).resolve().parents[3] / "shared" / "data").glob("shopify-*.csv"))
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,"
    "Image Src,Image Position,Image Alt Text,Variant Image\n"
)
MUG = (
    'mug,Mug,"<p>Thrown by hand.</p><ul><li>300 ml</li></ul>",Kiln,Kitchen,"New, Stoneware",true,Size,Small,,310.4,'
    "shopify,3,deny,12.50,15,https://img.example/mug.jpg,1,A mug,\n"
    "mug,,,,,,,,Large,,420,shopify,-2,continue,15.5,,https://img.example/large.jpg,2,,https://img.example/large.jpg\n"
    "mug,,,,,,,,,,,,,,,,https://img.example/shelf.jpg,3,On a shelf,\n"
)
VASE = "vase,Vase,,Kiln,,,false,Title,Default Title,V-1,0,,7,deny,40,,,,,\n"

Import = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Import:
    def call(text: str, **options: Any) -> str:
        path = tmp_path / "products.csv"
        path.write_bytes(text.encode())
        out = StringIO()
        call_command("tradepost_import", path, format="shopify", stdout=out, stderr=out, **options)
        return out.getvalue()

    return call


def counts() -> dict[str, int]:
    models = (
        Product,
        Variant,
        Tag,
        Category,
        Image,
        Price,
        PriceList,
        StockLevel,
        StockMovement,
        Location,
        ProductType,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_reads_variants_prices_stock_pictures_and_labels(run: Import) -> None:
    """Everything of a row goes to its place."""
    assert run(HEADER + MUG + VASE) == "2 products: 2 new, 0 changed, 0 unchanged.\n"

    mug = Product.objects.get(slug="mug")
    assert (mug.name, mug.brand, mug.is_published, mug.option_names) == ("Mug", "Kiln", True, ["Size"])
    assert mug.description == "Thrown by hand.\n\n• 300 ml"
    assert [category.name for category in mug.categories.all()] == ["Kitchen"]
    assert [tag.slug for tag in mug.tags.all()] == ["new", "stoneware"]
    rows = [(v.sku, v.options, v.weight, v.track_stock) for v in mug.variants.all()]
    assert rows == [("MUG-SMALL", {"Size": "Small"}, 310, True), ("MUG-LARGE", {"Size": "Large"}, 420, True)]
    prices = Price.objects.filter(variant__product=mug).values_list("amount", "was_amount")
    assert list(prices) == [(Decimal("12.5000"), Decimal("15.0000")), (Decimal("15.5000"), None)]
    levels = StockLevel.objects.filter(variant__product=mug).order_by("pk").values_list("on_hand", "backorder_limit")
    assert list(levels) == [(3, 0), (0, 1_000_000)]
    images = [(i.source_url[-9:], i.alt, i.variant and i.variant.sku) for i in mug.images.all()]
    assert images == [("e/mug.jpg", "A mug", None), ("large.jpg", "", "MUG-LARGE"), ("shelf.jpg", "On a shelf", None)]
    vase = Product.objects.get(slug="vase")
    assert (vase.is_published, vase.option_names, vase.variants.get().options) == (False, [], {})
    assert vase.variants.get().track_stock is False


def test_the_same_file_again_changes_nothing(run: Import) -> None:
    """No row is written, not even a time."""
    run(HEADER + MUG + VASE)
    before = counts(), list(Product.objects.values_list("updated_at", flat=True))

    assert run(HEADER + MUG + VASE) == "2 products: 0 new, 0 changed, 2 unchanged.\n"

    assert (counts(), list(Product.objects.values_list("updated_at", flat=True))) == before


def test_only_what_differs_is_written(run: Import) -> None:
    """A new price, stock and title are taken over; each change of stock has its movement, and their sum is the level."""
    run(HEADER + MUG + VASE)

    report = run((HEADER + MUG + VASE).replace("mug,Mug,", "mug,Cup,").replace(",3,deny,12.50", ",5,deny,13"))

    assert report == "2 products: 0 new, 1 changed, 1 unchanged.\n"
    small = Variant.objects.get(sku="MUG-SMALL")
    assert (small.product.name, small.prices.get().amount) == ("Cup", Decimal("13.0000"))
    movements = StockMovement.objects.filter(variant=small).order_by("pk").values_list("on_hand_delta", flat=True)
    assert (list(movements), small.stock_levels.get().on_hand) == ([3, 2], 5)


def test_what_a_file_does_not_say_stays(run: Import) -> None:
    """A file of handles, titles and prices changes prices only, and a category set by hand stays."""
    run(HEADER + MUG + VASE)
    vase = Product.objects.get(slug="vase")
    vase.categories.add(factories.category("Gifts"))

    report = run("Handle,Title,Variant SKU,Variant Price\nvase,Vase,V-1,41\n")

    assert report == "1 product: 0 new, 1 changed, 0 unchanged.\n"
    variant = Variant.objects.get(sku="V-1")
    assert (variant.prices.get().amount, variant.stock_levels.get().on_hand) == (Decimal("41.0000"), 7)
    vase.refresh_from_db()
    assert (vase.brand, [category.name for category in vase.categories.all()]) == ("Kiln", ["Gifts"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,A,,,,,true,Title,Default Title,S,,,,,cheap,,,,,\n", "line 2, Variant Price: 'cheap' isn't an amount"),
        ("a,A,,,,,true,Title,Default Title,S,,,,,-1,,,,,\n", "line 2, Variant Price: '-1' isn't an amount"),
        ("a,A,,,,,true,Title,Default Title,S,,,,,NaN,,,,,\n", "line 2, Variant Price: 'NaN' isn't an amount"),
        ("a,A,,,,,true,Title,Default Title,S,,,,,1.23456,,,,,\n", "line 2, Variant Price: '1.23456' isn't an amount"),
        ("a,A,,,,,maybe,Title,Default Title,S,,,,,1,,,,,\n", "line 2, Published: 'maybe' is neither true nor false"),
        ("a,A,,,,,true,Title,Default Title,S,heavy,,,,1,,,,,\n", "line 2, Variant Grams: 'heavy' isn't a number"),
        ("a,A,,,,,true,Title,Default Title,S,,,,,1,,ftp://x/a,,,\n", "line 2, Image Src: 'ftp://x/a' isn't an address"),
        ("a,,,,,,true,Title,Default Title,S,,,,,1,,,,,\n", "line 2, Title: is required"),
        (",A,,,,,true,Title,Default Title,S,,,,,1,,,,,\n", "line 2, Handle: is required"),
        ("a,A,,,,,true,Size,,S,,,,,1,,,,,\n", "line 2, Option1 Value: is required"),
        (f"a,{'A' * 256},,,,,true,Title,Default Title,S,,,,,1,,,,,\n", "line 2, Title: has 256 characters"),
        ("a,A,,,,,true,Title,Default Title,S,,,,,1,,,,,,too,many\n", "line 2: has 22 values for 20 columns"),
    ],
)
def test_a_bad_row_is_told_with_line_and_column_and_the_others_go_in(run: Import, row: str, message: str) -> None:
    """Nothing of the bad row is kept; the good product behind it is imported."""
    report = run(HEADER + row + VASE)

    assert f"products.csv, {message}" in report
    assert report.endswith("1 product: 1 new, 0 changed, 0 unchanged; 1 row left out.\n")
    assert list(Product.objects.values_list("slug", flat=True)) == ["vase"]


def test_a_bad_variant_does_not_take_its_siblings_along(run: Import) -> None:
    """The other size is sold; the line is that of the bad row, also after a text of several lines."""
    report = run(HEADER + MUG.replace("Thrown by", "Thrown\nby").replace(",15.5,", ",abc,") + VASE)

    assert "line 4, Variant Price: 'abc' isn't an amount; write it as 1234.50" in report
    assert list(Variant.objects.order_by("sku").values_list("sku", flat=True)) == ["MUG-SMALL", "V-1"]


def test_atomic_takes_all_or_nothing(run: Import) -> None:
    """One bad row, and not even the price list is made."""
    before = counts()

    with pytest.raises(CommandError, match="1 bad row: nothing was imported"):
        run(HEADER + MUG + VASE.replace(",40,", ",x,"), atomic=True)

    assert counts() == before


def test_dry_run_tells_and_writes_nothing(run: Import) -> None:
    """The counts are those of the real run."""
    before = counts()

    assert (
        run(HEADER + MUG, dry_run=True)
        == "1 product: 1 new, 0 changed, 0 unchanged. Nothing was written (--dry-run).\n"
    )

    assert counts() == before


def test_a_sku_of_another_product_is_refused(run: Import) -> None:
    """Both within the file and in the database."""
    factories.variant(sku="TAKEN")

    report = run(HEADER + VASE.replace("V-1", "TAKEN") + MUG.replace("mug", "jug") + VASE.replace("vase", "pot") * 1)

    assert "line 2, Variant SKU: 'TAKEN' is a variant of another product" in report
    report = run(HEADER + VASE + VASE.replace("vase", "bowl"))
    assert "line 3, Variant SKU: 'V-1'" in report


def test_rows_of_a_product_must_stand_together(run: Import) -> None:
    """A handle that comes back further down is told, not merged."""
    report = run(HEADER + VASE + MUG + VASE.replace("V-1", "V-2"))

    assert "line 6, Handle: 'vase' is also further up" in report


def test_made_skus_are_stable_and_different(run: Import) -> None:
    """Options that read alike, foreign scripts and long names each give a SKU of at most 64 characters."""
    long = "x" * 80
    text = HEADER + "".join(
        f"tea,{'Tea' if n == 0 else ''},,,,,,{'Kind' if n == 0 else ''},{kind},,,,,,5,,,,,\n"
        for n, kind in enumerate(["S/M", "S M", "緑茶", "紅茶", long])
    )
    run(text)
    skus = list(Variant.objects.order_by("position").values_list("sku", flat=True))

    assert skus[0] == "TEA-SM" or skus[0].startswith("TEA-S")
    assert len(set(skus)) == 5
    assert max(map(len, skus)) <= 64
    assert run(text).endswith("0 new, 0 changed, 1 unchanged.\n")


def test_a_changed_sku_renames_the_variant(run: Import) -> None:
    """The variant with the same options is the same variant."""
    run(HEADER + VASE)
    pk = Variant.objects.get(sku="V-1").pk

    run(HEADER + VASE.replace("V-1", "V-100"))

    assert Variant.objects.get().pk == pk
    assert Variant.objects.get().sku == "V-100"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lacks the columns Handle, Title"),
        (b"Title,Price\nMug,3\n", "lacks the columns Handle"),
        (b"Handle,Title,Title\n", "columns twice: Title"),
        (b'Handle,Title\nmug,"Mug\n', "isn't CSV"),
        ("Handle,Title\nmug,Käse\n".encode("latin-1"), "can't decode"),
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The message says what is missing."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        call_command("tradepost_import", path, format="shopify")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """As the system calls it."""
    with pytest.raises(CommandError, match="No such file"):
        call_command("tradepost_import", tmp_path / "none.csv", format="shopify")


def test_headers_of_the_present_export_are_known(run: Import) -> None:
    """Shopify renamed its columns."""
    run(
        "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,Option1 value,Price,"
        "Inventory tracker,Inventory quantity,Product image URL\n"
        "Mug,mug,Text,TRUE,Draft,M-1,Title,Default Title,9.90,shopify,4,https://img.example/a.jpg\n"
    )

    variant = Variant.objects.get(sku="M-1")
    assert (variant.product.description, variant.product.is_published) == ("Text", False)
    assert (variant.prices.get().amount, variant.stock_levels.get().on_hand) == (Decimal("9.9000"), 4)


def test_gift_cards_and_downloads_get_types_of_their_kind(run: Import) -> None:
    """Goods that aren't shipped are digital; untaxed ones have the class for that."""
    header = "Handle,Title,Variant Price,Gift Card,Variant Requires Shipping,Variant Taxable\n"

    run(header + "card,Card,25,true,false,false\nbook,Book,9,false,false,true\nmug,Mug,9,false,true,true\n")

    products = Product.objects.order_by("slug").values_list("slug", "product_type__kind", "tax_class")
    assert list(products) == [("book", "digital", ""), ("card", "gift_card", "exempt"), ("mug", "physical", "")]


def test_the_number_of_queries_does_not_grow_with_the_products(run: Import) -> None:
    """The same for 5 products as for 35, the second time as well."""

    def rows(prefix: str, number: int) -> str:
        return HEADER + "".join(MUG.replace("mug", f"{prefix}-{n}") for n in range(number))

    def queries(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            run(text)
        return len(captured)

    run(rows("first", 1))

    assert queries(rows("few", 5)) == queries(rows("many", 24))
    assert queries(rows("few", 5)) == queries(rows("many", 24))


def test_several_price_lists_must_be_chosen_from(run: Import) -> None:
    """The prices go where it is said."""
    factories.price_list("eur")
    sale = factories.price_list("eur-sale")

    with pytest.raises(CommandError, match=r"--price-list \(eur, eur-sale\)"):
        run(HEADER + VASE)
    with pytest.raises(CommandError, match="no price list 'usd'; there are: eur"):
        run(HEADER + VASE, price_list="usd")
    with pytest.raises(CommandError, match="no location 'moon'"):
        run(HEADER + VASE, price_list="eur-sale", location="moon")
    run(HEADER + VASE, price_list="eur-sale")

    assert Price.objects.get().price_list == sale


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_real_exports_go_in_and_come_back(path: Path, tmp_path: Path) -> None:
    """No row is left out; a second import, and that of our own exports, changes nothing."""
    text = path.read_text(encoding="utf-8-sig")
    handles = {line.split(",")[0] for line in text.splitlines()[1:] if line}

    def read(file: Path, name: str) -> str:
        out = StringIO()
        call_command("tradepost_import", file, format=name, stdout=out, stderr=out)
        return out.getvalue()

    assert read(path, "shopify") == f"{len(handles)} products: {len(handles)} new, 0 changed, 0 unchanged.\n"
    unchanged = f"{len(handles)} products: 0 new, 0 changed, {len(handles)} unchanged.\n"
    assert read(path, "shopify") == unchanged
    for name in ("shopify", "tradepost"):
        call_command("tradepost_export", str(tmp_path / "out.csv"), format=name, stdout=StringIO())
        assert read(tmp_path / "out.csv", name) == unchanged


def test_a_product_with_four_options_is_left_out_of_an_export(tmp_path: Path) -> None:
    """Three are as many as the format has; it is told."""
    names = ["A", "B", "C", "D"]
    product = factories.product(slug="four", option_names=names)
    factories.variant(product=product, options=dict.fromkeys(names, "x"), price="1", on_hand=1)
    factories.variant(product=factories.product(slug="none"), price="1", on_hand=1)
    out, output = StringIO(), StringIO()

    call_command("tradepost_export", str(tmp_path / "out.csv"), format="shopify", stdout=out, stderr=output)

    assert out.getvalue() == "1 products.\n"
    assert output.getvalue() == "four: has more than three options, and is left out.\n"
    assert "four" not in (tmp_path / "out.csv").read_text()


def test_an_archived_product_stays_archived_and_is_told(run: Import) -> None:
    """Whoever reads the file in should know why it isn't seen."""
    run(HEADER + VASE)
    Product.objects.update(archived_at=clock.now())

    assert "line 2: the product is archived, and stays so" in run(HEADER + VASE)
    assert Product.objects.get().archived_at is not None


def test_handles_that_no_text_can_have_are_told(run: Import) -> None:
    """A zero character is a problem of its row."""
    assert "line 2, Handle: has a character that text can't contain" in run("Handle,Title\nmu\x00g,Mug\ncup,Cup\n")
    assert list(Product.objects.values_list("slug", flat=True)) == ["cup"]
