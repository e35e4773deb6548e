"""Orders on behalf of customers, by the calls of staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.api.conftest import ADDRESS
from tradepost.api.models import IdempotencyRecord
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout.services import find_draft
from tradepost.orders.models import Order
from tradepost.promotions.models import PercentageOff
from tradepost.testing import deliver_events, factories

from .conftest import Staff, errors

pytestmark = pytest.mark.django_db

Department = Callable[[str], Staff]
SAID = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}


@pytest.fixture
def eva(staff: Department, shop: Variant) -> Staff:
    """She takes the orders of a shop that sells mugs at 12.50 and sends parcels for 4.90."""
    return staff("orders")


def begun(eva: Staff, **fields: Any) -> str:
    """A draft with two mugs that lacks nothing; its address."""
    answer = eva.post("drafts/", {"title": "By phone"})
    assert answer.status_code == 201, answer.content
    path = f"drafts/{answer.json()['uuid']}/"
    assert eva.post(f"{path}lines/", {"variant": "MUG", "quantity": 2}).status_code == 201
    assert eva.patch(path, {**SAID, **fields}).status_code == 200
    return path


def total(answer: Any) -> str:
    """Of the draft that is shown."""
    assert answer.status_code < 300, answer.content
    return str(answer.json()["checkout"]["totals"]["total"]["amount"])


def test_a_phone_call_becomes_an_order(eva: Staff) -> None:
    """Begun, filled, priced, looked at, and placed with a link that goes by mail."""
    path = begun(eva)
    draft = eva.get(path).json()
    assert (draft["status"], draft["author"], draft["order"], draft["checkout"]["can_complete"]) == (
        "open",
        "orders@shop",
        "",
        True,
    )
    (line,) = draft["lines"]
    priced = eva.patch(
        f"{path}lines/{line['uuid']}/",
        {"quantity": 3, "manual_price": {"kind": "percent", "value": "10", "reason": "a dent"}},
    )
    assert (total(priced), priced.json()["manual_prices"][0]["by"]) == ("38.65", "orders@shop")
    preview = eva.post(f"{path}preview/").json()
    assert (preview["before"], preview["difference"], preview["payments"]) == (None, None, [])
    assert preview["after"]["total"] == {"amount": "38.65", "currency": "EUR"}

    body = {"expected_total": preview["after"]["total"], "link": {"days": 3}}
    placed = eva.post(f"{path}place/", body, key="p1")

    assert placed.status_code == 201, placed.content
    answer = placed.json()
    assert (answer["order"]["source"], answer["order"]["total"]["amount"], answer["payment"]) == (
        "staff",
        "38.65",
        None,
    )
    assert answer["link"]["token"]
    assert eva.post(f"{path}place/", body, key="p1").json() == answer
    assert answer["link"]["token"] not in str(IdempotencyRecord.objects.get(key="p1").answer)
    deliver_events()
    assert [answer["link"]["token"] in message.body for message in mail.outbox] == [True]
    closed = eva.get(path).json()
    assert (closed["status"], closed["order"]) == ("submitted", answer["order"]["number"])
    shown = eva.get(f"orders/{answer['order']['number']}/").json()
    assert [(row["kind"], row["reason"], row["actor"]) for row in shown["lines"][0]["adjustments"]] == [
        ("manual", "a dent", "orders@shop")
    ]


def test_what_was_paid_at_the_counter_is_booked(eva: Staff) -> None:
    """By who may book money by hand."""
    path = begun(eva, payment_method="cod")
    body = {"receipt": {"reference": "bon 7", "reason": "cash"}}
    assert errors(eva.post(f"{path}place/", body))[0] == (403, "")
    assert Order.objects.count() == 0
    eva.permit("book_by_hand")

    answer = eva.post(f"{path}place/", body).json()

    assert (answer["order"]["status"], answer["order"]["payment_status"]) == ("confirmed", "paid")
    assert (answer["payment"]["method"], answer["payment"]["status"]) == ("cod", "captured")


def test_an_unpaid_order_is_changed(eva: Staff) -> None:
    """The preview says what is owed more; the old order names the new one, and the other way round."""
    number = eva.post(f"{begun(eva)}place/").json()["order"]["number"]
    draft = eva.post(f"orders/{number}/edit/")
    assert (draft.status_code, draft.json()["replaces"]) == (201, number)
    path = f"drafts/{draft.json()['uuid']}/"
    eva.patch(f"{path}lines/{draft.json()['lines'][0]['uuid']}/", {"quantity": 5})
    preview = eva.post(f"{path}preview/").json()
    assert (preview["before"]["total"]["amount"], preview["difference"]["amount"]) == ("29.90", "37.50")

    new = eva.post(f"{path}place/").json()["order"]["number"]

    assert [row["number"] for row in eva.get("drafts/", replaces=number).json()["results"] if "number" in row] == []
    assert (eva.get(f"orders/{number}/").json()["status"], eva.get(f"orders/{number}/").json()["replaced_by"]) == (
        "cancelled",
        new,
    )
    assert eva.get(f"orders/{new}/").json()["replaces"] == number
    assert errors(eva.post(f"orders/{number}/edit/"))[:2] == [(409, ""), ("order_closed", None)]


def test_prices_and_customers_need_permissions_of_their_own(staff: Department, eva: Staff) -> None:
    """Support takes orders at the shop's prices; who may not see customers names none."""
    path = begun(staff("support"))
    support = staff("catalogue")
    support.permit("manage_drafts")
    manual = {"kind": "price", "value": "1", "reason": "x"}
    assert support.post(f"{path}lines/", {"variant": "MUG", "manual_price": manual}).status_code == 403
    line = support.get(path).json()["lines"][0]["uuid"]
    assert support.patch(f"{path}lines/{line}/", {"manual_price": None}).status_code == 403
    customer = factories.customer()
    assert support.post("drafts/", {"customer": str(customer.uuid)}).status_code == 403
    assert support.patch(path, {"customer": str(customer.uuid)}).status_code == 403
    assert eva.post(f"{path}lines/", {"variant": "MUG", "manual_price": manual}).status_code == 201


