"""Staff's orders: found, looked at, and acted on by the services that the admin's buttons call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.api.models import IdempotencyRecord
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Credit, Order, OrderEvent
from tradepost.orders.services import hold
from tradepost.testing import factories, placed

from .conftest import Staff

pytestmark = pytest.mark.django_db

EUR = {"currency": "EUR"}


@pytest.fixture
def paid() -> Order:
    """Three mugs at 10.00 and delivery for 5.00, paid."""
    mug = factories.variant(product=factories.product(name="Mug", slug="mug"), sku="MUG", price="10.00", on_hand=9)
    address = {"name": "Ada Byron", "line1": "Main St 1", "city": "Berlin", "postcode": "10115", "country": "DE"}
    order = placed.order(
        placed.line_row("10.00", 3, variant=mug, off="3.00"),
        shipping="5.00",
        email="ada@example.com",
        phone="+49 30 123456",
        shipping_address=address,
    )
    return placed.pay(order)


def line_of(order: Order) -> str:
    """The UUID of its only line."""
    return str(order.lines.get().uuid)


def numbers(answer: Any) -> list[str]:
    """Of the orders in a list."""
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_shows_every_order_with_its_money(staff: Callable[[str], Staff], paid: Order) -> None:
    """The latest first, whoever placed it."""
    newer = placed.order(email="bob@example.com", reserve=False)

    answer = staff("orders").get("orders/")

    assert numbers(answer) == [newer.number, paid.number]
    row = answer.json()["results"][1]
    assert (row["stage"], row["email"], row["customer"], row["hold"]) == ("paid", "ada@example.com", None, "")
    assert (row["total"], row["due"], row["paid"]) == (
        {"amount": "32.00", **EUR},
        {"amount": "32.00", **EUR},
        {"amount": "32.00", **EUR},
    )


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [("orders", True), ("finance", True), ("support", True), ("administrator", True), ("", False)],
)
def test_payments_beside_an_order_need_their_permission(
    staff: Callable[[str], Staff], paid: Order, role: str, is_shown: bool
) -> None:
    """As at ``payments/`` and in the dashboard: who may see orders alone sees their sums, and no payment."""
    caller = staff(role)
    caller.permit("view_order")
    shown = caller.get(f"orders/{paid.number}/").json()
    listed = caller.get("orders/", expand="payments").json()["results"][0]
    chosen = caller.get(f"orders/{paid.number}/", fields="payments").json()

    assert (caller.get("payments/").status_code == 200) is is_shown
    assert [each["payments"] is not None for each in (shown, listed, chosen)] == [is_shown] * 3
    assert shown["captured"] == listed["paid"] == {"amount": "32.00", **EUR}
    caller.permit("view_payment")
    assert caller.get(f"orders/{paid.number}/").json()["payments"] is not None


FILTERS: list[tuple[dict[str, Any], bool]] = [
    ({"status": "confirmed"}, True),
    ({"status": ["pending", "confirmed"]}, True),
    ({"status": "pending"}, False),
    ({"payment_status": "paid"}, True),
    ({"payment_status": "unpaid"}, False),
    ({"fulfilment_status": "unfulfilled"}, True),
    ({"stage": "paid"}, True),
    ({"stage": "shipped"}, False),
    ({"on_hold": "false"}, True),
    ({"on_hold": "true"}, False),
    ({"hold": "fraud"}, False),
    ({"email": "ADA@example.com"}, True),
    ({"email": "ada@example"}, False),
    ({"customer": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, False),
    ({"channel": "web"}, True),
    ({"channel": "shop"}, False),
    ({"currency": "eur"}, True),
    ({"sku": "MUG"}, True),
    ({"sku": "MU"}, False),
    ({"search": "ada@"}, True),
    ({"search": "byron"}, True),
    ({"search": "mug"}, True),
    ({"search": "30123456"}, False),
    ({"search": "+49 30 123456"}, True),
    ({"search": "  "}, True),
    ({"search": "%"}, False),
    ({"placed_before": "2001-01-01T00:00:00Z"}, False),
    ({"placed_after": "2001-01-01T00:00:00Z"}, True),
]


def test_filters(staff: Callable[[str], Staff], paid: Order) -> None:
    """Each alone; a beginning of the number is found as well."""
    caller = staff("orders")

    for query, is_in in [*FILTERS, ({"search": paid.number[:-1]}, True)]:
        assert numbers(caller.get("orders/", **query)) == ([paid.number] if is_in else []), query


REFUSED_FILTERS: list[dict[str, str]] = [
    {"status": "nope"},
    {"stage": "nope"},
    {"on_hold": "perhaps"},
    {"customer": "7"},
    {"placed_after": "yesterday"},
    {"ordering": "email"},
    {"search": "x" * 101},
    {"search": "\x00"},
]


def test_filters_that_cannot_be_are_refused(staff: Callable[[str], Staff]) -> None:
    """Whichever it is."""
    caller = staff("orders")

    for query in REFUSED_FILTERS:
        answer = caller.get("orders/", **query)
        assert (answer.status_code, answer.json()["type"]) == (400, "validation_error"), query


def test_the_list_is_ordered_and_equal_rows_keep_their_place(staff: Callable[[str], Staff], paid: Order) -> None:
    """By total and then by key, from page to page."""
    same = [placed.order(reserve=False).number for _number in range(3)]
    caller = staff("orders")

    pages = [numbers(caller.get("orders/", ordering="-total", page_size=2, page=page)) for page in (1, 2)]

    assert pages == [[paid.number, same[2]], [same[1], same[0]]]


def test_the_display_status_of_the_database_is_that_of_the_code(paid: Order) -> None:
    """Whatever the columns say."""
    changes: list[dict[str, Any]] = [
        {},
        {"hold": "fraud"},
        {"payment_status": "overpaid"},
        {"payment_status": "refunded"},
        {"payment_status": "unpaid"},
        {"status": "pending"},
        {"status": "pending", "hold": "fraud"},
        {"status": "processing"},
        {"status": "processing", "fulfilment_status": "partly_shipped"},
        {"status": "completed", "fulfilment_status": "delivered"},
        {"status": "cancelled", "hold": "x"},
        {"status": "expired"},
        {"fulfilment_status": "returned"},
        {"credited": Decimal(5)},
        {"credited": Decimal(5), "lines": 3},
        {"lines": 3},
        {"status": "gift_wrapped"},
    ]
    for change in changes:
        row = placed.order(reserve=False)
        lines = change.pop("lines", 0)
        row.lines.update(cancelled_quantity=1 if lines else 0)
        Order.objects.filter(pk=row.pk).update(**{"status": "confirmed", "payment_status": "paid", **change})
        stage = str(Order.objects.get(pk=row.pk).stage)

        assert row in Order.objects.at_stage(stage), (change, stage)
        others = {*Order.objects.all()} - {*Order.objects.at_stage(stage)}
        assert all(str(other.stage) != stage for other in others)


def test_an_order_is_shown_with_everything(staff: Callable[[str], Staff], paid: Order) -> None:
    """Rows, discounts, history, and what can be done with it now, with the reasons of what can't."""
    hold(paid, "fraud", by=SYSTEM)

    body = staff("support").get(f"orders/{paid.number}/").json()

    line = body["lines"][0]
    assert (line["sku"], line["quantity"], line["open_quantity"]) == ("MUG", 3, 3)
    assert line["adjustments"][0]["amount"] == {"amount": "-3.00", **EUR}
    assert body["charges"][0]["total"] == {"amount": "5.00", **EUR}
    assert [entry["kind"] for entry in body["history"]] == ["place", "confirm", "hold"]
    assert (body["hold"], body["stage"], body["parent"]) == ("fraud", "on_hold", None)
    transitions = {entry["name"]: [refusal["code"] for refusal in entry["refusals"]] for entry in body["transitions"]}
    assert transitions["cancel"] == []
    assert transitions["start_processing"] == ["on_hold"]


