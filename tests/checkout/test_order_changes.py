"""Changing an unpaid order: a draft of it is changed and placed in its stead; money and stock are never there twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from tests.checkout.conftest import complete, ready
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket, ManualPrice
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.base import AbstractDraft
from tradepost.checkout.errors import OrderClosed
from tradepost.checkout.models import Checkout, Draft
from tradepost.checkout.services import Visit
from tradepost.checkout.services.reopen import expire
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import Order
from tradepost.orders.services import apply, cancel_units
from tradepost.payments.errors import PaymentInProgress
from tradepost.payments.models import Discrepancy, Payment
from tradepost.payments.reconciliation import by_hand
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff, Promotion
from tradepost.testing import deliver_events
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db

EVA = By(Actor.STAFF, label="eva@shop")


@pytest.fixture(autouse=True)
def _offline(settings: Any) -> None:
    """Whoever pays sends the money."""
    account = {"account_holder": "Shop", "iban": "DE89370400440532013000"}
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {"card": {"BACKEND": "tradepost.gateways.manual.BankTransfer", "OPTIONS": account}}
    }


def ordered(mug: Variant, *, quantity: int = 2, code: str = "") -> Order:
    """A guest's pending order of some mugs, whose money is on its way."""
    basket = ready(mug, quantity=quantity)
    if code:
        baskets.add_coupon(basket, code)
    order = complete(basket).order
    assert isinstance(order, Order)
    return order


def place(draft: AbstractDraft) -> Order:
    """By Eva, whatever it costs."""
    order = services.place_draft(services.find_draft(draft.basket.uuid), Visit(by=EVA)).order
    assert isinstance(order, Order)
    return order


def set_quantity(draft: AbstractDraft, units: int) -> None:
    """Of the draft's only line."""
    baskets.set_quantity(draft.basket, draft.basket.lines.get().uuid, units)


def test_a_draft_of_an_order_has_all_that_is_in_it(mug: Variant) -> None:
    """The order stays as it is, and a second call gives the same draft."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)

    view = services.look(Basket.objects.get(pk=draft.basket_id))
    assert [(line.variant.pk, line.quantity) for line in view.contents.lines] == [(mug.pk, 2)]
    assert (view.totals.total, view.checkout.email, view.checkout.payment_method) == (order.total, order.email, "card")
    assert view.checkout.ship_to == order.ship_to
    assert services.draft_of(order, by=EVA).pk == draft.pk
    assert (Order.objects.get().status, StockLevel.objects.get().reserved) == ("pending", 2)


def test_a_preview_says_what_changes(mug: Variant) -> None:
    """The money before and after, and the payments that would be cancelled; nothing is written."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    set_quantity(draft, 5)  # there are five, of which the order holds two

    seen = services.preview_draft(draft, Visit(by=EVA))

    assert seen.before is not None
    assert (seen.before.total, seen.after.total, seen.difference) == (25, 55, 30)
    assert [payment.order_id for payment in seen.payments] == [order.pk]
    assert (Order.objects.count(), StockLevel.objects.get().reserved, Payment.objects.get().status) == (
        1,
        2,
        "requires_action",
    )
    set_quantity(draft, 6)
    with pytest.raises(OutOfStock):
        services.preview_draft(draft, Visit(by=EVA))


def test_placing_it_cancels_the_order(mug: Variant) -> None:
    """With its payment; the stock is held once, the link is kept both ways, and the customer is told."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    set_quantity(draft, 5)

    new = place(draft)

    order.refresh_from_db()
    assert (order.status, order.events.get(kind="cancel").reason, order.replaced_by) == ("cancelled", "replaced", new)
    assert (new.status, new.total, new.source, new.replaces_id) == ("pending", 55, "staff", order.pk)
    assert new.events.get(kind="place").facts["replaces"] == order.number
    assert [(row.owner_key, row.quantity) for row in Reservation.objects.all()] == [(str(new.pk), 5)]
    assert StockLevel.objects.get().reserved == 5
    assert list(Payment.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "requires_action"]
    deliver_events()
    (message,) = mail.outbox
    assert (message.to, order.number in message.body, new.number in message.subject) == ([order.email], True, True)
    assert place(draft) == new
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(currency="EUR", base_currency="EUR", prices_include_tax=True, number="x", replaces=order)


def test_a_refusal_leaves_the_order_and_its_payment_alone(mug: Variant) -> None:
    """A draft that can't be placed cancels nothing at a provider."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    set_quantity(draft, 9)
    with pytest.raises(OutOfStock):
        place(draft)
    assert (Order.objects.get().status, Payment.objects.get().status) == ("pending", "requires_action")
    assert order.total == 25


