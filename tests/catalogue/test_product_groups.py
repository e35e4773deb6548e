"""Groups of products, copies, and combinations of options, by their services."""

from __future__ import annotations

import pytest

from tradepost.catalogue import services
from tradepost.catalogue.errors import DuplicateOptions
from tradepost.catalogue.models import Collection, Image, Product, Tag, Variant
from tradepost.core.errors import Invalid
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(db: None) -> None:
    """A category, two tags, a collection by hand and one by a rule."""
    make.category("Kitchen")
    for name in ("Sale", "New"):
        Tag.objects.create(slug=name.lower(), name=name)
    Collection.objects.create(slug="gifts", name="Gifts")
    Collection.objects.create(slug="on-sale", name="On sale", rule={"tags": ["sale"]})


def test_a_product_joins_and_leaves_groups(groups: None) -> None:
    """Others stay, and what changes nothing writes nothing."""
    product = make.product()
    product.tags.add(Tag.objects.get(slug="new"))
    services.add_to_groups(product, categories=["kitchen"], tags=["sale"], collections=["gifts"])
    before = Product.objects.get(pk=product.pk).version
    services.add_to_groups(product, categories=["kitchen"], tags=["sale"], collections=["gifts"])

    assert Product.objects.get(pk=product.pk).version == before
    assert sorted(product.tags.values_list("slug", flat=True)) == ["new", "sale"]
    services.remove_from_groups(product, tags=["sale", "new"], collections=["gifts"])
    assert not product.tags.exists()
    assert product.categories.get().slug == "kitchen"
    assert not Collection.objects.get(slug="gifts").products.exists()


def test_a_collection_with_a_rule_takes_nobody_by_hand(groups: None) -> None:
    """And a group that isn't there is named."""
    product = make.product()
    for call in (services.add_to_groups, services.remove_from_groups):
        with pytest.raises(Invalid, match="on-sale"):
            call(product, collections=["on-sale"])
        with pytest.raises(Invalid) as refusal:
            call(product, tags=["nothing"])
        assert refusal.value.context["unknown"] == ["nothing"]


def test_collections_are_set(groups: None) -> None:
    """Those with a rule are left alone."""
    product = make.product()
    Collection.objects.get(slug="on-sale").products.add(product)
    services.set_collections(product, ["gifts"])
    services.set_collections(product, ["gifts"])
    assert product.collections.count() == 2
    services.set_collections(product, [])
    assert product.collections.get().slug == "on-sale"


def test_a_copy_keeps_what_describes_it(groups: None) -> None:
    """And gets what names it anew."""
    product = make.product(name="Mug", option_names=["Size"], brand="Kiln", metadata={"shelf": 4})
    for size in ("S", "M"):
        make.variant(product=product, sku=size, options={"Size": size}, barcode="4006", weight=7)
    gone = make.variant(product=product, sku="GONE", options={"Size": "XL"})
    services.archive_variant(gone)
    Image.objects.create(product=product, variant=product.variants.get(sku="S"), source_url="https://example.com/1.png")
    copy, keys = services.duplicate_product(product, name="Mug")

    assert (copy.brand, copy.metadata, copy.is_published) == ("Kiln", {"shelf": 4}, False)
    assert copy.slug != product.slug
    rows = {row.sku: row for row in copy.variants.all()}
    assert {sku: (row.options, row.barcode, row.weight) for sku, row in rows.items()} == {
        "S-copy": ({"Size": "S"}, "", 7),
        "M-copy": ({"Size": "M"}, "", 7),
    }
    assert copy.images.get().variant == rows["S-copy"]
    assert keys == {product.variants.get(sku=sku).pk: rows[f"{sku}-copy"].pk for sku in ("S", "M")}


def test_combinations_that_are_missing_are_made() -> None:
    """Each once, however they are written."""
    variant = make.variant(sku="MUG", weight=7)
    keys = services.combine_options(variant.product, {"Size": ["S", "M", " m "], "Colour": ["red"]})

    variant.refresh_from_db()
    assert variant.options == {"Size": "S", "Colour": "red"}
    assert [Variant.objects.get(pk=pk).options for pk in keys] == [{"Size": "M", "Colour": "red"}]
    assert services.combine_options(variant.product, {"Size": ["S", "M"], "Colour": ["red"]}) == []


def test_an_option_that_tells_variants_apart_stays() -> None:
    """Nothing is changed where two would be the same."""
    variant = make.variant(sku="MUG")
    services.combine_options(variant.product, {"Size": ["S", "M"]})
    with pytest.raises(DuplicateOptions):
        services.combine_options(variant.product, {})
    with pytest.raises(Invalid):
        services.combine_options(variant.product, {"Size": ["S"], "Colour": [" "]})
    assert Product.objects.get(pk=variant.product_id).option_names == ["Size"]