def test_an_order_that_is_not_there(staff: Callable[[str], Staff]) -> None:
    """404 in our form, for every call on it."""
    caller = staff("administrator")

    for number in ("NOPE", "1%00", "x" * 33):
        assert caller.get(f"orders/{number}/").status_code == 404
        assert caller.post(f"orders/{number}/hold/", {"code": "x"}).status_code == 404


def test_a_transition_is_made_once(staff: Callable[[str], Staff], paid: Order) -> None:
    """By whoever is signed in, with the reason; again it changes nothing."""
    caller, body = staff("orders"), {"name": "start_processing", "reason": "at last"}

    answers = [caller.post(f"orders/{paid.number}/transitions/", body) for _time in range(2)]

    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "processing")] * 2
    entry = OrderEvent.objects.get(kind="start_processing")
    assert (entry.actor_label, entry.actor_kind, entry.reason) == ("orders@shop", "staff", "at last")


def test_a_transition_that_is_refused_says_why(staff: Callable[[str], Staff], paid: Order) -> None:
    """409 with the reasons of the guards, and nothing has changed."""
    answer = staff("orders").post(f"orders/{paid.number}/transitions/", {"name": "complete"})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "transition_refused"
    assert [refusal["code"] for refusal in answer.json()["context"]["refusals"]] == ["not_fulfilled"]
    assert Order.objects.get().status == "confirmed"