def test_a_coupon_of_one_use_goes_along(mug: Variant) -> None:
    """It isn't used up by the very order that is replaced."""
    promotion = Promotion.objects.create(code="ten", name="Ten", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    Coupon.objects.create(promotion=promotion, code="TEN", usage_limit=1, customer_limit=1)
    draft = services.draft_of(ordered(mug, code="TEN"), by=EVA)
    set_quantity(draft, 3)

    new = place(draft)

    assert (new.total, new.discount) == (32, 3)
    assert (CouponRedemption.objects.get().owner_key, Coupon.objects.get().used) == (str(new.pk), 1)


def test_prices_by_hand_stay(mug: Variant) -> None:
    """Of an order of staff's; both kinds."""
    for kind, value, total in (("price", "7", 19), ("percent", "10", 23)):
        draft = services.draft_of(ordered(mug), by=EVA)
        baskets.set_manual_price(
            draft.basket, draft.basket.lines.get().uuid, kind=kind, value=Decimal(value), reason="friend", by=EVA
        )
        again = services.draft_of(place(draft), by=EVA)
        assert ManualPrice.objects.filter(basket=again.basket_id).count() == 1
        assert place(again).total == total
        StockLevel.objects.update(on_hand=50)


def test_of_a_changed_order_neither_basket_is_opened_again(mug: Variant) -> None:
    """The customer's own is done with."""
    order = ordered(mug)
    new = place(services.draft_of(order, by=EVA))
    deliver_events()
    assert set(Basket.objects.values_list("status", "is_draft")) == {("closed", False), ("submitted", True)}
    apply(new, "cancel", by=EVA)
    deliver_events()
    assert set(Basket.objects.values_list("status", flat=True)) == {"closed"}


def test_what_was_paid_isnt_changed(mug: Variant) -> None:
    """In whole or in part; before the draft is made, or after."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    by_hand.book_capture(Payment.objects.get(), Decimal(5), reference="1", reason="in part", by=EVA)
    order.refresh_from_db()
    for refused in (
        lambda: services.draft_of(order, by=EVA),
        lambda: place(draft),
        lambda: services.preview_draft(draft, Visit(by=EVA)),
    ):
        with pytest.raises(PaymentInProgress):
            refused()
    by_hand.book_capture(Payment.objects.get(), Decimal(20), reference="2", reason="the rest", by=EVA)
    with pytest.raises(OrderClosed):
        place(draft)
    assert (Order.objects.get().status, StockLevel.objects.get().reserved) == ("confirmed", 2)
    assert Draft.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_payment_that_comes_meanwhile_is_never_lost() -> None:
    """Either the old order is paid and stands, or it is replaced and its money is booked, to be given back."""
    outcomes = set()
    for _attempt in range(6):
        Order.objects.update(replaces=None)
        mug = make.variant(price="10.00", on_hand=5)
        order = ordered(mug)
        draft, payment = services.draft_of(order, by=EVA), Payment.objects.get(order=order)
        set_quantity(draft, 3)
        together(
            [
                lambda draft=draft: place(draft),
                lambda payment=payment: by_hand.book_capture(
                    payment, Decimal(25), reference=f"R-{payment.pk}", reason="came", by=SYSTEM
                ),
            ]
        )
        order.refresh_from_db()
        assert order.amount_captured == 25  # whatever else has happened
        new = Order.objects.filter(replaces=order).first()
        held = StockLevel.objects.get(variant=mug).reserved
        if new is None:
            outcomes.add("paid")
            assert (order.status, order.payment_status, held) == ("confirmed", "paid", 2)
        else:
            outcomes.add("replaced")
            assert (order.status, order.payment_status, new.status, held) == ("cancelled", "overpaid", "pending", 3)
    assert outcomes


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_customer_would_have_to_pay_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: who looks at the order before it is paid, and doesn't look again under its lock, has two living orders."""
    mug = make.variant(price="10.00", on_hand=9)
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    has_looked, is_paid = threading.Event(), threading.Event()

    def look_without_a_lock(basket: Any, *, is_trial: bool) -> None:
        assert Order.objects.get(pk=order.pk).allows.awaits_payment
        if not is_trial:
            has_looked.set()
            assert is_paid.wait(timeout=10)

    def pay() -> None:
        assert has_looked.wait(timeout=10)
        by_hand.book_capture(Payment.objects.get(), Decimal(25), reference="R", reason="came", by=SYSTEM)
        is_paid.set()

    monkeypatch.setattr("tradepost.checkout.services.prepare.lock_replaced", look_without_a_lock)
    together([lambda: place(draft), pay])

    assert sorted(Order.objects.values_list("status", flat=True)) == ["confirmed", "pending"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_replace_an_order_once() -> None:
    """One draft, placed at once by both: one new order."""
    mug = make.variant(price="10.00", on_hand=5)
    draft = services.draft_of(ordered(mug), by=EVA)
    results = together([lambda: place(draft)] * 3)
    placed = {result.pk for result in results if isinstance(result, Order)}
    assert len(placed) == 1
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "pending"]
    assert StockLevel.objects.get().reserved == 2


def test_a_discount_by_hand_shrinks_with_what_was_cancelled(mug: Variant) -> None:
    """Of 4 units at 10.00 with 10 % off, 3 are left: 3.00 off them, and not the 4.00 of all."""
    draft = services.draft_of(ordered(mug, quantity=4), by=EVA)
    line = draft.basket.lines.get().uuid
    baskets.set_manual_price(draft.basket, line, kind="percent", value=Decimal(10), reason="friend", by=EVA)
    order = place(draft)
    assert order.total == 41
    cancel_units(order, {order.lines.get().pk: 1}, by=EVA, reason="one less")

    again = services.draft_of(order, by=EVA)

    row = ManualPrice.objects.get(basket=again.basket_id)
    assert (row.kind, row.value, row.reason, row.actor_label) == ("amount", 3, "friend", "eva@shop")
    assert place(again).total == 32


def test_a_replacement_that_expires_is_placed_again(mug: Variant) -> None:
    """The draft is open again, and there is no order left that it would replace; its stock is held once."""
    old = ordered(mug)
    draft = services.draft_of(old, by=EVA)
    first = place(draft)
    Order.objects.filter(pk=first.pk).update(expires_at=clock.now() - timedelta(1))
    assert expire(first)
    preview = services.preview_draft(services.find_draft(draft.basket.uuid), Visit(by=EVA))
    assert (preview.before, preview.difference, list(preview.payments)) == (None, None, [])

    second = place(draft)

    assert second.pk != first.pk
    assert (second.status, second.replaces_id, second.total) == ("pending", None, 25)
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "expired", "pending"]
    assert StockLevel.objects.get().reserved == 2


