"""Staff keep price lists and set prices by the API; each change stands in the history."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Variant
from tradepost.core.errors import Invalid
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.models import ExchangeRate, Price, PriceChange, PriceList, Zone
from tradepost.pricing.services import SkuPrice, set_prices_by_sku
from tradepost.testing import factories

from .conftest import Goods, errors

pytestmark = pytest.mark.django_db


def eur(amount: str) -> dict[str, str]:
    """Euros."""
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def mug() -> Variant:
    """Priced at 12.50."""
    return factories.variant(sku="MUG", price="12.50")


def test_prices_are_set_by_quantity_and_taken_away(goods: Goods, mug: Variant) -> None:
    """Those that aren't named stay; what changed is told, and noted."""
    factories.variant(sku="CUP")
    rows = [
        {"variant": "MUG", "amount": eur("9.9950"), "was": eur("12.50")},
        {"variant": "MUG", "amount": eur("8"), "min_quantity": 10},
        {"variant": "CUP", "amount": None},
    ]

    first = goods("post", "price-lists/eur/prices/", {"prices": rows})
    again = goods("post", "price-lists/eur/prices/", {"prices": rows})
    gone = goods("post", "price-lists/eur/prices/", {"prices": [{"variant": "MUG", "amount": None}]})

    assert [answer.json() for answer in (first, again, gone)] == [
        {"changed": ["MUG"]},
        {"changed": []},
        {"changed": ["MUG"]},
    ]
    [row] = goods("get", "prices/?variant=MUG").json()["results"]
    assert {name: row[name] for name in ("price_list", "variant", "min_quantity", "amount", "was")} == {
        "price_list": "eur",
        "variant": "MUG",
        "min_quantity": 10,
        "amount": eur("8.00"),
        "was": None,
    }
    changes = goods("get", "price-changes/?variant=MUG").json()["results"]
    assert [(row["min_quantity"], row["amount"]) for row in changes] == [
        (1, None),
        (10, eur("8.00")),
        (1, eur("9.995")),
        (1, eur("12.50")),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"variant": "NONE", "amount": eur("1")}, ("invalid", "prices")),
        ({"variant": "mug", "amount": eur("1")}, ("invalid", "prices")),
        ({"variant": "MUG", "amount": {"amount": "1", "currency": "USD"}}, ("invalid", "prices")),
        ({"variant": "MUG", "amount": eur("1"), "was": {"amount": "2", "currency": "USD"}}, ("invalid", "prices")),
        ({"variant": "MUG", "amount": eur("-1")}, ("invalid", "prices.1.amount")),
        ({"variant": "MUG", "amount": eur("1.00005")}, ("unit_places", "prices.1.amount")),
        ({"variant": "MUG", "amount": "1.00"}, ("invalid", "prices.1.amount")),
        ({"variant": "MUG"}, ("required", "prices.1.amount")),
        ({"variant": "MUG", "amount": eur("1"), "min_quantity": 0}, ("min_value", "prices.1.min_quantity")),
        ({"variant": "CUP", "amount": eur("2")}, ("invalid", "prices")),
    ],
)
def test_one_wrong_price_and_none_is_set(
    goods: Goods, mug: Variant, row: dict[str, Any], expected: tuple[str, str]
) -> None:
    """With its place, or with the SKU among the facts."""
    factories.variant(sku="CUP")

    answer = goods("post", "price-lists/eur/prices/", {"prices": [{"variant": "CUP", "amount": eur("1")}, row]})

    assert errors(answer) == [(400, ""), expected]
    assert list(Price.objects.values_list("variant__sku", "amount")) == [("MUG", 12.5)]
    assert "variant_id" not in answer.content.decode()


def test_prices_are_in_the_currency_that_the_list_has_by_now(mug: Variant) -> None:
    """One without prices may have got another since it was read: the amount would mean that one."""
    empty = factories.price_list(code="new")
    PriceList.objects.filter(pk=empty.pk).update(currency="USD")

    with pytest.raises(Invalid) as refused:
        set_prices_by_sku(empty, [SkuPrice(sku="MUG", amount=Decimal(10), currency="EUR")])

    assert refused.value.context["currency"] == "USD"
    assert not Price.objects.filter(price_list=empty).exists()