def test_rules_are_overridden_by_those_who_may(staff: Callable[[str], Staff]) -> None:
    """With a reason; others are refused, though they may make transitions."""
    order = placed.order(reserve=False)
    path, body = f"orders/{order.number}/transitions/", {"name": "confirm", "override": True}
    orders, support = staff("orders"), staff("support")

    assert support.post(path, {**body, "reason": "paid in cash"}).status_code == 403
    no_reason = orders.post(path, body)
    assert (no_reason.status_code, no_reason.json()["errors"][0]["code"]) == (400, "reason_required")
    assert Order.objects.get().status == "pending"
    assert orders.post(path, {**body, "reason": "paid in cash"}).json()["status"] == "confirmed"


def test_a_transition_that_does_not_exist(staff: Callable[[str], Staff], paid: Order) -> None:
    """It is the caller's mistake, not ours."""
    answer = staff("orders").post(f"orders/{paid.number}/transitions/", {"name": "save"})

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "name")


def test_cancelling_is_previewed_and_then_done(staff: Callable[[str], Staff], paid: Order) -> None:
    """The preview's figures are those that come true; it writes nothing itself."""
    caller, path = staff("orders"), f"orders/{paid.number}/transitions/"

    preview = caller.post(f"{path}preview/", {"name": "cancel"})

    assert preview.status_code == 200
    before, after = preview.json()["before"], preview.json()["after"]
    assert (before["due"]["amount"], before["surplus"]["amount"]) == ("32.00", "0.00")
    assert (after["status"], after["credited"]["amount"], after["due"]["amount"]) == ("cancelled", "32.00", "0.00")
    assert (after["surplus"]["amount"], after["payment_status"]) == ("32.00", "overpaid")
    assert (Order.objects.get().status, Credit.objects.count()) == ("confirmed", 0)
    assert StockLevel.objects.get().reserved == 3

    cancelled = caller.post(path, {"name": "cancel"}).json()

    assert (cancelled["status"], cancelled["due"]["amount"]) == (after["status"], after["due"]["amount"])
    assert cancelled["payment_status"] == after["payment_status"]
    assert StockLevel.objects.get().reserved == 0


def test_a_refused_act_is_refused_in_the_preview(staff: Callable[[str], Staff], paid: Order) -> None:
    """In the same words."""
    caller, body = staff("orders"), {"name": "complete"}

    assert caller.post(f"orders/{paid.number}/transitions/preview/", body).json() == (
        caller.post(f"orders/{paid.number}/transitions/", body).json()
    )


def test_an_order_is_held_and_released(staff: Callable[[str], Staff], paid: Order) -> None:
    """A hold needs a code."""
    caller = staff("support")

    held = caller.post(f"orders/{paid.number}/hold/", {"code": "address", "reason": "no such street"})
    assert (held.json()["hold"], held.json()["stage"]) == ("address", "on_hold")
    assert caller.post(f"orders/{paid.number}/hold/", {"code": "no code"}).status_code == 400
    assert caller.post(f"orders/{paid.number}/release/").json()["hold"] == ""
    assert [event.kind for event in paid.events.all()][-2:] == ["hold", "hold_released"]


