"""Orders by phone: begun, filled, priced and placed without JavaScript; unpaid orders are changed by a draft in their stead."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from tradepost.basket.models import ManualPrice
from tradepost.checkout import services as checkout
from tradepost.checkout.models import Draft
from tradepost.core.actors import Actor, By
from tradepost.customers.services import add_address
from tradepost.orders.models import Order
from tradepost.testing import deliver_events
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

from .conftest import Desk

pytestmark = pytest.mark.django_db
ADA = By(Actor.STAFF, label="ada")
WHERE = {"name": "Ada Lovelace", "line1": "1 Harbour Road", "city": "Berlin", "postcode": "10115", "country": "DE"}


@pytest.fixture
def mug(shop: None) -> Any:
    """Fifty of them, at 10.00."""
    return make.variant(sku="MUG", name="Blue", price="10.00", on_hand=50)


def path(draft: Any, action: str = "") -> str:
    """Of its page, or of an action."""
    return f"orders/drafts/{draft.basket.uuid}/" + (f"act/{action}/" if action else "")


def begun(desk: Desk, **answers: Any) -> Any:
    """A draft of two mugs that lacks nothing."""
    desk.act("orders/new/", name="By phone")
    draft = Draft.objects.select_related("basket").latest("pk")
    desk.act(path(draft, "add"), sku="MUG", quantity=2)
    desk.act(path(draft, "contact"), **{"email": "ada@example.com", **answers})
    desk.act(path(draft, "address"), **WHERE)
    desk.act(path(draft, "delivery"))
    return draft


def test_a_call_becomes_an_order(boss: Desk, mug: Any) -> None:
    """The page says what is missing, what it comes to, and what will happen; the link goes by mail."""
    boss.act("orders/new/", name="By phone", country="DE")
    [draft] = Draft.objects.all()
    assert "Something to buy" in boss.text
    assert "An e-mail address or a phone number" in boss.text
    boss.get(path(draft), q="mu")
    assert "MUG · 50 left" in boss.text
    boss.act(path(draft, "add"), sku="MUG", quantity=2)
    boss.act(path(draft, "contact"), phone="+49 30 1234567", email="ada@example.com")
    boss.act(path(draft, "address"), **WHERE)
    boss.act(path(draft, "delivery"))
    assert "Still missing" not in boss.text
    boss.get(path(draft, "place"))
    assert boss.page.context["preview"].button == "Place order for €25.00"
    assert "ada@example.com gets a link to pay." in boss.text
    boss.send(path(draft, "place"))

    order = Order.objects.get()
    assert (order.total, order.source, str(order.status)) == (Decimal("25.00"), "staff", "pending")
    assert boss.messages[0].startswith(f"Order {order.number} is placed. The link to pay was sent. http")
    deliver_events()
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert boss.get(path(draft), follow=True).status_code == 302


def test_prices_by_hand_need_their_permission(boss: Desk, as_role: Callable[[str], Desk], mug: Any) -> None:
    """Also for other units at such a price, and for more of them by adding."""
    draft = begun(boss)
    [line] = draft.basket.lines.all()
    boss.act(path(draft, "price"), line=str(line.uuid), kind="price", value="4.50", reason="Chipped")
    support = as_role("support")
    for action, fields in (
        ("price", {"line": str(line.uuid), "kind": "price", "value": "1", "reason": "x"}),
        ("units", {"line": str(line.uuid), "quantity": "9"}),
        ("add", {"sku": "MUG", "quantity": "1"}),
    ):
        support.get(path(draft, action))
        answer = support.client.post(
            f"/dashboard/{path(draft, action)}", {"form_key": "3d6a4b64-7d0f-4ab5-b1b5-5c7b2d3a4e5f", **fields}
        )
        assert answer.status_code == 403, action
    assert [row.value for row in ManualPrice.objects.all()] == [Decimal("4.5000")]
    assert draft.basket.lines.get().quantity == 2
    boss.get(path(draft))
    assert "Chipped" in boss.text
    boss.act(path(draft, "price-of-all"), line=str(line.uuid))
    assert not ManualPrice.objects.exists()


def test_a_customer_brings_prices_and_addresses(boss: Desk, mug: Any) -> None:
    """As far as nothing else was said; what was said stays."""
    anna = make.customer(email="anna@example.com", name="Anna Trade", phone="+49 30 7654321")
    add_address(anna, WHERE)
    boss.act("orders/new/")
    draft = Draft.objects.select_related("basket").get()
    boss.act(path(draft, "contact"), email="", phone="+49 40 111222")
    boss.get(path(draft), who="ann")
    assert "Anna Trade" in boss.text
    boss.act(path(draft, "customer"), customer=str(anna.uuid))
    answers = checkout.look(checkout.find_draft(draft.basket.uuid).basket).checkout

    assert boss.messages == ["Prices are those of Anna Trade now."]
    assert (answers.email, answers.phone) == ("anna@example.com", "+49 40 111222")
    assert answers.ship_to is not None
    boss.act(path(draft, "customer"), customer="")
    assert checkout.find_draft(draft.basket.uuid).basket.customer_id is None


def test_money_at_the_counter_is_booked(boss: Desk, as_role: Callable[[str], Desk], mug: Any, settings: Any) -> None:
    """By who may; the receipt is asked for beside its field."""
    cash = {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "LABEL": "Cash", "CAPTURE": "by_hand"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"cash": cash}}
    draft = begun(boss)
    boss.act(path(draft, "payment"), method="cash")
    boss.act(path(draft, "place"), is_paid="on")
    assert boss.page.status_code == 422
    assert set(boss.page.context["form"].errors) == {"reference", "reason"}
    assert not Order.objects.exists()
    boss.act(path(draft, "place"), is_paid="on", reference="R-7", reason="Till 2")
    order = Order.objects.get()
    assert (str(order.status), order.net_paid) == ("confirmed", Decimal("25.00"))


def test_a_total_that_has_changed_is_not_placed(boss: Desk, mug: Any) -> None:
    """The total that the customer heard counts; the refusal says so."""
    draft = begun(boss)
    boss.get(path(draft, "place"))
    shown = boss.page
    boss.act(path(draft, "add"), sku="MUG", quantity=1)
    boss.page = shown
    boss.send(path(draft, "place"))

    assert boss.page.status_code == 409
    assert not Order.objects.exists()
    assert "Place order for €35.00" in boss.act(path(draft, "place"), do="preview").content.decode()


def test_an_unpaid_order_is_changed(boss: Desk, mug: Any) -> None:
    """The money before and after is shown; the old order is cancelled by placing, not before."""
    boss.act(path(begun(boss), "place"))
    old = Order.objects.get()
    boss.act(f"orders/{old.number}/act/edit/")
    draft = Draft.objects.select_related("basket").get(replaces=old)
    line = draft.basket.lines.get()
    boss.act(path(draft, "units"), line=str(line.uuid), quantity=5)
    boss.get(path(draft, "place"))
    sums = {str(entry.label): (entry.before, entry.after) for entry in boss.page.context["preview"].sums}
    assert sums["To be paid in all"] == ("€25.00", "€55.00")
    assert "The customer owes €30.00 more than before." in boss.text
    boss.send(path(draft, "place"))

    new = Order.objects.get(replaces=old)
    old.refresh_from_db()
    assert (str(old.status), new.total) == ("cancelled", Decimal("55.00"))
    assert boss.get(f"orders/{old.number}/act/edit/").status_code == 404


def test_a_form_is_heeded_once(boss: Desk, mug: Any) -> None:
    """Of a double click the second does nothing."""
    draft = begun(boss)
    boss.get(path(draft, "add"))
    shown = boss.page
    for _click in range(2):
        boss.page = shown
        boss.send(path(draft, "add"), sku="MUG", quantity=1)
    assert draft.basket.lines.get().quantity == 3


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("add", {"sku": "nope", "quantity": "1"}),
        ("add", {"sku": "MUG", "quantity": "-1"}),
        ("add", {"sku": "MUG", "quantity": "99999999999"}),
        ("units", {"line": "nope", "quantity": "1"}),
        ("price", {"kind": "price", "value": "1e9", "reason": "x"}),
        ("price", {"kind": "percent", "value": "101", "reason": "x"}),
        ("coupon", {"code": "nope"}),
        ("customer", {"customer": "nobody@example.com"}),
        ("contact", {"email": "not an address"}),
        ("contact", {"phone": "1"}),
        ("address", {"name": "x", "country": "XX"}),
        ("address", {"line1": "", "country": "DE"}),
        ("delivery", {"method": "nope"}),
        ("payment", {"method": "nope"}),
        ("place", {"days": "0"}),
        ("place", {"total": "zero"}),
    ],
)
def test_bad_input_is_refused_beside_its_field(boss: Desk, mug: Any, action: str, fields: dict[str, str]) -> None:
    """Nothing is written, and nothing that was typed is lost."""
    draft = begun(boss)
    before = Draft.objects.values("title", "basket__updated_at", "basket__customer").get()
    boss.act(path(draft, action), **fields)

    assert boss.page.status_code in (409, 422)
    assert boss.page.context["form"].errors
    assert Draft.objects.values("title", "basket__updated_at", "basket__customer").get() == before
    for name, value in fields.items():
        assert value in boss.page.content.decode() or name in ("line", "method", "country", "total")


def test_lists_and_pages_cost_a_constant_number_of_queries(boss: Desk, mug: Any) -> None:
    """However many drafts there are, and however many lines one has."""
    draft = begun(boss)
    with count_queries() as few:
        boss.get("orders/drafts/")
    with count_queries() as small:
        boss.get(path(draft), q="mug")
    for number in range(5):
        boss.act(path(draft, "add"), sku=make.variant(sku=f"MUG-{number}", price="1.00", on_hand=5).sku, quantity=1)
        checkout.open_draft(by=ADA, title=f"Draft {number}")
    with count_queries() as many:
        boss.get("orders/drafts/")
    with count_queries() as large:
        boss.get(path(draft), q="mug")

    assert (len(many), len(large)) == (len(few), len(small))
    assert len(many) <= 8
    assert [line[2][0][1] for line in boss.get("orders/drafts/", q="phone").context["lines"]] == ["By phone"]


def test_a_draft_is_removed(boss: Desk, mug: Any) -> None:
    """And is gone for everybody who has it open."""
    draft = begun(boss)
    boss.act(path(draft, "remove"))
    assert boss.messages == ["The draft is deleted."]
    assert not Draft.objects.exists()
    assert boss.get(path(draft)).status_code == 404
    assert boss.get(path(draft, "place")).status_code == 404
