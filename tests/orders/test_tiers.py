"""Tiers by what customers have spent: prices and promotions come with the tier's group."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from tests.locks import take_locks_away
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.core.events import subscribe, unsubscribe
from tradepost.core.jobs import run
from tradepost.customers.events import SpendingChanged, TierChanged
from tradepost.customers.models import Customer, CustomerGroup, Tier, TierMembership
from tradepost.customers.services import (
    change_customer,
    create_customer,
    forget_tier,
    look_again,
    release_tier,
    set_tier,
)
from tradepost.orders import services
from tradepost.orders.models import Order
from tradepost.testing import deliver_events, frozen
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def committed() -> AbstractContextManager[Any]:
    """A block at whose end runs whatever waits for a commit, though nothing is committed in a test."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def tier(code: str, rank: int, threshold: str | None = None, currency: str = "EUR", days: int = 365) -> Tier:
    """With a group of its own."""
    rule = {"threshold": threshold, "currency": currency, "period_days": days} if threshold else {}
    group = CustomerGroup.objects.create(code=code, name=code.title())
    return Tier.objects.create(code=code, name=code.title(), rank=rank, group=group, **rule)


@pytest.fixture
def tiers(db: None) -> dict[str, Tier]:
    """Silver from 100 euros a year on, gold from 500, and one by hand above them."""
    rows = [tier("silver", 1, "100"), tier("gold", 2, "500"), tier("friends", 3)]
    return {row.code: row for row in rows}


@pytest.fixture
def changes(db: None) -> Any:
    """Events of changes of tiers."""
    heard: list[TierChanged] = []
    subscribe(TierChanged, heard.append, when="within", name="test")
    yield heard
    unsubscribe(TierChanged, "test")


@pytest.fixture
def anna(db: None) -> Any:
    """A customer."""
    return make.customer(name="Anna")


def buy(customer: Any, price: str, *, at: datetime = NOW, currency: str = "EUR", paid: bool = True) -> Order:
    """An order placed at a moment, as a checkout does it."""
    with clock.at(at), committed():
        order = make.order(make.line_row(price=price), currency=currency, customer_id=customer.pk)
        return make.pay(order) if paid else order


def codes(customer: Any) -> tuple[str, list[str]]:
    """Of the tier, and of the groups."""
    row = TierMembership.objects.filter(customer=customer).select_related("tier").first()
    groups = customer.groups.order_by("code").values_list("code", flat=True)
    return (row.tier.code if row is not None and row.tier is not None else ""), list(groups)


def test_an_order_brings_its_tier(anna: Any, tiers: Any, changes: list[TierChanged]) -> None:
    """Once it is confirmed, and not before; a cancelled one takes it away. Other groups of the customer stay."""
    anna.groups.add(CustomerGroup.objects.create(code="trade", name="Trade"))
    with frozen(NOW):
        order = buy(anna, "120.00", paid=False)
        deliver_events()
        assert codes(anna) == ("", ["trade"])

        with committed():
            make.pay(order)
        deliver_events()
        assert codes(anna) == ("silver", ["silver", "trade"])

        second = buy(anna, "380.00")
        deliver_events()
        assert codes(anna) == ("gold", ["gold", "trade"])

        with committed():
            services.apply(second, "cancel", by=SYSTEM, reason="test")
        deliver_events()
        assert codes(anna) == ("silver", ["silver", "trade"])
    assert changes == [
        TierChanged(anna.pk, "", "silver", by_hand=False),
        TierChanged(anna.pk, "silver", "gold", by_hand=False),
        TierChanged(anna.pk, "gold", "silver", by_hand=False),
    ]


def test_what_counts_is_sold_net_of_credits_in_one_currency(anna: Any, tiers: Any) -> None:
    """Within the period: the day on which an order falls out of it, the next job moves the customer."""
    with frozen(NOW) as now:
        buy(anna, "60.00", at=NOW - timedelta(days=364))
        buy(anna, "900.00", currency="USD")
        buy(anna, "900.00", paid=False)
        buy(anna, "900.00", at=NOW - timedelta(days=365))
        buy(make.customer(), "900.00")
        order = buy(anna, "40.00")
        services.evaluate_tiers([anna.pk])
        assert codes(anna) == ("silver", ["silver"])

        with committed():
            services.credit_goodwill(order, Decimal("0.01"), by=SYSTEM)
        deliver_events()
        assert codes(anna) == ("", [])
        buy(anna, "0.01")
        deliver_events()
        assert codes(anna) == ("silver", ["silver"])

        now.tick(days=1, seconds=1)
        assert run("tradepost.orders.tiers") == 1
        assert codes(anna) == ("", [])