def test_a_note_is_kept_and_its_customer_never_sees_it(staff: Callable[[str], Staff], paid: Order) -> None:
    """With who wrote it; the same key writes it once, even when the answer was lost."""
    caller, path = staff("support"), f"orders/{paid.number}/notes/"

    first = caller.post(path, {"text": " Rings on Monday. "}, key="n1")
    IdempotencyRecord.objects.all().delete()
    again = caller.post(path, {"text": " Rings on Monday. "}, key="n1")

    assert (first.status_code, again.status_code) == (201, 201)
    note = first.json()["history"][-1]
    assert (note["kind"], note["facts"], note["by"]) == ("note", {"note": "Rings on Monday."}, "support@shop")
    assert OrderEvent.objects.filter(kind="note").count() == 1


def test_a_note_that_is_none(staff: Callable[[str], Staff], paid: Order) -> None:
    """Nothing is written."""
    caller = staff("support")

    for text in ("", "   ", "x" * 2001, 7, None, "\x00"):
        assert caller.post(f"orders/{paid.number}/notes/", {"text": text}).status_code == 400, text
    assert not OrderEvent.objects.filter(kind="note").exists()


def test_units_are_cancelled_with_a_preview(staff: Callable[[str], Staff], paid: Order) -> None:
    """One of three: 9.00 is credited, one unit's stock is released; a line named twice is summed."""
    caller, path = staff("orders"), f"orders/{paid.number}/cancellations/"
    body = {"lines": [{"line": line_of(paid), "quantity": 1}]}

    preview = caller.post(f"{path}preview/", body).json()
    assert (preview["after"]["due"]["amount"], preview["after"]["surplus"]["amount"]) == ("23.00", "9.00")
    assert StockLevel.objects.get().reserved == 3

    answer = caller.post(path, {**body, "reason": "one is broken"}, key="c1")
    again = caller.post(path, {**body, "reason": "one is broken"}, key="c1")

    assert (answer.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    credit = answer.json()["credits"][0]
    assert (credit["reason"], credit["total"]["amount"], credit["by"]) == ("cancelled", "9.00", "orders@shop")
    assert [(share["line"], share["quantity"]) for share in credit["lines"]] == [(line_of(paid), 1)]
    assert StockLevel.objects.get().reserved == 2
    twice = {"lines": [{"line": line_of(paid), "quantity": 1}, {"line": line_of(paid), "quantity": 2}]}
    refused = caller.post(path, twice)
    assert (refused.status_code, refused.json()["context"]["lines"]) == (409, {line_of(paid): 2})
    assert Credit.objects.count() == 1


def test_units_of_another_order_are_refused(staff: Callable[[str], Staff], paid: Order) -> None:
    """Nothing is cancelled."""
    other = placed.order(reserve=False)
    body = {"lines": [{"line": line_of(other), "quantity": 1}]}

    answer = staff("orders").post(f"orders/{paid.number}/cancellations/", body)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "lines")
    assert not Credit.objects.exists()


def test_an_amount_is_credited_with_a_preview(staff: Callable[[str], Staff], paid: Order) -> None:
    """Of all rows, or of one line; too much is refused with what is left."""
    caller, path = staff("finance"), f"orders/{paid.number}/credits/"
    body = {"amount": {"amount": "2.00", **EUR}, "reason": "goodwill", "note": "late"}

    assert caller.post(f"{path}preview/", body).json()["after"]["due"]["amount"] == "30.00"
    assert caller.post(path, body, key="g1").json()["due"]["amount"] == "30.00"
    of_line = caller.post(path, {**body, "line": line_of(paid), "reason": "price"})
    assert of_line.json()["credits"][1]["lines"][0]["line"] == line_of(paid)
    charge = str(paid.charges.get().uuid)
    of_charge = caller.post(path, {**body, "charge": charge, "amount": {"amount": "5.00", **EUR}})
    assert (of_charge.status_code, of_charge.json()["errors"][0]["code"]) == (409, "credit_exceeds_due")
    assert Order.objects.get().credited == Decimal("4.00")