def test_an_order_that_has_expired_is_not_placed_by_its_draft(mug: Variant) -> None:
    """Its customer was told that it ended; nothing is held."""
    order = ordered(mug)
    draft = services.draft_of(order, by=EVA)
    Order.objects.update(expires_at=clock.now() - timedelta(1))
    assert expire(order)
    with pytest.raises(OrderClosed):
        place(draft)
    assert (Order.objects.get().status, StockLevel.objects.get().reserved) == ("expired", 0)


def test_money_for_a_replaced_order_is_listed_and_revives_nothing(mug: Variant) -> None:
    """The new order stands; staff give the money back."""
    order = ordered(mug)
    payment = Payment.objects.get()
    new = place(services.draft_of(order, by=EVA))
    deliver_events()
    by_hand.book_capture(payment, Decimal(25), reference="late", reason="came", by=SYSTEM)
    order.refresh_from_db()
    assert (order.status, order.amount_captured, order.due) == ("cancelled", 25, 0)
    assert [row.kind for row in Discrepancy.objects.all()] == ["paid_late"]
    assert (Order.objects.get(pk=new.pk).status, StockLevel.objects.get().reserved) == ("pending", 2)


def test_consents_go_to_nobody_else(mug: Variant) -> None:
    """Those of one customer aren't written down of another, for whom the order is changed."""
    basket = ready(mug, customer=make.customer(email="ada@example.com"))
    services.update(basket, consents={"news": "2"})
    draft = services.draft_of(complete(basket).order, by=EVA)
    assert Checkout.objects.get(basket=draft.basket_id).consents
    services.change_draft(services.find_draft(draft.basket.uuid), customer=make.customer(email="bob@example.com"))
    checkout = Checkout.objects.get(basket=draft.basket_id)
    assert (checkout.consents, checkout.agreements) == ({}, {})
