"""Staff's promotions, with a shape for each kind of condition and benefit, and their coupons."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.catalogue.models import Collection
from tradepost.core.db.polymorphic import kinds_of
from tradepost.customers.models import CustomerGroup
from tradepost.promotions.models import AmountOff, Benefit, Condition, Coupon, PercentageOff, Promotion
from tradepost.testing import factories

from .conftest import Staff

pytestmark = pytest.mark.django_db
SPRING: dict[str, Any] = {
    "code": "spring",
    "name": "Spring",
    "budget": {"amount": "500.00", "currency": "EUR"},
    "priority": 3,
    "conditions": [{"kind": "minimumvalue", "amount": {"amount": "50.00", "currency": "EUR"}, "categories": ["cups"]}],
    "benefits": [{"kind": "percentageoff", "percent": "10", "target": "order", "collection": "gifts"}],
}


@pytest.fixture
def goods() -> None:
    """Goods that promotions name."""
    factories.category("Cups", slug="cups")
    factories.product(slug="mug")
    Collection.objects.create(name="Gifts", slug="gifts")
    CustomerGroup.objects.create(code="trade", name="Trade")


def test_a_promotion_is_made_with_its_parts(staff: Callable[[str], Staff], goods: None) -> None:
    """Amounts with their currency, relations by slug; the rows are of their kinds."""
    caller = staff("marketing")

    answer = caller.post("promotions/", SPRING)

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["budget"], body["spent"]["amount"], body["is_active"]) == (SPRING["budget"], "0.00", True)
    [condition], [benefit] = body["conditions"], body["benefits"]
    assert (condition["kind"], condition["amount"], condition["categories"]) == (
        "minimumvalue",
        {"amount": "50.00", "currency": "EUR"},
        ["cups"],
    )
    assert (benefit["kind"], benefit["percent"], benefit["target"], benefit["collection"]) == (
        "percentageoff",
        "10",
        "order",
        "gifts",
    )
    assert PercentageOff.objects.get().percent == Decimal(10)
    assert Promotion.objects.get().currency == "EUR"
    assert caller.get("promotions/spring/").json() == body


def test_every_kind_is_written_and_read_the_same(staff: Callable[[str], Staff], goods: None) -> None:
    """The answer for one, sent back, makes the same one again."""
    money = {"amount": "5.00", "currency": "EUR"}
    conditions: list[dict[str, Any]] = [
        {"kind": "minimumvalue", "amount": money},
        {"kind": "minimumquantity", "quantity": 2, "products": ["mug"]},
        {"kind": "customergroups", "groups": ["trade"]},
        {"kind": "firstorder"},
        {"kind": "countries", "codes": ["DE", "AT"]},
        {"kind": "hours", "weekdays": [6, 7], "begin": "10:00:00", "end": None},
    ]
    benefits: list[dict[str, Any]] = [
        {"kind": "percentageoff", "percent": "12.5", "max_units": 2},
        {"kind": "amountoff", "amount": money, "target": "shipping"},
        {"kind": "bundleprice", "amount": money, "quantity": 3},
        {"kind": "cheapestfree", "quantity": 3},
        {"kind": "fixedprice", "amount": money},
        {"kind": "buyget", "buy": 2, "get": 1, "bought_collection": "gifts", "percent": "100"},
        {"kind": "freegift", "products": ["mug"]},
        {"kind": "tieredpercentage", "tiers": [["50", "5"], ["100", "10"]], "currency": "EUR"},
    ]
    assert {str(kind._meta.model_name) for kind in kinds_of(Condition)} >= {part["kind"] for part in conditions}
    caller, body = staff("marketing"), {"code": "all", "name": "All", "conditions": conditions, "benefits": benefits}

    first = caller.post("promotions/", body)
    assert first.status_code == 201, first.content
    parts = {name: first.json()[name] for name in ("conditions", "benefits")}
    again = caller.post("promotions/", {"code": "again", "name": "Again", **parts})

    assert again.status_code == 201, again.content
    assert {name: again.json()[name] for name in parts} == parts
    for name, sent in (("conditions", conditions), ("benefits", benefits)):
        for part, shown in zip(sent, parts[name], strict=True):
            assert {key: shown[key] for key in part} == part


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"code": "no code"}, "code"),
    ({"name": ""}, "name"),
    ({"budget": {"amount": "5.001", "currency": "EUR"}}, "budget"),
    ({"budget": {"amount": "5.00", "currency": "EUR"}, "max_discount": {"amount": "1", "currency": "USD"}}, "budget"),
    ({"starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, "ends_at"),
    ({"conditions": {}}, "conditions"),
    ({"conditions": [7]}, "conditions.0"),
    ({"conditions": [{}]}, "conditions.0.kind"),
    ({"conditions": [{"kind": "percentageoff"}]}, "conditions.0.kind"),
    ({"conditions": [{"kind": "countries", "codes": ["XX"]}]}, "conditions.0.codes"),
    ({"conditions": [{"kind": "customergroups", "groups": ["nope"]}]}, "conditions.0.groups"),
    ({"conditions": [{"kind": "hours", "weekdays": [8]}]}, "conditions.0.weekdays.0"),
    ({"conditions": [{"kind": "minimumvalue", "amount": "5"}]}, "conditions.0.amount"),
    ({"conditions": [{"kind": "firstorder", "promotion": 1}]}, "conditions.0.promotion"),
    ({"benefits": [{"kind": "percentageoff", "percent": "101"}]}, "benefits.0.percent"),
    ({"benefits": [{"kind": "percentageoff", "percent": "NaN"}]}, "benefits.0.percent"),
    ({"benefits": [{"kind": "percentageoff"}]}, "benefits.0.percent"),
    ({"benefits": [{"kind": "percentageoff", "percent": "5", "collection": "nope"}]}, "benefits.0.collection"),
    ({"benefits": [{"kind": "freegift"}]}, "benefits.0.products"),
    ({"benefits": [{"kind": "tieredpercentage", "tiers": [["x", "y"]]}]}, "benefits.0.tiers"),
    ({"benefits": [{"kind": "amountoff", "amount": {"amount": "-5", "currency": "EUR"}}]}, "benefits.0.amount"),
]


def test_what_cannot_be_is_refused_under_its_field(staff: Callable[[str], Staff], goods: None) -> None:
    """And nothing is written, nor is anything of a promotion that is there changed."""
    caller = staff("marketing")
    existing = factories.promotion("there", name="There")
    PercentageOff.objects.create(promotion=existing, percent=10)

    for change, attr in REFUSED:
        new = caller.post("promotions/", {**SPRING, **change})
        assert (new.status_code, new.json()["errors"][0]["attr"]) == (400, attr), (change, new.content)
        assert caller.patch("promotions/there/", change).status_code == 400, change
    assert [promotion.name for promotion in Promotion.objects.all()] == ["There"]
    assert (Condition.objects.count(), Benefit.objects.count()) == (0, 1)


def test_a_promotion_is_changed_and_lists_replace_the_old_ones(staff: Callable[[str], Staff], goods: None) -> None:
    """Fields that aren't named stay; so does the code of one that orders have."""
    caller = staff("marketing")
    caller.post("promotions/", SPRING)
    off = [{"kind": "amountoff", "amount": {"amount": "5.00", "currency": "EUR"}}]

    body = caller.patch("promotions/spring/", {"name": "Sale", "benefits": off, "is_active": False}).json()

    assert (body["name"], body["is_active"], body["priority"]) == ("Sale", False, 3)
    assert [part["kind"] for part in body["conditions"] + body["benefits"]] == ["minimumvalue", "amountoff"]
    assert (Benefit.objects.count(), AmountOff.objects.get().amount) == (1, Decimal(5))
    assert caller.patch("promotions/spring/", {"conditions": [], "budget": None}).json()["conditions"] == []
    Promotion.objects.update(used=1)
    refused = caller.patch("promotions/spring/", {"code": "other"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "in_use")


def test_a_promotion_is_deleted_until_an_order_has_it(staff: Callable[[str], Staff], goods: None) -> None:
    """With its parts and coupons."""
    caller = staff("marketing")
    caller.post("promotions/", SPRING)
    used = factories.promotion("used", coupon="USED")
    Promotion.objects.filter(pk=used.pk).update(used=2)

    assert caller.send("delete", "promotions/spring/").status_code == 204
    refused = caller.send("delete", "promotions/used/")

    assert (refused.status_code, refused.json()["context"]) == (409, {"by": "orders", "count": 2})
    assert [promotion.code for promotion in Promotion.objects.all()] == ["used"]
    assert (Condition.objects.count(), Benefit.objects.count(), Coupon.objects.count()) == (0, 0, 1)


def test_promotions_are_listed_and_found(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """In the order in which they are applied, by a constant number of queries."""
    for number in range(50):
        factories.promotion(f"p{number}", priority=number, coupon=f"C{number}")
    caller = staff("marketing")

    with django_assert_num_queries(6):
        rows = caller.get("promotions/", page_size=50).json()["results"]

    assert [row["code"] for row in rows][:2] == ["p49", "p48"]
    assert caller.get("promotions/", coupon="c7").json()["results"][0]["code"] == "p7"
    assert caller.get("promotions/", search="p12").json()["count"] == 1


def test_coupons_are_made_changed_and_deleted(staff: Callable[[str], Staff]) -> None:
    """A code is kept in capitals, found without case, and one promotion's."""
    factories.promotion("spring")
    caller, body = staff("marketing"), {"promotion": "spring", "code": " ten% ", "usage_limit": 5}

    made_now = caller.post("coupons/", body)
    assert (made_now.status_code, made_now.json()["code"]) == (201, "TEN%"), made_now.content
    again = caller.post("coupons/", body)
    assert (again.status_code, again.json()["errors"][0]["attr"]) == (400, "code")
    assert caller.post("coupons/", {**body, "promotion": "nope"}).json()["errors"][0]["attr"] == "promotion"
    assert caller.patch("coupons/ten%25/", {"usage_limit": None, "is_active": False}).json()["is_active"] is False
    assert caller.patch("coupons/ten%25/", {"code": "OTHER"}).status_code == 400
    Coupon.objects.update(used=3)
    below = caller.patch("coupons/ten%25/", {"usage_limit": 2})
    assert (below.status_code, below.json()["errors"][0]["attr"]) == (400, "usage_limit")
    assert caller.send("delete", "coupons/ten%25/").status_code == 409
    Coupon.objects.update(used=0)
    assert caller.send("delete", "coupons/ten%25/").status_code == 204


def test_many_coupons_are_made_once(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """By the same service as the admin's button; the list costs the same with many."""
    factories.promotion("spring")
    caller, body = staff("marketing"), {"promotion": "spring", "count": 50, "batch": "mail-1", "prefix": "S-"}

    answers = [caller.post("coupons/batches/", body, key="b1") for _time in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (201, {"batch": "mail-1", "count": 50, "used": 0})
    ] * 2
    with django_assert_num_queries(6):
        rows = caller.get("coupons/", batch="mail-1", is_used="false", page_size=50).json()
    assert (rows["count"], {row["promotion"] for row in rows["results"]}) == (50, {"spring"})
    assert all(row["code"].startswith("S-") and row["usage_limit"] == 1 for row in rows["results"])
    for change in ({"count": 0}, {"count": 20_001}, {"length": 4, "count": 20_000}, {"batch": ""}, {"prefix": 7}):
        assert caller.post("coupons/batches/", {**body, **change}).status_code == 400, change
    assert Coupon.objects.count() == 50


def test_coupons_are_made_of_codes_that_there_are(staff: Callable[[str], Staff]) -> None:
    """All or none: one that is wrong, twice in it or taken is named."""
    factories.promotion("spring", coupon="TAKEN")
    caller, body = staff("marketing"), {"promotion": "spring", "batch": "cards"}

    answers = [caller.post("coupons/batches/", {**body, "codes": ["a-1", " A-2 "]}, key="c1") for _time in range(2)]

    assert [answer.json() for answer in answers] == [{"batch": "cards", "count": 2, "used": 0}] * 2
    assert list(Coupon.objects.filter(batch="cards").order_by("pk").values_list("code", "usage_limit")) == [
        ("A-1", 1),
        ("A-2", 1),
    ]
    for codes, named in (
        (["b-1", "taken"], ["TAKEN"]),
        (["b-1", "B-1"], ["B-1"]),
        (["b-1", "b" * 41], None),
        ([], None),
        ([f"b-{number}" for number in range(1001)], None),
        (["b-1", " "], None),
    ):
        refused = caller.post("coupons/batches/", {**body, "codes": codes})
        assert refused.status_code == 400, codes
        assert named is None or refused.json()["context"]["codes"] == named
    for change in ({}, {"codes": ["b-1"], "count": 2}):
        assert caller.post("coupons/batches/", {**body, **change}).json()["errors"][0]["attr"] == "count"
    assert Coupon.objects.count() == 3


@pytest.mark.parametrize("number", [1, 50])
def test_a_batch_is_a_file(
    staff: Callable[[str], Staff], number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """As JSON, or as CSV whose cells no spreadsheet calculates with; batches are listed by name."""
    promotion = factories.promotion("spring")
    Coupon.objects.bulk_create(Coupon(promotion=promotion, code=f"=A{n}", batch="mail", used=1) for n in range(number))
    caller = staff("marketing")

    with django_assert_max_num_queries(6):
        rows = caller.get("coupons/batches/mail/").json()
    file = caller.get("coupons/batches/mail/", format="csv")

    assert [row["code"] for row in rows] == [f"=A{n}" for n in range(number)]
    assert file["Content-Type"].startswith("text/csv")
    lines = file.content.decode().splitlines()
    assert (lines[0].split(",")[:2], len(lines), lines[1].startswith("=")) == (["code", "promotion"], number + 1, False)
    assert caller.get("coupons/batches/").json() == [{"batch": "mail", "count": number, "used": number}]
    assert caller.get("coupons/batches/nope/").status_code == 404
    assert staff("orders").get("coupons/batches/").status_code == 403
