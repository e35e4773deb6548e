"""An order's page, and what is done there: by the services, once, with what will happen before and what came of it after."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tradepost.core.actors import Actor, By
from tradepost.core.models import OneTimeKey
from tradepost.fulfilment.models import Shipment
from tradepost.inventory.models import StockLevel
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.payments.interface import OutcomeUnknown, Price, Rejected
from tradepost.payments.models import Transaction
from tradepost.testing import Scenario
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, refunded, scripted
from tradepost.testing.queries import count_queries

from .conftest import Desk, buy

pytestmark = pytest.mark.django_db
ADA = By(Actor.STAFF, label="ada")


@pytest.fixture
def bank(shop: None) -> Iterator[ScriptedGateway]:
    """Of the paid orders."""
    with scripted() as gateway:
        yield gateway


def given_back(amount: str) -> Any:
    """The bank's answer to a refund."""
    return refunded(Price(Decimal(amount), "EUR"), "R1")


def path(order: Any, action: str = "") -> str:
    """Of its page, or of an action."""
    return f"orders/{order.number}/" + (f"act/{action}/" if action else "")


def fresh(order: Any) -> Any:
    """As it is now."""
    return Order.objects.get(pk=order.pk)


def line_of(order: Any, sku: str) -> str:
    """The name of a line's field."""
    return f"line_{order.lines.get(sku=sku).pk}"


def test_the_page_says_it_all_in_words(boss: Desk, paid: Any, bank: ScriptedGateway) -> None:
    """Items, money, who and where, and a timeline of sentences; no codes and no Python."""
    orders.hold(paid, "address", by=ADA, reason="No such street")
    orders.add_note(paid, "She calls\nback at five.", by=ADA)
    boss.get(path(paid))

    for words in (
        "2 × €10.00",
        "€33.00 was paid by Scripted.",
        "The order was placed.",
        "ada put it on hold: Check the address.",
        "No such street",
        "ada wrote a note.",
        "She calls back at five.",
        "Ada Lovelace",
        "1 Harbour Road",
        "Bought as a guest",
        "How the total was calculated",
    ):
        assert words in boss.text, words
    for code in ("None", "Decimal", "{&#x27;", "start_processing", "cancel_units", "%("):
        assert code not in boss.page.content.decode(), code


def test_every_kind_of_event_has_a_sentence(boss: Desk, paid: Any) -> None:
    """Those of other apps by their own words."""
    from tradepost.dashboard.orders.timeline import _SENTENCES

    for kind in (*_SENTENCES, "myshop.gift_wrapped"):
        orders.note(
            paid, kind, by=ADA, facts={"amount": "2.00", "credit": "1.00 EUR", "units": {"MUG": 2}, "hold": "x"}
        )
    boss.get(path(paid))

    assert "ada: Myshop gift wrapped." in boss.text
    assert "ada cancelled 2 × MUG; €1.00 was credited." in boss.text
    assert "%(" not in boss.text


@pytest.mark.parametrize("number", ["nope", "%00", "1" * 200])
def test_an_order_that_is_not_there(boss: Desk, number: str) -> None:
    """For its page, and for what would be done with it."""
    assert boss.get(f"orders/{number}/").status_code == 404
    assert boss.get(f"orders/{number}/act/cancel/").status_code == 404
    assert boss.get(f"orders/{number}/act/nonsense/").status_code == 404


def test_packing_in_parts_and_sending(boss: Desk, paid: Any) -> None:
    """The rest is offered for the next parcel; the stock leaves when the parcel does."""
    boss.act(path(paid, "pack"), carrier="DHL", tracking_number="JD1", **{line_of(paid, "MUG"): 1})
    [shipment] = Shipment.objects.all()

    assert (shipment.status, shipment.carrier, fresh(paid).status) == ("pending", "DHL", "processing")
    assert boss.messages == ["Packed. Send it when it leaves."]
    assert "1 to pack" in boss.text
    assert StockLevel.objects.get(variant__sku="MUG").on_hand == 50
    boss.act(path(paid, "send"), tracking_number="JD2")
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number, fresh(paid).fulfilment_status) == (
        "shipped",
        "JD2",
        "partly_shipped",
    )
    assert StockLevel.objects.get(variant__sku="MUG").on_hand == 49
    boss.act(path(paid, "pack"), is_sent="on")
    assert fresh(paid).fulfilment_status == "shipped"
    assert boss.get(path(paid, "pack")).status_code == 404


