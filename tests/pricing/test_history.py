"""The history of prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.locks import take_locks_away
from tradepost.core import jobs, versions
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.pricing.models import Price, PriceChange
from tradepost.pricing.prices import history
from tradepost.pricing.services import NewPrice, set_prices
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def prices(**values: Any) -> list[tuple[str, int, Decimal, Decimal | None]]:
    """SKU, quantity, amount and price before of what is stored."""
    rows = Price.objects.filter(**values).order_by("variant__sku", "min_quantity")
    return list(rows.values_list("variant__sku", "min_quantity", "amount", "was_amount"))


def changes(**values: Any) -> list[tuple[int, Decimal | None, datetime]]:
    """Quantity, amount and moment of what was noted, the first first."""
    rows = PriceChange.objects.filter(**values).order_by("at", "pk")
    return list(rows.values_list("min_quantity", "amount", "at"))


def test_setting_prices_notes_what_changed() -> None:
    """A new one, another amount, a price that is taken away; what stays the same, or gets another price before, isn't noted."""
    mug, eur = make.variant(sku="MUG"), make.price_list()
    steps: list[tuple[int, str | None, str | None, int, set[int]]] = [
        (0, "10.00", None, 1, {mug.pk}),
        (1, "10.00", None, 1, set()),
        (2, "8.00", "10.00", 1, {mug.pk}),
        (3, "8.00", "11.00", 1, {mug.pk}),
        (4, "7.50", None, 10, {mug.pk}),
        (5, None, None, 1, {mug.pk}),
        (6, None, None, 1, set()),
    ]
    for days, amount, was, least, touched in steps:
        new = NewPrice(mug.pk, amount and Decimal(amount), was and Decimal(was), least)  # type: ignore[arg-type]
        with clock.at(DAY + timedelta(days=days)):
            assert set_prices(eur, [new]) == touched

    assert changes() == [
        (1, Decimal("10.00"), DAY),
        (1, Decimal("8.00"), DAY + timedelta(days=2)),
        (10, Decimal("7.50"), DAY + timedelta(days=4)),
        (1, None, DAY + timedelta(days=5)),
    ]
    assert prices() == [("MUG", 10, Decimal("7.50"), None)]


def test_other_prices_stay() -> None:
    """Of other variants, quantities and lists."""
    mug, cup, usd = make.variant(sku="A", price="10.00"), make.variant(sku="B", price="3.00"), make.price_list("usd")
    make.price(mug, "9.00", min_quantity=5)
    make.price(mug, "12.00", price_list=usd)

    set_prices(make.price_list(), [NewPrice(mug.pk, Decimal("11.00"))])

    assert prices(price_list__code="eur") == [
        ("A", 1, Decimal("11.00"), None),
        ("A", 5, Decimal("9.00"), None),
        ("B", 1, Decimal("3.00"), None),
    ]
    assert prices(price_list=usd) == [("A", 1, Decimal("12.00"), None)]
    assert cup.prices.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        NewPrice(1, Decimal("-0.01")),
        NewPrice(1, Decimal("0.00001")),
        NewPrice(1, Decimal("NaN")),
        NewPrice(1, Decimal(1), was=Decimal("-1")),
        NewPrice(1, Decimal(1), min_quantity=0),
    ],
)
def test_what_is_no_price_is_refused(wrong: NewPrice) -> None:
    """And nothing of the others is written: no amount is rounded in silence."""
    mug = make.variant()

    with pytest.raises(Invalid):
        set_prices(make.price_list(), [NewPrice(mug.pk, Decimal("10.00")), wrong])

    assert (Price.objects.count(), PriceChange.objects.count()) == (0, 0)


def test_a_price_can_be_named_once() -> None:
    """Which of two would count?"""
    mug = make.variant()

    with pytest.raises(Invalid):
        set_prices(make.price_list(), [NewPrice(mug.pk, Decimal(1)), NewPrice(mug.pk, Decimal(2))])

    assert not Price.objects.exists()


