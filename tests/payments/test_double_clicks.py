"""Forms of the admin that are sent twice: each moves money, stock or goods once, and the second click says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.forms import filled_in
from tests.payments.conftest import started
from tradepost.fulfilment.models import Shipment
from tradepost.inventory.models import StockMovement
from tradepost.orders.models import Credit, Order
from tradepost.payments.interface import Price
from tradepost.payments.models import Transaction
from tradepost.promotions.models import Coupon
from tradepost.testing import factories, placed
from tradepost.testing.gateways import ScriptedGateway, captured, refunded

pytestmark = pytest.mark.django_db

AGAIN = "This has already been done; nothing was done twice. This is the current state."


def act(model: str, pk: int, name: str) -> str:
    return reverse(f"admin:tradepost_{model}_act", args=[pk, name])


def twice(client: Client, url: str, **values: Any) -> list[str]:
    """Send one form twice; what each answer told, on the row's own page."""
    sent, shown = filled_in(values), []
    for _click in range(2):
        answer = client.post(url, sent, follow=True)
        assert (answer.status_code, len(answer.redirect_chain)) == (200, 1)
        shown += [str(message) for message in answer.context["messages"]]
    return shown


def paid_order() -> Order:
    return placed.pay(placed.order(placed.line_row("10.00", 4, variant=factories.variant(on_hand=9))))


def test_a_double_click_receives_and_counts_once(admin_client: Client) -> None:
    """5 arrive, not 10."""
    level = factories.stock(on_hand=0)

    assert twice(admin_client, act("stocklevel", level.pk, "receive"), quantity=5) == ["Done: Receive.", AGAIN]
    assert twice(admin_client, act("stocklevel", level.pk, "count"), counted=4) == ["Done: Count.", AGAIN]

    level.refresh_from_db()
    assert (level.on_hand, StockMovement.objects.count()) == (4, 2)


def test_a_double_click_credits_and_calls_off_once(admin_client: Client) -> None:
    """2.00 and one unit, not 4.00 and two."""
    order = paid_order()
    line = order.lines.get()

    twice(admin_client, act("order", order.pk, "units"), **{f"line_{line.pk}": 1})
    twice(admin_client, act("order", order.pk, "credit"), amount="2.00", reason="goodwill")

    assert [credit.total for credit in Credit.objects.order_by("pk")] == [Decimal(10), Decimal(2)]
    line.refresh_from_db()
    assert line.cancelled_quantity == 1


def test_a_double_click_packs_once(admin_client: Client) -> None:
    """Two of four units, in one parcel; and what has left leaves once."""
    order = paid_order()
    line = order.lines.get()
    pack = reverse("admin:tradepost_shipment_pack", args=[order.pk])

    shown = twice(admin_client, pack, kind="parcel", **{f"line_{line.pk}": 2})
    assert shown == ["Done: Pack a shipment.", AGAIN]
    shipment = Shipment.objects.get()
    assert twice(admin_client, act("shipment", shipment.pk, "ship")) == ["Done: Mark as shipped.", AGAIN]
    assert StockMovement.objects.filter(kind="shipped").count() == 1


def test_a_second_click_on_what_isnt_possible_any_more_is_no_error(admin_client: Client) -> None:
    """A cancelled order can't be cancelled, so the second click had a page that isn't there any more."""
    order = paid_order()

    assert twice(admin_client, act("order", order.pk, "cancel")) == ["Done: Cancel.", AGAIN]
    assert Credit.objects.count() == 1


def test_a_double_click_makes_one_batch(admin_client: Client) -> None:
    """3 coupons, not 6."""
    promotion = factories.promotion("spring")
    twice(admin_client, act("promotion", promotion.pk, "coupons"), count=3, batch="may", length=8)
    assert Coupon.objects.count() == 3


def test_a_double_click_refunds_and_captures_once(admin_client: Client, gateway: ScriptedGateway) -> None:
    """4.00 of 10.00, not 8.00; the provider is called once."""
    payment = started(gateway, captured)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r1"), refunded(Price(Decimal("4.00"), "EUR"), "r2"))
    url = reverse("admin:tradepost_payment_operate", args=[payment.pk])

    assert twice(admin_client, url, operation="refund", amount="4.00") == ["Done; see the ledger.", AGAIN]

    assert [row.amount for row in Transaction.objects.filter(kind="refund")] == [Decimal("4.00")]
    assert len(gateway.called("refund")) == 1


def test_a_refused_form_may_be_sent_again(admin_client: Client, gateway: ScriptedGateway) -> None:
    """Too much is refused; the same page with less is done."""
    payment = started(gateway, captured)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r1"))
    url = reverse("admin:tradepost_payment_operate", args=[payment.pk])
    sent = filled_in(operation="refund", amount="11.00")

    admin_client.post(url, sent)
    assert Transaction.objects.filter(kind="refund").count() == 0
    admin_client.post(url, {**sent, "amount": "4.00"})

    assert Transaction.objects.get(kind="refund").amount == Decimal("4.00")


@pytest.mark.parametrize("key", [None, "", "x", "\x00", "1" * 5000])
def test_a_form_without_its_key_is_refused(admin_client: Client, key: str | None) -> None:
    """It is shown again with what to do, and nothing is booked."""
    level = factories.stock(on_hand=0)
    sent = {"quantity": 5} if key is None else {"quantity": 5, "form_key": key}

    answer = admin_client.post(act("stocklevel", level.pk, "receive"), sent)

    assert (answer.status_code, "Open this page again" in answer.content.decode()) == (200, True)
    assert StockMovement.objects.count() == 0


def _forms(client: Client, url: str) -> list[str]:
    """The keys on a page."""
    page = client.get(url).content.decode()
    return [part.split('value="')[1][:36] for part in page.split('name="form_key"')[1:]]


@pytest.mark.parametrize("shows", ["receive", "refund"])
def test_each_page_that_is_shown_has_keys_of_its_own(
    admin_client: Client,
    gateway: ScriptedGateway,
    shows: str,
) -> None:
    """And each button of a page, too."""
    payment = started(gateway, captured)
    pages: dict[str, Callable[[], str]] = {
        "receive": lambda: act("stocklevel", factories.stock(on_hand=0).pk, "receive"),
        "refund": lambda: reverse("admin:tradepost_payments_payment_change", args=[payment.pk]),
    }
    url = pages[shows]()

    keys = [*_forms(admin_client, url), *_forms(admin_client, url)]
    assert len(keys) == {"receive": 2, "refund": 4}[shows] == len(set(keys))