def test_the_form_of_packing_says_what_will_happen(boss: Desk, paid: Any) -> None:
    """With what is filled in; nothing is written by asking."""
    boss.get(path(paid, "pack"))
    assert boss.page.context["preview"].button == "Pack 3"

    boss.send(path(paid, "pack"), do="preview", is_sent="on", **{line_of(paid, "MUG"): 1})
    preview = boss.page.context["preview"]
    assert preview.button == "Pack and send 2"
    assert preview.sentences == (
        "The units leave the stock now.",
        "1 stay for another shipment.",
        "ada@example.com gets an e-mail with the tracking.",
    )
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("units", ["3", "-1", "x", "1e1", "99999999999"])
def test_more_than_there_is_can_not_be_packed(boss: Desk, paid: Any, units: str) -> None:
    """The field says why, and what was typed is kept."""
    boss.act(path(paid, "pack"), carrier="DHL", **{line_of(paid, "MUG"): units})

    assert boss.page.status_code == 422
    assert 'value="DHL"' in boss.page.content.decode()
    assert not Shipment.objects.exists()


def test_tracking_delivery_and_unpacking(boss: Desk, paid: Any) -> None:
    """Each beside its shipment."""
    boss.act(path(paid, "pack"), **{line_of(paid, "MUG"): 1})
    boss.act(path(paid, "tracking"), carrier="UPS", tracking_url="https://example.com/1")
    boss.act(path(paid, "unpack"))
    assert Shipment.objects.get().carrier == "UPS"
    assert Shipment.objects.get().status == "cancelled"

    boss.act(path(paid, "pack"), is_sent="on")
    boss.act(path(paid, "delivered"))
    assert fresh(paid).fulfilment_status == "delivered"


def test_a_hold_stops_and_its_release_lets_go(boss: Desk, paid: Any) -> None:
    """While it holds, nothing is packed."""
    boss.act(path(paid, "hold"), code="fraud", reason="Odd address")
    assert fresh(paid).hold == "fraud"
    assert "On hold: May be fraud" in boss.text
    assert boss.get(path(paid, "pack")).status_code == 404

    boss.act(path(paid, "release"))
    assert fresh(paid).hold == ""


def test_a_note_is_written_once(boss: Desk, paid: Any) -> None:
    """However often it is sent, and whatever happened meanwhile."""
    boss.get(path(paid))
    key = str(boss.page.context["panels"]["main"][-1][1]).partition('name="form_key" value="')[2].partition('"')[0]
    orders.hold(paid, "other", by=ADA)
    for _ in range(2):
        answer = boss.client.post(
            f"/dashboard/{path(paid, 'note')}", {"form_key": key, "text": "By the door"}, follow=True
        )

    assert "nothing was done twice" in answer.content.decode()
    assert fresh(paid).events.filter(kind="note").count() == 1


def test_cancelling_shows_the_money_first(boss: Desk, paid: Any) -> None:
    """Then everything is credited."""
    boss.get(path(paid, "cancel"))
    preview = boss.page.context["preview"]

    assert preview.sentences[1] == "€33.00 was paid and is refunded right afterwards."
    assert [(str(row.label), row.before, row.after) for row in preview.sums] == [
        ("To be paid in all", "€33.00", "€0.00"),
        ("Paid", "€33.00", "€33.00"),
        ("Paid too much", "€0.00", "€33.00"),
    ]
    assert fresh(paid).status == "confirmed"
    boss.act(path(paid, "cancel"), reason="Changed her mind")
    assert (fresh(paid).status, fresh(paid).credited) == ("cancelled", Decimal(33))
    assert boss.get(path(paid, "cancel")).status_code == 404


def test_cancelling_some_units(boss: Desk, paid: Any) -> None:
    """Their price is credited, their stock is free, and what is to be refunded is said."""
    field = line_of(paid, "MUG")
    boss.get(path(paid, "units"))
    boss.send(path(paid, "units"), do="preview", **{field: 1})
    preview = boss.page.context["preview"]

    assert preview.button == "Cancel 1 unit"
    assert preview.sentences[1] == "No money moves yet: €10.00 is to be refunded then."
    assert fresh(paid).credited == 0
    boss.send(path(paid, "units"), **{field: 1})
    assert (fresh(paid).credited, fresh(paid).payment_status) == (Decimal(10), "overpaid")
    assert "Refund due" in boss.text