def test_a_price_list_is_made_and_scheduled(goods: Goods) -> None:
    """For whom, where and when it holds; times in UTC."""
    CustomerGroup.objects.create(code="trade", name="Trade")
    Zone.objects.create(code="eu", name="EU")
    body = {
        "code": "winter",
        "name": "Winter",
        "currency": "EUR",
        "groups": ["trade"],
        "zones": ["eu"],
        "priority": 5,
        "starts_at": "2027-01-01T00:00:00+01:00",
    }

    created = goods("post", "price-lists/", body)
    changed = goods("patch", "price-lists/winter/", {"ends_at": "2027-02-01T00:00:00Z", "groups": []})
    backwards = goods("patch", "price-lists/winter/", {"ends_at": "2026-01-01T00:00:00Z"})

    assert created.status_code == 201
    assert created.json() == {
        **body,
        "includes_tax": True,
        "channel": "",
        "converts": None,
        "rounding": "unit",
        "margin": "0.000000",
        "starts_at": "2026-12-31T23:00:00Z",
        "ends_at": None,
        "is_active": True,
    }
    assert (changed.json()["ends_at"], changed.json()["groups"]) == ("2027-02-01T00:00:00Z", [])
    assert errors(backwards) == [(400, ""), ("invalid", "ends_at")]
    assert PriceList.objects.get().ends_at == datetime(2027, 2, 1, tzinfo=UTC)


def test_the_meaning_of_prices_does_not_change(goods: Goods, mug: Variant) -> None:
    """Neither currency nor basis while there are some; a list that is followed stays."""
    ExchangeRate.objects.create(currency="USD", base="EUR", rate="0.5", valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    usd = {"code": "usd", "name": "USD", "currency": "USD", "converts": "eur"}

    follower = goods("post", "price-lists/", usd)
    converted = goods("get", "prices/?price_list=usd").json()["results"]
    currency = goods("patch", "price-lists/eur/", {"currency": "CHF"})
    basis = goods("patch", "price-lists/eur/", {"includes_tax": False})
    followed = goods("delete", "price-lists/eur/")
    no_rate = goods("post", "price-lists/", {**usd, "code": "chf", "currency": "CHF"})
    deleted = goods("delete", "price-lists/usd/")

    assert (follower.status_code, follower.json()["converts"]) == (201, "eur")
    assert [(row["amount"], row["is_converted"]) for row in converted] == [
        ({"amount": "25.00", "currency": "USD"}, True)
    ]
    assert (errors(currency), currency.json()["context"]) == (
        [(409, ""), ("in_use", None)],
        {"by": "prices", "count": 1},
    )
    assert errors(basis) == [(409, ""), ("in_use", None)]
    assert followed.json()["context"] == {"by": "price_lists", "count": 1}
    assert errors(no_rate) == [(409, ""), ("no_exchange_rate", None)]
    assert deleted.status_code == 204
    assert list(PriceList.objects.values_list("code", "currency")) == [("eur", "EUR")]
    assert PriceChange.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"currency": "XXX"}, ("invalid", "currency")),
        ({"code": "eur"}, ("unique", "code")),
        ({"groups": ["nobody"]}, ("invalid", "groups")),
        ({"converts": "none"}, ("invalid", "converts")),
        ({"margin": "-1"}, ("min_value", "margin")),
        ({"priority": 40_000}, ("max_value", "priority")),
        ({"starts_at": "soon"}, ("invalid", "starts_at")),
    ],
)
def test_a_price_list_that_cannot_be_is_refused(
    goods: Goods, mug: Variant, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    """With the field and a code; nothing is stored."""
    answer = goods("post", "price-lists/", {"code": "new", "name": "New", "currency": "EUR", **body})

    assert errors(answer) == [(400, ""), expected]
    assert PriceList.objects.count() == 1


def test_setting_and_listing_prices_costs_the_same_for_one_and_for_fifty(goods: Goods) -> None:
    """Whatever the number of variants."""
    factories.price_list()
    costs: dict[str, list[int]] = {"set": [], "prices/": [], "price-changes/": [], "price-lists/": []}
    for path in ("prices/", "price-changes/", "price-lists/"):
        goods("get", path)
    for number in (1, 50):
        rows = [{"variant": factories.variant().sku, "amount": eur("1")} for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert len(goods("post", "price-lists/eur/prices/", {"prices": rows}).json()["changed"]) == number
        costs["set"].append(len(captured))
        for path in ("prices/", "price-changes/", "price-lists/"):
            with CaptureQueriesContext(connection) as captured:
                assert goods("get", f"{path}?page_size=100").status_code == 200
            costs[path].append(len(captured))

    assert [len(set(queries)) for queries in costs.values()] == [1, 1, 1, 1], costs
