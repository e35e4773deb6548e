"""Orders, shipments and stock in the admin: to read, and to act on by the services' rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.forms import filled_in
from tradepost.core.actors import SYSTEM
from tradepost.orders import services
from tradepost.orders.models import Credit, Order, OrderEvent
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "x"))
    return client


def clerk(*permissions: str) -> Client:
    """A member of staff with some permissions on orders."""
    user = get_user_model().objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def page(order: Order) -> str:
    return reverse("admin:tradepost_orders_order_change", args=[order.pk])


def act(order: Order, name: str) -> str:
    return reverse("admin:tradepost_order_act", args=[order.pk, name])


def order_of(quantity: int = 2) -> Order:
    return factories.order(
        factories.line_row("10.00", quantity, variant=factories.variant(on_hand=9), off="1.00"), shipping="5.00"
    )


def test_the_list_has_badges_filters_and_search(boss: Client) -> None:
    """An order is found by its number, a SKU, and its payment status."""
    order = order_of()
    url = reverse("admin:tradepost_orders_order_changelist")

    for query in ({"q": order.number}, {"q": order.lines.get().sku}, {"payment_status__exact": "unpaid"}):
        answer = boss.get(url, query).content.decode()
        assert '<span class="tp-badge wait">Awaiting payment</span>' in answer
        assert "€24.00" in answer
    assert "tp-badge" not in boss.get(url, {"q": "nothing"}).content.decode()


def test_the_list_costs_the_same_for_any_number_of_orders(boss: Client) -> None:
    """With 2 orders and with 12."""
    counts = []
    for number in (2, 10):
        for _ in range(number):
            order_of()
        with CaptureQueriesContext(connection) as queries:
            boss.get(reverse("admin:tradepost_orders_order_changelist"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_shows_rows_history_and_why_not(boss: Client) -> None:
    """Lines, discount, charge, tax and history; the confirmation says what is missing."""
    order = order_of()

    answer = boss.get(page(order)).content.decode()

    for text in (
        order.lines.get().sku,
        "Sale: -€1.00",
        "Parcel",
        "VAT 19",
        "place",
        "Payments do not cover the total.",
        "There is still time to pay.",
    ):
        assert text in answer, text
    assert act(order, "cancel") in answer
    assert act(order, "expire") not in answer


@pytest.mark.parametrize("key", ["²", "١", "1_0", "9" * 5000])
def test_what_is_no_key_of_an_order_has_no_page(boss: Client, key: str) -> None:
    """As everywhere in the admin, one is sent to its first page."""
    answer = boss.get(reverse("admin:tradepost_orders_order_change", args=[key]))

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:index"))


def test_an_order_is_cancelled_after_a_confirmation(boss: Client) -> None:
    """Looking at the question changes nothing; the answer does, with the reason and who it was."""
    order = order_of()

    question = boss.get(act(order, "cancel"))
    assert (question.status_code, Order.objects.get().status) == (200, "pending")
    assert "csrfmiddlewaretoken" in question.content.decode()
    answer = boss.post(act(order, "cancel"), filled_in({"reason": "called"}))

    assert (answer.status_code, answer["Location"]) == (302, page(order))
    entry = OrderEvent.objects.get(kind="cancel")
    assert (entry.reason, entry.actor_kind, entry.actor_label) == ("called", "staff", "boss")
    assert Order.objects.get().status == "cancelled"


def test_an_act_needs_a_csrf_token(boss: Client) -> None:
    """A form on another site can't cancel an order."""
    order, strict = order_of(), Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies

    assert strict.post(act(order, "cancel"), filled_in({"reason": "forged"})).status_code == 403
    assert Order.objects.get().status == "pending"


def test_a_refusal_is_shown_and_nothing_has_changed(boss: Client) -> None:
    """Confirming without a payment; with the rules passed over it works, if a reason is given."""
    order = order_of()

    for asked in ({"reason": "x"}, {"reason": "", "override": "on"}):
        answer = boss.post(act(order, "confirm"), filled_in(asked))
        assert answer.status_code == 200
        assert Order.objects.get().status == "pending"
    boss.post(act(order, "confirm"), filled_in({"reason": "pays by invoice", "override": "on"}))

    assert Order.objects.get().status == "confirmed"


def test_who_may_only_look_does_not_act() -> None:
    """No button, and the page of the act is forbidden."""
    order, client = order_of(), clerk("view_order")

    answer = client.get(page(order))
    assert answer.status_code == 200
    assert act(order, "cancel") not in answer.content.decode()
    assert client.post(act(order, "cancel"), filled_in()).status_code == 403
    assert Order.objects.get().status == "pending"


def test_passing_over_the_rules_needs_its_permission() -> None:
    """Who may change orders can't override by sending the field."""
    order, client = order_of(), clerk("view_order", "change_order")

    answer = client.post(act(order, "confirm"), filled_in({"reason": "x", "override": "on"}))

    assert answer.status_code == 200
    assert "override" not in answer.context["form"].fields
    assert Order.objects.get().status == "pending"


def test_crediting_needs_its_permission() -> None:
    """Who may change orders has no button, and a form that is sent all the same credits nothing."""
    order, client = order_of(), clerk("view_order", "change_order")

    answer = client.post(act(order, "credit"), filled_in({"amount": "2.00", "reason": "goodwill"}))

    assert act(order, "credit") not in client.get(page(order)).content.decode()
    assert "tradepost_orders.credit_order" in answer.content.decode()
    assert not Credit.objects.exists()