def test_a_customer_put_by_hand_stays(anna: Any, tiers: Any, changes: list[TierChanged]) -> None:
    """Whatever they buy, until the day that was said; then the rule decides, by the job."""
    with frozen(NOW) as now:
        buy(anna, "120.00")
        set_tier(anna, tiers["friends"], until=NOW + timedelta(days=30))
        deliver_events()
        buy(anna, "500.00")
        deliver_events()
        assert (codes(anna), run("tradepost.orders.tiers")) == (("friends", ["friends"]), 0)

        now.tick(days=30)
        assert run("tradepost.orders.tiers") == 1
        assert codes(anna) == ("gold", ["gold"])
        row = TierMembership.objects.get(customer=anna)
        assert (row.is_by_hand, row.until, row.since) == (False, None, NOW + timedelta(days=30))

        set_tier(anna, None)
        now.tick(days=3)
        assert (run("tradepost.orders.tiers"), codes(anna)) == (0, ("", []))
        release_tier(anna)
        assert (run("tradepost.orders.tiers"), codes(anna)) == (1, ("gold", ["gold"]))
    assert [(change.after, change.by_hand) for change in changes] == [
        ("silver", False),
        ("friends", True),
        ("gold", False),
        ("", True),
        ("gold", False),
    ]


def test_an_end_that_is_over_is_refused(anna: Any, tiers: Any) -> None:
    """Nothing has changed."""
    with pytest.raises(Invalid) as refusal:
        set_tier(anna, tiers["gold"], until=clock.now())
    assert refusal.value.context["attr"] == "until"
    assert not TierMembership.objects.exists()


def test_tiers_that_come_later_are_for_who_has_bought_before(anna: Any) -> None:
    """The job finds them, once; a changed rule is looked at by the next one. Who bought nothing has no row."""
    with frozen(NOW):
        buy(anna, "120.00")
        make.customer()
        deliver_events()
        assert run("tradepost.orders.tiers") == 0
        silver = tier("silver", 1, "100")

        assert [run("tradepost.orders.tiers") for _ in range(2)] == [1, 0]
        assert codes(anna) == ("silver", ["silver"])
        assert TierMembership.objects.count() == 1

        silver.threshold = Decimal(121)
        silver.save()
        look_again()
        assert [run("tradepost.orders.tiers") for _ in range(2)] == [1, 0]
        assert codes(anna) == ("", [])


def test_a_tiers_group_is_kept_with_it(anna: Any, tiers: Any) -> None:
    """Whoever took it away by hand, or gave another tier's, finds it mended by the next look; a service doesn't."""
    with frozen(NOW):
        buy(anna, "120.00")
        deliver_events()
        anna.groups.set([tiers["gold"].group])

        services.evaluate_tiers([anna.pk])
        assert codes(anna) == ("silver", ["silver"])

        trade = CustomerGroup.objects.create(code="trade", name="Trade")
        change_customer(anna, {}, groups=["trade", "gold"])
    assert codes(anna) == ("silver", ["silver", trade.code])
    assert codes(create_customer({"name": "Ben"}, groups=["trade", "gold"])) == ("", ["trade"])


def test_a_shop_without_tiers_is_told_nothing(anna: Any) -> None:
    """No event, no row, no standing."""
    heard: list[Any] = []
    subscribe(SpendingChanged, heard.append, when="within", name="test")
    try:
        buy(anna, "120.00")
    finally:
        unsubscribe(SpendingChanged, "test")
    assert heard == []
    assert services.tier_standing(anna) is None
    assert not TierMembership.objects.exists()


