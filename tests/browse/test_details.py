"""One product with its offers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost import browse
from tradepost.catalogue.models import Attribute, Image
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
GUEST = browse.Visitor(currency="EUR")


def test_a_detail_holds_each_variants_price_stock_and_picture() -> None:
    """Available units are those that can still be promised; archived variants are left out."""
    shirt = make.product(name="Shirt", slug="shirt", option_names=["Size"])
    small = make.variant(product=shirt, options={"Size": "S"}, price="20", position=1)
    large = make.variant(product=shirt, options={"Size": "L"}, price="22", on_hand=3, position=2)
    make.variant(product=shirt, options={"Size": "XL"}, price="5", on_hand=3, archived_at=clock.now())
    make.stock(large, on_hand=4, reserved=1, location=make.location("second"))
    make.stock(large, on_hand=-2, location=make.location("third"))
    Image.objects.create(product=shirt, source_url="https://example.com/1.jpg", position=1)
    Image.objects.create(product=shirt, variant=large, source_url="https://example.com/2.jpg", position=2, alt="Large")

    detail = browse.detail("shirt", GUEST)

    assert [(o.variant.pk, o.price, o.available, o.in_stock, o.can_be_bought) for o in detail.offers] == [
        (small.pk, Decimal(20), 0, False, False),
        (large.pk, Decimal(22), 6, True, True),
    ]
    assert detail.offers[1].image == browse.Picture("https://example.com/2.jpg", "Large")
    assert [picture.alt for picture in detail.images] == ["Shirt", "Large"]
    assert detail.lead is detail.offers[1]
    assert detail.options == {"Size": ["S", "L"]}


def test_what_is_not_counted_is_in_stock_without_a_number() -> None:
    """A download has no stock level."""
    song = make.product(slug="song", product_type=make.product_type("file", track_stock=False))
    make.variant(product=song, price="1")

    [offer] = browse.detail("song", GUEST).offers

    assert (offer.available, offer.can_be_bought) == (None, True)


def test_properties_follow_the_types_schema() -> None:
    """In its order, with unit; values of no attribute are left out."""
    kind = make.product_type()
    Attribute.objects.create(product_type=kind, code="safe", name="Dishwasher", kind="boolean", position=2)
    Attribute.objects.create(product_type=kind, code="size", name="Height", kind="number", unit="cm", position=1)
    Attribute.objects.create(product_type=kind, code="for", name="For", kind="choices", position=3)
    values = {"safe": False, "size": 12, "for": ["tea", "coffee"], "gone": "x"}
    make.variant(product=make.product(slug="mug", attributes=values))

    properties = browse.detail("mug", GUEST).properties

    assert [(p.name, p.text) for p in properties] == [("Height", "12 cm"), ("Dishwasher", "No"), ("For", "tea, coffee")]


def test_a_product_without_variants_has_a_page_but_no_offer() -> None:
    """It can't be bought yet."""
    make.product(slug="idea")

    detail = browse.detail("idea", GUEST)

    assert (list(detail.offers), detail.lead) == ([], None)


@pytest.mark.parametrize("hidden", [{"is_published": False}, {"archived_at": clock.now()}])
def test_what_is_not_public_is_not_found(hidden: dict[str, Any]) -> None:
    """By nobody, as if it weren't there."""
    make.variant(product=make.product(slug="hidden", **hidden))

    with pytest.raises(NotFound):
        browse.detail("hidden", GUEST)


@pytest.mark.parametrize("number", [1, 50])
def test_a_detail_costs_four_queries(number: int, django_assert_num_queries: Any) -> None:
    """With one variant and picture, or fifty."""
    product = make.product(slug="big")
    for index in range(number):
        make.variant(product=product, price="3", on_hand=1, options={"N": str(index)})
        Image.objects.create(product=product, source_url="https://example.com/x.jpg")

    browse.detail("big", GUEST)  # what is kept in the process is there then
    with django_assert_num_queries(4):  # versions among them
        detail = browse.detail("big", browse.Visitor(currency="EUR"))

    assert len(detail.offers) == len(detail.images) == number