def test_units_are_cancelled_and_amounts_credited(boss: Client) -> None:
    """1 of 2 units for 9.50, then 2.00 of goodwill; too many are refused by the form."""
    order = order_of()
    field = f"line_{order.lines.get().pk}"

    assert boss.post(act(order, "units"), filled_in({field: 3})).status_code == 200
    assert not Credit.objects.exists()
    boss.post(act(order, "units"), filled_in({field: 1, "reason": "broken"}))
    boss.post(act(order, "credit"), filled_in({"amount": "2.00", "reason": "goodwill", "note": "sorry"}))

    assert [(str(c.total), c.reason, c.note) for c in Credit.objects.all()] == [
        ("9.5000", "cancelled", "broken"),
        ("2.0000", "goodwill", "sorry"),
    ]
    answer = boss.get(page(order)).content.decode()
    assert "€12.50" in answer  # due


def test_an_order_is_held_and_released(boss: Client) -> None:
    """A hold has a code; an unknown act or order is nothing."""
    order = order_of()

    boss.post(act(order, "hold"), filled_in({"code": "fraud", "reason": "looks odd"}))
    assert (Order.objects.get().hold, Order.objects.get().stage) == ("fraud", "on_hold")
    boss.post(act(order, "release"), filled_in())

    assert Order.objects.get().hold == ""
    assert boss.get(act(order, "teleport")).status_code == 404
    assert boss.get(reverse("admin:tradepost_order_act", args=["x", "hold"])).status_code == 404


def test_a_note_is_kept_in_the_history(boss: Client) -> None:
    """With its text; an empty one is refused."""
    order = order_of()

    assert boss.post(act(order, "note"), filled_in({"text": " "})).status_code == 200
    answer = boss.post(act(order, "note"), filled_in({"text": "Rings on Monday."}), follow=True)

    assert "Rings on Monday." in answer.content.decode()
    assert [event.facts for event in order.events.filter(kind="note")] == [{"note": "Rings on Monday."}]


def test_a_shipment_is_packed_from_the_order_and_shipped(boss: Client) -> None:
    """All that is left is proposed; the shipment's page has the next step."""
    order = factories.pay(order_of())
    field = f"line_{order.lines.get().pk}"
    pack = reverse("admin:tradepost_shipment_pack", args=[order.pk])
    assert pack in boss.get(page(order)).content.decode()
    assert boss.get(pack).context["form"].fields[field].initial == 2

    answer = boss.post(pack, filled_in({"kind": "parcel", field: 2, "carrier": "Post", "tracking_number": "T1"}))

    assert (answer.status_code, answer["Location"]) == (302, page(order))
    shipment = order.shipments.get()  # type: ignore[attr-defined]
    for name, status in (("ship", "shipped"), ("deliver", "delivered")):
        url = reverse("admin:tradepost_shipment_act", args=[shipment.pk, name])
        its_page = boss.get(reverse("admin:tradepost_fulfilment_shipment_change", args=[shipment.pk]))
        assert url in its_page.content.decode()
        boss.post(url, filled_in())
        shipment.refresh_from_db()
        assert shipment.status == status
    assert Order.objects.get().fulfilment_status == "delivered"
    assert boss.get(reverse("admin:tradepost_fulfilment_shipment_changelist")).status_code == 200


def test_stock_is_received_and_counted_by_acts(boss: Client) -> None:
    """5 arrive, 3 are found; the level's own form can't set the units."""
    level = factories.stock(on_hand=0)
    change = reverse("admin:tradepost_inventory_stocklevel_change", args=[level.pk])

    def book(name: str, **asked: Any) -> int:
        return boss.post(reverse("admin:tradepost_stocklevel_act", args=[level.pk, name]), filled_in(asked)).status_code

    assert (book("receive", quantity=5), book("count", counted=3), book("receive", quantity=0)) == (302, 302, 200)
    boss.post(change, {"backorder_limit": 1, "low_stock_at": 4, "on_hand": 99})
    level.refresh_from_db()

    assert (level.on_hand, level.backorder_limit, level.low_stock_at) == (3, 1, 4)
    listed = boss.get(reverse("admin:tradepost_inventory_stocklevel_changelist"), {"stock": "low"}).content.decode()
    assert '<span class="tp-badge warn">3</span>' in listed
    movements = boss.get(reverse("admin:tradepost_inventory_stockmovement_changelist")).content.decode()
    assert "Adjusted" in movements
    assert "boss" in movements


def test_stock_lists_cost_the_same_for_any_number_of_rows(boss: Client) -> None:
    """Levels, reservations, movements."""
    counts = []
    for number in (2, 10):
        for _ in range(number):
            order_of()
        with CaptureQueriesContext(connection) as queries:
            for model in ("stocklevel", "reservation", "stockmovement"):
                boss.get(reverse(f"admin:tradepost_inventory_{model}_changelist"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_level_is_added_empty(boss: Client) -> None:
    """Its units come by receiving."""
    variant, place = factories.variant(), factories.location()

    boss.post(
        reverse("admin:tradepost_inventory_stocklevel_add"),
        {"variant": variant.pk, "location": place.pk, "backorder_limit": 0, "on_hand": 7},
    )

    assert variant.stock_levels.get().on_hand == 0  # type: ignore[attr-defined]


def test_the_page_of_an_order_stays_cheap(boss: Client) -> None:
    """The same number of queries with 1 line and with 30."""
    boss.get(page(factories.order()))  # what a process remembers from its first page isn't counted
    counts = []
    for lines in (1, 30):
        order = factories.order(*(factories.line_row("10.00", off="1.00") for _ in range(lines)), shipping="5.00")
        services.cancel_units(order, {order.lines.all()[0].pk: 1}, by=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            boss.get(page(order))
        counts.append(len(queries))

    assert counts[0] == counts[1]