def test_a_discount_on_all_goods_needs_the_permission_for_prices(staff: Department, eva: Staff) -> None:
    """It is shown beside the prices of lines; other goods under it need the permission, too."""
    support = staff("support")
    path = begun(support)
    discount = {"kind": "percent", "value": "10", "reason": "late"}
    assert support.patch(path, {"manual_discount": discount}).status_code == 403
    assert support.patch(path, {"manual_discount": None}).status_code == 403

    answer = eva.patch(path, {"manual_discount": discount})
    assert answer.json()["manual_discount"] == {**discount, "by": "orders@shop"}
    assert (total(answer), answer.json()["manual_prices"]) == ("27.40", [])  # 25.00 less 2.50, and 4.90
    assert support.post(f"{path}lines/", {"variant": "MUG"}).status_code == 403
    assert eva.get(path).json()["lines"][0]["quantity"] == 2
    assert errors(eva.patch(path, {"manual_discount": {**discount, "kind": "price"}}))[1:] == [
        ("invalid_choice", "manual_discount.kind")
    ]
    assert errors(eva.patch(path, {"manual_discount": {**discount, "value": "101"}}))[1:] == [("invalid", "value")]
    assert total(eva.patch(path, {"manual_discount": None})) == "29.90"
    assert support.post(f"{path}lines/", {"variant": "MUG"}).status_code == 201


def test_a_draft_is_for_a_customer(eva: Staff) -> None:
    """With their e-mail; it isn't their basket."""
    customer = factories.customer(email="bob@example.com", name="Bob")
    answer = eva.post("drafts/", {"customer": str(customer.uuid)}).json()
    assert (answer["customer"]["email"], answer["checkout"]["email"]) == ("bob@example.com", "bob@example.com")
    assert not Basket.objects.open().exists()
    other = eva.patch(f"drafts/{answer['uuid']}/", {"customer": None, "title": "Somebody else"})
    assert (other.json()["customer"], other.json()["title"]) == (None, "Somebody else")


def test_coupons_lines_and_the_whole_are_taken_away(eva: Staff) -> None:
    """Each call answers with the draft."""
    PercentageOff.objects.create(promotion=factories.promotion(coupon="TEN"), percent=10)
    path = begun(eva)
    assert eva.post(f"{path}coupons/", {"code": "ten"}).json()["coupons"] == [{"code": "TEN", "applied": True}]
    assert eva.send("delete", f"{path}coupons/TEN/").json()["coupons"] == []
    assert eva.get(f"{path}explain/").status_code == 200
    line = eva.get(path).json()["lines"][0]["uuid"]
    assert eva.send("delete", f"{path}lines/{line}/").json()["lines"] == []
    assert errors(eva.post(f"{path}place/"))[0] == (409, "")
    assert eva.send("delete", path).status_code == 204
    assert eva.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("post", "lines/", {"variant": "NONE"}, 400, "invalid"),
        ("post", "lines/", {"variant": "MUG", "quantity": 0}, 400, "min_value"),
        (
            "post",
            "lines/",
            {"variant": "MUG", "manual_price": {"kind": "gift", "value": "1", "reason": "x"}},
            400,
            None,
        ),
        (
            "post",
            "lines/",
            {"variant": "MUG", "manual_price": {"kind": "price", "value": "x", "reason": "x"}},
            400,
            None,
        ),
        (
            "post",
            "lines/",
            {"variant": "MUG", "manual_price": {"kind": "price", "value": "NaN", "reason": "x"}},
            400,
            None,
        ),
        ("patch", "", {"consents": {"terms": "1"}}, 400, "unknown_field"),
        ("patch", "", {"currency": "XXX"}, 400, None),
        ("patch", "", {"customer": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, 400, None),
        ("patch", "", {"email": "no address"}, 400, None),
        ("post", "place/", {"language": "xx"}, 400, None),
        ("post", "place/", {"expected_total": {"amount": "1.00", "currency": "EUR"}}, 409, "total_changed"),
        ("post", "place/", {"link": {"days": 0}}, 400, "min_value"),
    ],
)
def test_what_cant_be_is_refused(
    eva: Staff, method: str, path: str, body: dict[str, Any], status: int, code: str | None
) -> None:
    """With a reason, and nothing is placed."""
    answer = eva.send(method, f"{begun(eva)}{path}", body)
    assert answer.status_code == status, answer.content
    assert code is None or answer.json()["errors"][0]["code"] == code
    assert not Order.objects.exists()


