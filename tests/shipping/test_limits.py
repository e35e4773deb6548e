"""The load of a method, and the effects of its limits, sizes, handling and exclusions on a price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Collection
from tradepost.core import versions
from tradepost.shipping.models import FlatRate, FreeOver, Pickup, PriceTable, QuantityTable, WeightTable
from tradepost.shipping.ports import Destination, Goods, Parcel, Quote
from tradepost.shipping.services import rates
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
NAMED = {"name": "Post", "currency": "EUR"}
BY_KILO = {"BACKEND": "tradepost.shipping.packers.ByWeight", "OPTIONS": {"max_grams": 1000}}


def goods(quantity: int = 1, weight: int = 100, sides: tuple[int, int, int] | None = None, **values: Any) -> Goods:
    return Goods(**{"sku": "A", "name": "Lamp", "quantity": quantity, "weight": weight, "sides": sides, **values})


def quotes(*inside: Goods) -> dict[str, Quote]:
    """Quotes by code."""
    delivery = Parcel.of(inside, "EUR")
    return {quote.code: quote for quote in rates().load(Destination("DE"), "EUR", [delivery])(delivery)}


def said(quote: Quote) -> str:
    return quote.reason if quote.amount is None else str(quote.amount)


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (None, "5.00"),
        ((1200, 600, 600), "5.00"),
        ((1201, 1, 1), "Too long."),
        ((1200, 700, 501), "Too large."),
        ((1000, 700, 600), "Too large."),
    ],
)
def test_what_is_too_long_or_too_large_is_not_carried(sides: tuple[int, int, int] | None, expected: str) -> None:
    """1200 mm the longest side, 3600 mm with twice the others; what has no sides isn't limited."""
    FlatRate.objects.create(code="post", amount=5, max_side=1200, max_girth=3600, **NAMED)
    FlatRate.objects.filter(code="post").update(max_volume=None if sides != (1000, 700, 600) else 419_999)

    assert said(quotes(goods(1, 100, sides))["post"]) == expected


def test_the_volume_of_all_units_counts() -> None:
    """Two of 1 l and a limit of 2 l; the third is too much."""
    FlatRate.objects.create(code="post", amount=5, max_volume=2000, **NAMED)
    litre = (100, 100, 100)

    assert [said(quotes(goods(n, 100, litre))["post"]) for n in (2, 3)] == ["5.00", "Too large."]


@pytest.mark.parametrize(
    ("quantity", "grams", "sides", "expected"),
    [
        (1, 1000, (500, 400, 300), "12.00"),  # 60 l are 12 kg by 5000
        (1, 1000, (250, 200, 100), "4.00"),  # 5 l are 1 kg
        (1, 1000, (251, 200, 100), "8.00"),  # 20 cm³ more
        (2, 900, (250, 200, 100), "8.00"),
        (1, 1900, (250, 200, 100), "8.00"),
        (1, 900, None, "4.00"),
    ],
)
def test_volume_counts_as_weight(quantity: int, grams: int, sides: tuple[int, int, int] | None, expected: str) -> None:
    """5000 cm³ are a kilogram; the greater of both is charged."""
    bands = [["1000", "4"], ["2000", "8"], ["12000", "12"]]
    WeightTable.objects.create(code="table", bands=bands, volume_divisor=5000, **NAMED)

    assert said(quotes(goods(quantity, grams, sides))["table"]) == expected


def test_bands_by_quantity() -> None:
    """One, up to five, no more."""
    QuantityTable.objects.create(code="table", bands=[["1", "2"], ["5", "6.5"]], **NAMED)

    assert [said(quotes(goods(n))["table"]) for n in (1, 2, 5, 6)] == [
        "2.00",
        "6.50",
        "6.50",
        "Not available for this parcel.",
    ]


def test_handling_is_added_once() -> None:
    """Also to what costs nothing by itself, but not to what is free by its value."""
    FlatRate.objects.create(code="flat", amount=5, handling=Decimal("1.50"), **NAMED)
    Pickup.objects.create(code="shop", handling=2, **NAMED)
    FreeOver.objects.create(code="free", amount=4, threshold=20, handling=1, **NAMED)

    small, large = (quotes(goods(value=Decimal(value), gross=Decimal(value))) for value in ("19.99", "20.00"))

    assert {code: said(quote) for code, quote in small.items()} == {"flat": "6.50", "shop": "2.00", "free": "5.00"}
    assert {code: said(quote) for code, quote in large.items()} == {"flat": "6.50", "shop": "2.00", "free": "0.00"}


def test_handling_is_not_below_zero() -> None:
    """The database says so, too."""
    method = FlatRate.objects.create(code="flat", amount=5, **NAMED)
    method.handling = Decimal(-1)

    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        method.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        method.save()