REFUSED_CREDITS: list[dict[str, Any]] = [
    {"amount": {"amount": "2.00", "currency": "USD"}},
    {"amount": {"amount": "0.00", **EUR}},
    {"amount": {"amount": "-1.00", **EUR}},
    {"amount": {"amount": "0.001", **EUR}},
    {"amount": "2.00"},
    {"reason": "returned"},
    {"line": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"},
    {"charge": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"},
    {"surprise": True},
]


def test_credits_that_cannot_be(staff: Callable[[str], Staff], paid: Order) -> None:
    """400, nothing is credited, and a preview refuses the same."""
    caller, path = staff("finance"), f"orders/{paid.number}/credits/"

    for change in REFUSED_CREDITS:
        body = {"amount": {"amount": "2.00", **EUR}, "reason": "goodwill", **change}
        assert [caller.post(end, body).status_code for end in (path, f"{path}preview/")] == [400, 400], change
    assert not Credit.objects.exists()


@pytest.mark.parametrize("orders", [1, 50])
def test_the_list_costs_the_same_with_many(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries, orders: int
) -> None:
    """Session, user, permissions, count and page."""
    for number in range(orders):
        placed.order(email=f"{number}@example.com", customer_id=factories.customer().pk, reserve=False)
    caller = staff("orders")

    with django_assert_num_queries(6):
        assert len(numbers(caller.get("orders/", page_size=50, stage="awaiting_payment"))) == orders


@pytest.mark.parametrize("orders", [1, 20])
def test_the_list_is_expanded_by_constant_queries(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries, orders: int
) -> None:
    """Lines with their discounts, each in its own order's currency, payments and shipments."""
    for number in range(orders):
        line = placed.line_row("10.00", 2, off="1.00")
        placed.order(line, currency="EUR" if number % 2 else "USD", reserve=False)
    caller = staff("orders")

    with django_assert_num_queries(10):
        rows = caller.get("orders/", expand="lines,payments,shipments").json()["results"]

    discounts = [row["lines"][0]["adjustments"][0]["amount"] for row in rows]
    assert [amount["currency"] for amount in discounts] == [row["total"]["currency"] for row in rows]
    assert {amount["amount"] for amount in discounts} == {"-1.00"}
    assert discounts[-1]["currency"] == "USD"


@pytest.mark.parametrize("lines", [1, 50])
def test_one_order_costs_the_same_with_many_rows(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    """Of each kind of row one query."""
    order = placed.order(*(placed.line_row("10.00", 2, off="1.00") for _number in range(lines)), reserve=False)
    placed.pay(order)
    caller = staff("orders")
    body = {"lines": [{"line": str(line.uuid), "quantity": 1} for line in order.lines.all()]}
    assert caller.post(f"orders/{order.number}/cancellations/", body).status_code == 201

    with django_assert_num_queries(16):
        assert len(caller.get(f"orders/{order.number}/").json()["lines"]) == lines


def test_an_expired_moment_is_no_matter(staff: Callable[[str], Staff], paid: Order) -> None:
    """A filter by time is by the moment, in whatever zone it is written."""
    soon = (clock.now() + timedelta(minutes=1)).isoformat()

    assert numbers(staff("orders").get("orders/", placed_before=soon)) == [paid.number]


def test_a_credit_needs_both_permissions(staff: Callable[[str], Staff], paid: Order) -> None:
    """As in the admin: who may not change orders takes nothing off them."""
    caller, path = staff(""), f"orders/{paid.number}/credits/"
    body = {"amount": {"amount": "1.00", **EUR}, "reason": "goodwill"}

    caller.permit("credit_order")
    alone = [caller.post(path, body).status_code, caller.post(f"{path}preview/", body).status_code]
    assert (alone, Credit.objects.count()) == ([403, 403], 0)

    caller.permit("change_order")
    assert (caller.post(path, body).status_code, Credit.objects.get().total) == (201, Decimal(1))