def test_drafts_are_listed_and_found(eva: Staff) -> None:
    """By title, e-mail and state; the latest first."""
    first, second = begun(eva), begun(eva, email="bob@example.com")
    eva.post(f"{first}place/")

    def uuids(**query: Any) -> list[str]:
        return [f"drafts/{row['uuid']}/" for row in eva.get("drafts/", **query).json()["results"]]

    assert uuids() == [second, first]
    assert uuids(status="open") == [second]
    assert uuids(search="bob") == [second]
    assert uuids(search="phone") == [second, first]


@pytest.mark.parametrize("number", [1, 50])
def test_lists_and_drafts_cost_the_same_with_many(
    eva: Staff, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """However many drafts, and lines in one."""
    path = begun(eva)
    basket = find_draft(path.split("/")[1]).basket
    for index in range(number - 1):
        baskets.add(basket, factories.variant(price="1.00", sku=f"S{index}"), 1)
        eva.post("drafts/")
    with django_assert_max_num_queries(8):
        assert eva.get("drafts/").status_code == 200
    with django_assert_max_num_queries(18):
        assert eva.get(path).status_code == 200


def test_other_units_at_a_price_by_hand_need_the_permission_for_prices(staff: Department, eva: Staff) -> None:
    """Not more of them, not fewer, and none beside them; taking the line away is anybody's."""
    path = begun(eva)
    line = eva.get(path).json()["lines"][0]["uuid"]
    manual = {"kind": "amount", "value": "12.00", "reason": "for two"}
    assert total(eva.patch(f"{path}lines/{line}/", {"manual_price": manual})) == "17.90"
    support = staff("support")
    for method, where, body in (
        ("patch", f"lines/{line}/", {"quantity": 1}),
        ("patch", f"lines/{line}/", {"quantity": 100}),
        ("post", "lines/", {"variant": "MUG", "quantity": 1}),
    ):
        assert support.send(method, f"{path}{where}", body).status_code == 403
    assert (total(eva.get(path)), eva.get(path).json()["lines"][0]["quantity"]) == ("17.90", 2)
    assert support.send("delete", f"{path}lines/{line}/").status_code == 200
    assert support.get(path).json()["manual_prices"] == []
    assert support.post(f"{path}lines/", {"variant": "MUG", "quantity": 3}).status_code == 201


def test_a_line_is_changed_as_a_whole_or_not_at_all(eva: Staff) -> None:
    """A refusal leaves nothing behind, so that sending it again adds nothing twice."""
    path = begun(eva)
    line = eva.get(path).json()["lines"][0]["uuid"]
    wrong = {"kind": "percent", "value": "101", "reason": "x"}
    assert eva.post(f"{path}lines/", {"variant": "MUG", "quantity": 1, "manual_price": wrong}).status_code == 400
    right = {"kind": "percent", "value": "50", "reason": "x"}
    assert eva.patch(f"{path}lines/{line}/", {"quantity": 1_000_000, "manual_price": right}).status_code == 409
    draft = eva.get(path).json()
    assert (draft["lines"][0]["quantity"], draft["manual_prices"]) == (2, [])


def test_the_highest_price_by_hand_is_placed(eva: Staff) -> None:
    """A higher one is refused before the draft or its order has amounts that no column holds."""
    path = begun(eva)
    line = f"{path}lines/{eva.get(path).json()['lines'][0]['uuid']}/"
    for value in ("100000000000.0001", "999999999999999.9999"):
        manual = {"kind": "price", "value": value, "reason": "x"}
        assert errors(eva.patch(line, {"manual_price": manual})) == [(400, ""), ("invalid", "value")]
    manual = {"kind": "price", "value": "100000000000", "reason": "x"}
    assert total(eva.patch(line, {"manual_price": manual, "quantity": 2})) == "200000000004.90"
    assert eva.post(f"{path}place/").json()["order"]["total"]["amount"] == "200000000004.90"