def test_no_unit_is_no_cancellation(boss: Desk, paid: Any) -> None:
    """It says so."""
    boss.act(path(paid, "units"))

    assert boss.page.status_code == 409
    assert fresh(paid).credited == 0


def test_a_credit_on_one_line(boss: Desk, paid: Any) -> None:
    """An amount off the bowl, with a reason."""
    bowl = paid.lines.get(sku="MUG-BOWL")
    boss.act(path(paid, "credit"), amount="3.00", line=f"line-{bowl.pk}", reason="price", note="Chipped")
    [credit] = paid.credits.all()

    assert (credit.total, credit.reason, credit.note) == (Decimal(3), "price", "Chipped")
    assert credit.lines.get().line_id == bowl.pk
    boss.act(path(paid, "credit"), amount="31.00")
    assert (boss.page.status_code, "more than can still be credited" in boss.text) == (409, True)


def test_a_refund_says_where_the_money_goes_and_what_came_of_it(boss: Desk, paid: Any, bank: ScriptedGateway) -> None:
    """The amount is on the button; the provider is asked once."""
    boss.get(path(paid, "refund"))
    boss.send(path(paid, "refund"), do="preview", amount="5.00")
    preview = boss.page.context["preview"]

    assert preview.button == "Refund €5.00"
    assert preview.sentences[0] == "€5.00 goes back to the customer by Scripted."
    assert "€5.00 of it wasn’t paid too much" in preview.sentences[1]
    assert bank.calls == []
    bank.play(given_back("5.00"))
    boss.send(path(paid, "refund"), amount="5.00", reason="Scratched")
    assert boss.messages == ["€5.00 was refunded by Scripted."]
    assert (fresh(paid).net_paid, fresh(paid).credited) == (Decimal(28), Decimal(5))
    assert "€5.00 was refunded to Scripted." in boss.text


def test_a_refund_is_sent_twice_and_made_once(boss: Desk, paid: Any, bank: ScriptedGateway) -> None:
    """A double click, or the page again."""
    bank.play(given_back("5.00"))
    boss.get(path(paid, "refund"))
    page = boss.page
    boss.send(path(paid, "refund"), amount="5.00")
    boss.page = page
    boss.send(path(paid, "refund"), amount="5.00")

    assert "nothing was done twice" in boss.messages[0]
    assert len(bank.called("refund")) == 1
    assert fresh(paid).net_paid == Decimal(28)


def test_a_refund_of_unknown_outcome_warns(boss: Desk, paid: Any, bank: ScriptedGateway) -> None:
    """Nobody should try it again: the amount isn't refundable meanwhile."""
    bank.play(OutcomeUnknown("no answer"))
    boss.act(path(paid, "refund"), amount="33.00")

    [message] = boss.messages
    assert "nobody knows yet whether €33.00 was refunded" in message
    assert "A refund of €33.00 is under way." in boss.text
    assert "was asked to refund €33.00 and hasn’t answered yet" in boss.text
    assert boss.get(path(paid, "refund")).status_code == 404
    assert boss.get(path(paid, "ask")).status_code == 200


def test_a_refused_refund_moves_nothing_and_may_be_sent_again(boss: Desk, paid: Any, bank: ScriptedGateway) -> None:
    """The reason is above the form, which keeps what was typed."""
    bank.play(Rejected("no"))
    boss.act(path(paid, "refund"), amount="5.00", reason="Scratched")

    assert boss.page.status_code == 409
    assert "The provider refused the refund" in boss.text
    assert 'value="Scratched"' in boss.page.content.decode()
    assert fresh(paid).net_paid == Decimal(33)


@pytest.mark.parametrize("amount", ["34", "0", "-1", "x", "1e1", "1.23456", "0.001", "9" * 30])
def test_an_amount_that_can_not_be_refunded(boss: Desk, paid: Any, bank: ScriptedGateway, amount: str) -> None:
    """No provider is asked."""
    boss.act(path(paid, "refund"), amount=amount)

    assert boss.page.status_code in (409, 422)
    assert (bank.calls, Transaction.objects.filter(kind="refund").count()) == ([], 0)