def test_the_statements_of_a_look_are_constant(django_assert_num_queries: Any) -> None:
    """For one customer and for fifty, of whom each is moved."""
    with frozen(NOW):
        people = [make.customer() for _ in range(51)]
        for person in people:
            buy(person, "120.00")
        silver = tier("silver", 1, "100")
        tier("gold", 2, "500")
        services.has_earned_tiers()  # a process's first look loads them
        first, rest = [people[0].pk], [person.pk for person in people[1:]]
        with django_assert_num_queries(11) as one_moved:
            services.evaluate_tiers(first)
        with django_assert_num_queries(len(one_moved)):
            assert services.evaluate_tiers(rest) == 50
        assert TierMembership.objects.filter(tier=silver).count() == 51


def test_what_is_missing_is_told(anna: Any, tiers: Any) -> None:
    """To the lowest tier above; nothing to who is kept somewhere by hand."""
    with frozen(NOW):
        make.pay(buy(anna, "120.50", paid=False))  # and isn't committed yet
        standing = services.tier_standing(anna)
        assert standing is not None
        assert standing.following is not None
        assert (standing.code, standing.following.code) == ("", "silver")  # nobody has looked yet
        assert standing.following.missing == Decimal(0)
        services.evaluate_tiers([anna.pk])

        standing = services.tier_standing(anna)
        assert standing is not None
        assert standing.following is not None
        assert (standing.code, standing.following.code, standing.following.missing) == (
            "silver",
            "gold",
            Decimal("379.50"),
        )
        set_tier(anna, tiers["friends"])
        standing = services.tier_standing(anna)
        assert standing is not None
        assert (standing.code, standing.is_by_hand, standing.following) == ("friends", True, None)


def test_who_has_gone_has_no_tier(anna: Any, tiers: Any) -> None:
    """Neither by what they bought nor by the job."""
    with frozen(NOW):
        buy(anna, "120.00")
        deliver_events()
        forget_tier(anna)
        Customer.objects.filter(pk=anna.pk).update(anonymised_at=NOW)

        assert (services.evaluate_tiers([anna.pk]), run("tradepost.orders.tiers")) == (0, 0)
    assert codes(anna) == ("", [])
    assert not TierMembership.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"threshold": "100"},
        {"currency": "EUR"},
        {"period_days": 30},
        {"threshold": "0", "currency": "EUR", "period_days": 30},
        {"threshold": "100", "currency": "EUR", "period_days": 0},
    ],
    ids=str,
)
def test_half_a_rule_is_refused_by_the_database(values: dict[str, Any]) -> None:
    """An amount, a currency and days belong together."""
    group = CustomerGroup.objects.create(code="silver", name="Silver")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tier.objects.create(code="silver", name="Silver", rank=1, group=group, **values)
    assert not Tier.objects.exists()


def race(look: Callable[[], int]) -> tuple[list[Any], list[TierChanged]]:
    """Results of two looks at the same moment, and the events."""
    heard: list[TierChanged] = []
    subscribe(TierChanged, heard.append, when="within", name="race")
    try:
        return together([look, look]), heard
    finally:
        unsubscribe(TierChanged, "race")


@pytest.fixture
def looks(transactional_db: None) -> list[Any]:
    """Of customers who have earned a tier, each of whom is in none: they bought before there was one."""
    people = [make.customer() for _ in range(8)]
    for person in people:
        buy(person, "120.00", at=clock.now())
        TierMembership.objects.create(customer=person, since=clock.now())
    tier("silver", 1, "100")
    tier("gold", 2, "500")
    return people


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_make_one_change(looks: list[Any]) -> None:
    """The second one waits, and finds it made."""
    for person in looks:
        results, heard = race(partial(services.evaluate_tiers, [person.pk]))

        assert sorted(results) == [0, 1]
        assert heard == [TierChanged(person.pk, "", "silver", by_hand=False)]
        assert codes(person) == ("silver", ["silver"])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_change(looks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is said twice, or one of them fails, for at least one customer."""
    take_locks_away(monkeypatch)
    outcomes = [race(partial(services.evaluate_tiers, [person.pk])) for person in looks]

    assert any(len(heard) == 2 or any(isinstance(r, Exception) for r in results) for results, heard in outcomes)