@pytest.mark.parametrize(("after", "amount", "missing"), [(True, "4.90", "5.00"), (False, "0.00", "0.00")])
def test_free_over_before_or_after_discounts(after: bool, amount: str, missing: str) -> None:
    """20.00 less 5.00 with a threshold of 20.00."""
    FreeOver.objects.create(code="free", amount=Decimal("4.90"), threshold=20, after_discounts=after, **NAMED)

    quote = quotes(goods(value=Decimal("15.00"), gross=Decimal("20.00")))["free"]

    assert (str(quote.amount), quote.free_after) == (amount, Decimal(missing))


def test_only_what_a_value_makes_free_says_what_is_missing() -> None:
    """A flat rate doesn't."""
    FlatRate.objects.create(code="flat", amount=5, **NAMED)

    assert quotes(goods())["flat"].free_after is None


def test_products_are_excluded_by_hand_and_by_collection() -> None:
    """Each method says for which goods it is not; a collection by a rule excludes what the rule selects."""
    lamp, vase, book = (factories.product(name=name, is_featured=name == "Vase") for name in ("Lamp", "Vase", "Book"))
    chosen, ruled = (Collection.objects.create(name=slug, slug=slug) for slug in ("chosen", "ruled"))
    chosen.products.add(book)
    Collection.objects.filter(pk=ruled.pk).update(rule={"featured": True})
    FlatRate.objects.create(code="all", amount=1, **NAMED)
    FlatRate.objects.create(code="no-lamps", amount=1, **NAMED).excluded_products.add(lamp)
    FlatRate.objects.create(code="no-books", amount=1, **NAMED).excluded_collections.add(chosen)
    careful = FlatRate.objects.create(code="careful", amount=1, **NAMED)
    careful.excluded_products.add(lamp)
    careful.excluded_collections.add(ruled)
    inside = [goods(name=entry.name, product_id=entry.pk) for entry in (lamp, vase)]

    assert {code: said(quote) for code, quote in quotes(*inside).items()} == {
        "all": "1.00",
        "no-lamps": "Not available for: Lamp.",
        "no-books": "1.00",
        "careful": "Not available for: Lamp, Vase.",
    }
    assert said(quotes(goods(name="Book", product_id=book.pk))["no-books"]) == "Not available for: Book."


def test_exclusions_by_hand_cost_no_query_and_collections_two() -> None:
    """However many methods, collections and goods there are."""
    products = [factories.product() for _ in range(4)]
    inside = [goods(product_id=product.pk) for product in products]
    for n in range(3):
        FlatRate.objects.create(code=f"flat{n}", amount=1, **NAMED).excluded_products.add(*products[:2])

    quotes(*inside)
    with versions.one_reading(), CaptureQueriesContext(connection) as by_hand:
        quotes(*inside)
    for n, method in enumerate(FlatRate.objects.all()):
        method.excluded_collections.add(Collection.objects.create(name=f"c{n}", slug=f"c{n}"))
    quotes(*inside)
    with versions.one_reading(), CaptureQueriesContext(connection) as by_collection:
        quotes(*inside)

    assert (len(by_hand), len(by_collection)) == (1, 3)


def test_a_method_is_paid_for_each_parcel(settings: Any) -> None:
    """1.8 kg by 900 g are two parcels; what depends on the value, and what is fetched, is paid once."""
    settings.TRADEPOST_SHIPPING = {"PACKER": BY_KILO}
    FlatRate.objects.create(code="flat", amount=5, per_item=1, handling=1, **NAMED)
    WeightTable.objects.create(code="weight", bands=[["1000", "4"]], **NAMED)
    QuantityTable.objects.create(code="items", bands=[["1", "3"]], **NAMED)
    PriceTable.objects.create(code="value", bands=[["40", "2"]], **NAMED)
    FreeOver.objects.create(code="free", amount=4, threshold=40, **NAMED)
    Pickup.objects.create(code="shop", amount=1, **NAMED)

    result = quotes(goods(2, 900, value=Decimal(40), gross=Decimal(40)))

    assert {code: said(quote) for code, quote in result.items()} == {
        "flat": "13.00",
        "weight": "8.00",
        "items": "6.00",
        "value": "2.00",
        "free": "0.00",
        "shop": "1.00",
    }
    assert {quote.parcels for quote in result.values()} == {2}


def test_a_method_carries_all_parcels_or_none(settings: Any) -> None:
    """One that is too heavy is enough."""
    settings.TRADEPOST_SHIPPING = {"PACKER": BY_KILO}
    FlatRate.objects.create(code="flat", amount=5, max_weight=1000, **NAMED)

    assert said(quotes(goods(1, 400), goods(1, 900))["flat"]) == "10.00"
    assert said(quotes(goods(1, 400), goods(1, 1001))["flat"]) == "Too heavy."


def test_the_earliest_day_is_not_after_the_latest() -> None:
    """It is refused where it is written."""
    with pytest.raises(ValidationError, match="earlier than the earliest"):
        FlatRate(code="flat", amount=5, min_days=3, max_days=2, **NAMED).clean()