def test_money_that_came_is_booked(boss: Desk, shop: None) -> None:
    """A bank transfer: it pays the order, which is said before."""
    mug = make.variant(sku="MUG", price="10.00", on_hand=5)
    order = Scenario().basket(mug).says(payment_method="transfer").placed()
    boss.get(path(order, "capture"))

    assert boss.page.context["preview"].sentences == (
        "You confirm that €15.00 has come in by transfer.",
        "That pays the order: it is confirmed, and the customer gets the confirmation.",
    )
    boss.send(path(order, "capture"))
    assert (fresh(order).status, fresh(order).net_paid) == ("confirmed", Decimal(15))


def test_a_payment_link_is_sent(boss: Desk, shop: None) -> None:
    """For an order that waits for its payment; the link is shown as well."""
    order = Scenario().basket(make.variant(sku="MUG", price="10.00", on_hand=5)).placed()
    boss.act(path(order, "request-payment"), days="3")

    assert "/pay/" in boss.messages[0]
    assert fresh(order).events.filter(kind="payment_requested").count() == 1


def test_what_changed_meanwhile_is_shown_and_not_overwritten(boss: Desk, paid: Any) -> None:
    """Two people: the second sees what the first did, with their own words kept, and decides again."""
    boss.get(path(paid, "credit"))
    orders.credit(paid, Decimal(2), by=ADA)
    boss.send(path(paid, "credit"), amount="3.00", note="Mine")

    assert boss.page.status_code == 409
    assert "Nothing was done yet" in boss.text
    assert "ada credited €2.00." in boss.text
    assert 'value="Mine"' in boss.page.content.decode()
    assert fresh(paid).credited == Decimal(2)
    boss.send(path(paid, "credit"))
    assert fresh(paid).credited == Decimal(5)


def test_a_key_is_used_up_by_what_it_did(boss: Desk, paid: Any) -> None:
    """And not by a refusal."""
    boss.act(path(paid, "credit"), amount="300")
    assert not OneTimeKey.objects.exists()
    boss.act(path(paid, "credit"), amount="3")
    assert OneTimeKey.objects.exists()


def test_several_orders_are_packed_and_those_that_can_not_are_named(boss: Desk, shop: None) -> None:
    """Before anything is done, and after it; a second click does nothing more."""
    good, held = buy("MUG", 1), buy("LAMP", 1)
    orders.hold(held, "fraud", by=ADA)
    rows = {"row": [good.pk, held.pk]}
    boss.get("orders/act/pack/", **rows)

    assert "1 can be done." in boss.text
    assert f"{held.number}: The order is on hold." in boss.text
    assert not Shipment.objects.exists()
    key = boss.page.context["form"]["form_key"].value()
    for _ in range(2):
        boss.page = boss.client.post("/dashboard/orders/act/pack/", {"form_key": key, **rows}, follow=True)
    assert Shipment.objects.count() == 1
    assert "nothing was done twice" in boss.messages[0]


def test_several_orders_are_held(boss: Desk, shop: None) -> None:
    """With a reason."""
    good = buy("MUG", 1)
    boss.get("orders/act/hold/", row=[good.pk, "x", "9" * 30])
    key = boss.page.context["form"]["form_key"].value()
    boss.client.post("/dashboard/orders/act/hold/", {"form_key": key, "row": [good.pk], "code": "stock"})

    assert fresh(good).hold == "stock"
    assert boss.get("orders/act/hold/").status_code == 302
    assert boss.get("orders/act/nonsense/", row=[good.pk]).status_code == 404


def test_packing_slips_have_a_sheet_for_each(boss: Desk, paid: Any) -> None:
    """Without prices."""
    boss.get("orders/print/packing-slips/", number=paid.number)

    assert "MUG-BOWL" in boss.text
    assert "€" not in boss.text
    assert boss.get("orders/print/packing-slips/", number="nope").status_code == 404


def test_an_order_costs_the_same_with_one_line_and_with_twenty(as_role: Any, bank: ScriptedGateway) -> None:
    """Whatever happened to it."""
    desk = as_role("orders")
    small = buy("MUG", 1)
    many = Scenario().basket(lines=20).paid()
    for number in range(5):
        orders.add_note(many, f"Note {number}", by=ADA)
    desk.get(path(small))
    with count_queries() as first:
        desk.get(path(small))
    with count_queries() as second:
        desk.get(path(many))

    assert len(second) == len(first) <= 24, second
