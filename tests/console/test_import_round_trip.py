"""An exported file comes back: into the same shop nothing changes, and an empty shop becomes the same."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradepost.catalogue.models import Attribute, Category, Image, Product, ProductType, Tag, Variant
from tradepost.inventory.models import StockLevel
from tradepost.testing import factories

pytestmark = pytest.mark.django_db

ODD = st.text("abzABZ09ßé ,;|>\\/'\"=+-@#&<\t\n*.", min_size=1, max_size=12)
NAMES = ODD.filter(lambda text: text == text.strip() and text)
TEXTS = st.one_of(st.just(""), ODD)
PARTS = ["a|b", "c, d", "=1", "\\", "'+", "plain"]


@dataclass
class Plan:
    """A product to be made."""

    name: str
    description: str
    brand: str
    tags: list[str]
    categories: list[list[str]]
    sizes: list[str]
    skus: list[str]
    alts: list[str]
    note: str
    parts: list[str]
    barcode: str


@st.composite
def plans(draw: st.DrawFn) -> list[Plan]:
    skus = draw(st.lists(NAMES, min_size=4, max_size=4, unique=True))
    return [
        Plan(
            name=draw(NAMES),
            description=draw(TEXTS),
            brand=draw(TEXTS),
            tags=draw(st.lists(NAMES, max_size=3, unique=True)),
            categories=draw(st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=2)),
            sizes=draw(st.lists(NAMES, min_size=2, max_size=2, unique=True)),
            skus=[skus.pop(), skus.pop()],
            alts=draw(st.lists(TEXTS, max_size=2)),
            note=draw(NAMES),
            parts=draw(st.lists(st.sampled_from(PARTS), unique=True, min_size=1)),
            barcode=draw(NAMES),
        )
        for _number in range(2)
    ]


def make(plan: Plan, number: int, product_type: ProductType) -> None:
    product = factories.product(
        name=plan.name,
        slug=f"product-{number}",
        description=plan.description,
        brand=plan.brand,
        option_names=["Size, or so"],
        product_type=product_type,
        attributes={"note": plan.note, "parts": plan.parts},
    )
    for name in plan.tags:
        tag, _made = Tag.objects.get_or_create(name=name, defaults={"slug": f"tag-{Tag.objects.count()}"})
        product.tags.add(tag)
    for path in plan.categories:
        parent = None
        for name in path:
            beside = Category.objects.filter(depth=parent.depth + 1 if parent else 1, name=name)
            same = beside.filter(path__startswith=parent.path if parent else "").first()
            slug = f"category-{Category.objects.count()}"
            parent = same or factories.category(name, parent=parent, slug=slug)
            parent.refresh_from_db()
        product.categories.add(parent)
    for size, sku in zip(plan.sizes, plan.skus, strict=True):
        factories.variant(
            product=product, sku=sku, options={"Size, or so": size}, barcode=plan.barcode, price="2.5", on_hand=3
        )
    for position, alt in enumerate(plan.alts):
        url = f"https://img.example/{number}.jpg"
        Image.objects.create(product=product, source_url=url, alt=alt, position=position)


def odd_type(**values: Any) -> ProductType:
    """A type with attributes that are hard to write into a cell."""
    kind = factories.product_type("odd", **values)
    Attribute.objects.create(product_type=kind, code="note", name="Note, or so")
    Attribute.objects.create(product_type=kind, code="parts", name="Parts", kind="choices", choices=PARTS)
    return kind


def run(command: str, path: str, name: str) -> str:
    out = StringIO()
    call_command(f"tradepost_{command}", path, format=name, stdout=out, stderr=out)
    return out.getvalue()


def shop() -> list[Any]:
    """Everything that the files can say, without blanks around texts."""
    names = dict(Category.objects.values_list("path", "name"))
    paths = {
        category.pk: tuple(names[category.path[:end]] for end in range(4, len(category.path) + 1, 4))
        for category in Category.objects.all()
    }
    return [
        (
            product.slug,
            product.name,
            product.description.strip(),
            product.brand.strip(),
            product.product_type.code,
            product.attributes,
            sorted(tag.name for tag in product.tags.all()),
            sorted(paths[category.pk] for category in product.categories.all()),
            [
                (v.sku, v.barcode, v.options, v.prices.get().amount, v.stock_levels.get().on_hand)
                for v in product.variants.all()
            ],
            [(image.source_url, image.alt.strip()) for image in product.images.all()],
        )
        for product in Product.objects.order_by("slug")
    ]


def empty() -> None:
    StockLevel.objects.all().delete()
    Product.objects.all().delete()
    Category.objects.all().delete()
    Tag.objects.all().delete()
    Attribute.objects.all().delete()
    ProductType.objects.all().delete()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans())
def test_our_own_format_loses_nothing(plan: list[Plan]) -> None:
    """Names with separators, quotes, line breaks, and cells that begin as formulas do."""
    with transaction.atomic(), TemporaryDirectory() as folder:
        kind = odd_type()
        for number, entry in enumerate(plan):
            make(entry, number, kind)
        before = shop()
        path = str(Path(folder) / "out.csv")
        run("export", path, "tradepost")

        assert run("import", path, "tradepost") == "2 products: 0 new, 0 changed, 2 unchanged.\n"
        assert shop() == before
        empty()
        assert "2 products: 2 new, 0 changed, 0 unchanged.\n" in run("import", path, "tradepost")
        assert shop() == before
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans())
def test_a_shopify_file_of_ours_changes_nothing_in_the_same_shop(plan: list[Plan]) -> None:
    """Though the format has no tree of categories, one picture for each address, and HTML instead of text."""
    with transaction.atomic(), TemporaryDirectory() as folder:
        kind = odd_type(tax_class="reduced", kind="service")
        for number, entry in enumerate(plan):
            entry.alts = entry.alts[:1]
            make(entry, number, kind)
        before = shop()
        path = str(Path(folder) / "out.csv")
        run("export", path, "shopify")

        assert run("import", path, "shopify") == "2 products: 0 new, 0 changed, 2 unchanged.\n"
        assert shop() == before
        transaction.set_rollback(True)


def test_types_with_their_attributes_come_back_into_an_empty_shop(tmp_path: Path) -> None:
    """The file brings the definition of each type."""
    table = factories.product_type("table")
    rows = [
        {"code": "legs", "kind": "number", "unit": "pieces"},
        {"code": "wood", "kind": "choice", "choices": ["a|b", "c"]},
    ]
    for position, row in enumerate(rows):
        Attribute.objects.create(product_type=table, name=row["code"].title(), position=position, **row)
    factories.variant(
        product=factories.product(product_type=table, slug="t", attributes={"legs": 4.5, "wood": "a|b"}),
        price="3",
        on_hand=1,
    )
    path = str(tmp_path / "out.csv")
    run("export", path, "tradepost")
    before = Path(path).read_text()
    empty()

    assert run("import", path, "tradepost") == (
        "out.csv, line 2: the product type 'table' was made\n1 product: 1 new, 0 changed, 0 unchanged.\n"
    )

    assert Product.objects.get().attributes == {"legs": 4.5, "wood": "a|b"}
    product_types = ProductType.objects.get().attributes.values_list("code", "kind", "unit", "choices")
    assert list(product_types) == [("legs", "number", "pieces", []), ("wood", "choice", "", ["a|b", "c"])]
    run("export", path, "tradepost")
    assert Path(path).read_text() == before


def test_a_product_without_variants_stays_without(tmp_path: Path) -> None:
    """A row whose cells of variants are all empty has none, in both formats."""
    factories.price_list()
    factories.location()
    product = factories.product(slug="empty")
    for name in ("tradepost", "shopify"):
        run("export", str(tmp_path / "out.csv"), name)

        assert run("import", str(tmp_path / "out.csv"), name) == "1 product: 0 new, 0 changed, 1 unchanged.\n"
        assert not product.variants.exists()


def test_what_shopify_cannot_tell_stays(tmp_path: Path) -> None:
    """A limit of backorders, a reduced tax class, a category in the tree, a type of our own, stock that the type tracks."""
    kind = factories.product_type("tableware")
    product = factories.product(slug="mug", product_type=kind, tax_class="reduced")
    variant = factories.variant(product=product, sku="MUG", price="3", on_hand=2)
    StockLevel.objects.filter(variant=variant).update(backorder_limit=4)
    product.categories.add(factories.category("Mugs", parent=factories.category("Kitchen")))
    before = (list(Product.objects.values()), list(Variant.objects.values()), list(StockLevel.objects.values()))
    run("export", str(tmp_path / "out.csv"), "shopify")

    assert run("import", str(tmp_path / "out.csv"), "shopify") == "1 product: 0 new, 0 changed, 1 unchanged.\n"

    assert (list(Product.objects.values()), list(Variant.objects.values()), list(StockLevel.objects.values())) == before
    assert list(product.categories.values_list("name", "depth")) == [("Mugs", 2)]