def test_thousands_of_prices_cost_as_many_queries_as_one() -> None:
    """New, changed and gone; on SQLite rows are inserted by some hundreds at once."""
    product, eur = make.product(), make.price_list()
    variants = [make.variant(product=product) for _ in range(60)]

    def count(number: int, amount: str | None) -> int:
        new = [NewPrice(variant.pk, amount and Decimal(amount)) for variant in variants[:number]]  # type: ignore[arg-type]
        versions.read_versions()  # each is a change of its own then
        with CaptureQueriesContext(connection) as seen:
            assert len(set_prices(eur, new)) == number
        return len([query for query in seen if "SAVEPOINT" not in query["sql"]])

    few = [count(1, amount) for amount in ("1.00", "2.00", None)]
    many = [count(60, amount) for amount in ("1.00", "2.00", None)]

    assert few == many
    assert max(many) == 7  # one of them is the token of the change


def test_what_was_written_around_the_services_is_noted_by_the_job() -> None:
    """New rows from when they were written, other amounts, rows that are gone; a second run finds nothing."""
    mug, cup, hat = (make.variant(sku=sku, price="10.00") for sku in "ABC")
    Price.objects.update(updated_at=DAY)
    assert jobs.run("tradepost.pricing.record_prices") == 3
    assert jobs.run("tradepost.pricing.record_prices") == 0

    Price.objects.filter(variant=mug).update(amount=Decimal("9.00"))  # leaves updated_at as it was
    Price.objects.filter(variant=cup).update(amount=Decimal("8.00"), updated_at=DAY + timedelta(days=3))
    Price.objects.filter(variant=hat).delete()
    later = DAY + timedelta(days=9)
    with clock.at(later):
        assert jobs.run("tradepost.pricing.record_prices") == 3
        assert jobs.run("tradepost.pricing.record_prices") == 0

    assert changes(variant=mug) == [(1, Decimal("10.00"), DAY), (1, Decimal("9.00"), later)]
    assert changes(variant=cup) == [(1, Decimal("10.00"), DAY), (1, Decimal("8.00"), DAY + timedelta(days=3))]
    assert changes(variant=hat) == [(1, Decimal("10.00"), DAY), (1, None, later)]


def test_setting_a_price_notes_what_nobody_noted_before() -> None:
    """The old amount is known with the time at which its row was written."""
    mug = make.variant(price="10.00")
    Price.objects.update(updated_at=DAY)

    with clock.at(DAY + timedelta(days=5)):
        set_prices(make.price_list(), [NewPrice(mug.pk, Decimal("8.00"))])

    assert changes() == [(1, Decimal("10.00"), DAY), (1, Decimal("8.00"), DAY + timedelta(days=5))]
    assert history.record_all() == 0


def test_the_database_refuses_a_change_below_zero() -> None:
    """Whoever writes it."""
    mug, eur = make.variant(), make.price_list()
    for wrong in ({"amount": Decimal("-0.01")}, {"amount": Decimal(1), "min_quantity": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceChange.objects.create(price_list=eur, variant=mug, at=DAY, **wrong)

    assert not PriceChange.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_set_a_price_at_once() -> None:
    """Each waits for the one before: one price, and a history that ends with it."""
    mug, eur = make.variant(), make.price_list()

    results = together([partial(set_prices, eur, [NewPrice(mug.pk, Decimal(n))]) for n in range(1, 6)])

    assert results == [{mug.pk}] * 5
    noted = [amount for _least, amount, _at in changes()]
    assert sorted(noted) == [Decimal(n) for n in range(1, 6)]  # type: ignore[type-var]
    assert Price.objects.get().amount == noted[-1]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_price_may_be_noted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: all see that there is no price yet, and each notes the same one."""
    mug, eur = make.variant(), make.price_list()
    take_locks_away(monkeypatch)

    for _ in range(20):
        together([partial(set_prices, eur, [NewPrice(mug.pk, Decimal(1))])] * 5)
        if PriceChange.objects.count() > 1:
            return
        PriceChange.objects.all().delete()
        Price.objects.all().delete()
    pytest.fail("The race never happened.")
