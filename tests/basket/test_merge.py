"""Two baskets become one."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.events import BasketMerged
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.core.errors import TransitionRefused
from tradepost.core.events import subscribe, unsubscribe
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def rows(basket: AbstractBasket) -> list[tuple[str, int]]:
    """The lines of a basket."""
    return sorted(basket.lines.values_list("variant__sku", "quantity"))


def filled(basket: AbstractBasket, **units: int) -> AbstractBasket:
    """A basket with so many units by SKU."""
    for sku, quantity in units.items():
        variant = Variant.objects.filter(sku=sku).first() or make.variant(sku=sku, price="10.00")
        services.add(basket, variant, quantity)
    return basket


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("Add", [("A", 3), ("B", 1)]), ("Maximum", [("A", 2), ("B", 1)]), ("KeepTheirs", [("A", 1)])],
)
def test_baskets_merge_by_the_chosen_policy(settings: Any, policy: str, expected: list) -> None:
    """The source is closed, its coupons move once."""
    settings.TRADEPOST_BASKET = {"MERGE": f"tradepost.basket.merge_policies.{policy}"}
    source, into = filled(services.open_basket(), A=2, B=1), filled(services.open_basket(), A=1)
    Basket.objects.filter(pk=source.pk).update(coupon_codes=["X", "Y"])
    Basket.objects.filter(pk=into.pk).update(coupon_codes=["Y", "Z"])

    result = services.merge(source, into)

    assert result == into
    assert rows(into) == expected
    assert result.coupon_codes == ["Y", "Z", "X"]
    source.refresh_from_db()
    assert (source.status, source.merged_into_id, rows(source)) == ("merged", into.pk, [])


def test_merging_twice_is_merging_once() -> None:
    """And it is told once."""
    entries: list[BasketMerged] = []
    subscribe(BasketMerged, entries.append, when="within", name="test")
    source, into = filled(services.open_basket(), A=2), filled(services.open_basket(), A=1)
    try:
        services.merge(source, into)
        services.merge(source, into)
        services.merge(into, into)
    finally:
        unsubscribe(BasketMerged, "test")

    assert rows(into) == [("A", 3)]
    assert entries == [BasketMerged(source_id=source.pk, into_id=into.pk)]


def test_limits_hold_when_baskets_merge(settings: Any) -> None:
    """Of units and of codes."""
    settings.TRADEPOST_BASKET = {"MAX_QUANTITY": 4, "MAX_COUPONS": 1}
    source, into = filled(services.open_basket(), A=3), filled(services.open_basket(), A=3)
    Basket.objects.filter(pk=source.pk).update(coupon_codes=["X", "Y"])

    result = services.merge(source, into)

    assert rows(into) == [("A", 4)]
    assert result.coupon_codes == ["X"]


def test_a_submitted_basket_is_not_merged() -> None:
    """Neither way."""
    submitted, other = filled(services.open_basket(), A=2), filled(services.open_basket(), A=1)
    submitted.submit()
    submitted.save()

    for source, into in ((submitted, other), (other, submitted)):
        with pytest.raises(BasketNotOpen):
            services.merge(source, into)

    assert (rows(submitted), rows(other)) == ([("A", 2)], [("A", 1)])


def test_a_guest_who_signs_in_brings_their_basket() -> None:
    """{A, B} and {A} become {A: 2, B}; a second time changes nothing."""
    ada = make.customer()
    guests, hers = filled(services.open_basket(), A=1, B=1), filled(services.basket_of(ada), A=1)

    assert services.sign_in(guests.uuid, ada) == hers
    assert services.sign_in(str(guests.uuid), ada) == hers

    assert rows(hers) == [("A", 2), ("B", 1)]


def test_the_basket_of_a_guest_becomes_the_first_of_a_customer() -> None:
    """With its UUID, so that a checkout that was begun goes on."""
    ada, guests = make.customer(), filled(services.open_basket(), A=1)

    result = services.sign_in(guests.uuid, ada)

    assert (result.uuid, result.customer_id, result.status) == (guests.uuid, ada.pk, "open")
    assert services.basket_of(ada) == result
    assert Basket.objects.count() == 1


def test_signing_in_takes_no_basket_of_others() -> None:
    """Nor one that isn't there, or is submitted."""
    ada, eve = make.customer(), make.customer()
    hers, submitted = filled(services.basket_of(eve), A=1), filled(services.open_basket(), A=1)
    submitted.submit()
    submitted.save()

    for uuid in (hers.uuid, submitted.uuid, None, "nonsense"):
        result = services.sign_in(uuid, ada)
        assert (result.customer_id, rows(result)) == (ada.pk, [])

    assert rows(hers) == [("A", 1)]


def test_a_submitted_basket_comes_back_with_what_was_begun_meanwhile() -> None:
    """The customer's newer one is merged into it."""
    ada = make.customer()
    first = filled(services.basket_of(ada), A=1)
    first.submit()
    first.save()
    newer = filled(services.basket_of(ada), B=2)

    result = services.reopen(first)

    assert (result.pk, result.status, rows(result)) == (first.pk, "open", [("A", 1), ("B", 2)])
    newer.refresh_from_db()
    assert (newer.status, newer.merged_into_id) == ("merged", first.pk)
    assert services.basket_of(ada) == first


def test_an_expired_basket_comes_back_unless_there_is_a_newer_one() -> None:
    """Which stays the customer's."""
    ada = make.customer()
    first = filled(services.basket_of(ada), A=1)
    first.submit()
    first.save()
    newer = services.basket_of(ada)

    assert not services.reopen_if_alone(first)
    newer.delete()
    assert services.reopen_if_alone(first)
    assert services.basket_of(ada) == first


def test_a_closed_basket_does_not_come_back() -> None:
    """Its order is confirmed."""
    basket = services.open_basket()
    basket.close()
    basket.save()

    with pytest.raises(TransitionRefused):
        services.reopen(basket)
