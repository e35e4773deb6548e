"""From a basket to a paid order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.checkout.conftest import HOME, card, complete, ready
from tradepost.basket import services as baskets
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import jobs, services
from tradepost.checkout.errors import OrderClosed, RequirementsUnmet, TooManyPending, TotalChanged
from tradepost.checkout.services import Visit, prepare
from tradepost.core.actors import Actor, By
from tradepost.core.addresses import AddressInvalid
from tradepost.core.dates import clock
from tradepost.core.db.sequences import next_value
from tradepost.core.errors import Invalid
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import Order
from tradepost.payments import services as payments
from tradepost.payments.errors import PaymentInProgress
from tradepost.payments.interface import (
    OutcomeUnknown,
    Rejected,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Payment
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff, Promotion
from tradepost.testing import factories as make
from tradepost.testing.deliver import deliver_events
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, declined, waiting

pytestmark = pytest.mark.django_db
CUSTOMER = By(Actor.CUSTOMER, label="ada@example.com")


def _left(variant: Variant) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=variant)
    return level.on_hand, level.reserved


def test_a_paid_order(gateway: ScriptedGateway, mug: Variant) -> None:
    """The whole way: snapshot, stock, payment, confirmation, closed basket, one mail."""
    make.tax("0.19")
    basket = ready(mug, quantity=2)
    gateway.play(captured)

    done = complete(basket, "25.00")

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.stage) == ("confirmed", "paid", "paid")
    assert (order.total, order.goods_total, order.charges_total) == (Decimal(25), Decimal(20), Decimal(5))
    assert (order.goods_net, order.goods_tax) == (Decimal("16.81"), Decimal("3.19"))
    assert (order.email, order.shipping_address["city"], order.tax_country) == ("ada@example.com", "Berlin", "DE")
    [line] = order.lines.all()
    assert (line.sku, line.quantity, line.unit_price, line.total) == (mug.sku, 2, Decimal(10), Decimal(20))
    assert [(c.code, c.total) for c in order.charges.all()] == [("parcel", Decimal(5))]
    assert done.payment is not None
    assert done.payment.status == "captured"
    assert _left(mug) == (5, 2)
    assert Basket.objects.get().status == "closed"

    deliver_events()
    [message] = mail.outbox
    assert message.to == ["ada@example.com"]
    assert order.number in message.subject


def test_completing_again_gives_the_same_order(gateway: ScriptedGateway, mug: Variant) -> None:
    """A double click, the back button, a retry: one order, one start."""
    basket = ready(mug)
    gateway.play(waiting)
    first = complete(basket, "15.00")
    second = complete(basket, "15.00")
    third = complete(basket, "99.00")

    assert first.order.pk == second.order.pk == third.order.pk
    assert first.payment is not None
    assert second.payment is not None
    assert first.payment.pk == second.payment.pk
    assert len(gateway.called("start")) == 1
    assert _left(mug) == (5, 1)


def test_another_total_than_expected_is_refused(gateway: ScriptedGateway, mug: Variant) -> None:
    """The refusal holds both totals, and nothing was written."""
    basket = ready(mug)
    with pytest.raises(TotalChanged) as refusal:
        complete(basket, "14.99")
    assert refusal.value.context == {
        "expected": {"amount": "14.99", "currency": "EUR"},
        "total": {"amount": "15.00", "currency": "EUR"},
    }
    with pytest.raises(TotalChanged):
        services.complete(basket, Visit(expected_total=Decimal("15.00"), expected_currency="USD"))
    assert not Order.objects.exists()
    assert Basket.objects.get().status == "open"


def test_an_empty_basket_is_refused(gateway: ScriptedGateway) -> None:
    """With all that is missing."""
    with pytest.raises(RequirementsUnmet) as refusal:
        complete(baskets.open_basket())
    assert [r["code"] for r in refusal.value.context["requirements"]] == ["basket_empty", "email_missing"]
    assert not Order.objects.exists()


def test_every_missing_thing_is_named(gateway: ScriptedGateway, mug: Variant) -> None:
    """In the order of the steps, with stable codes."""
    basket = baskets.open_basket()
    baskets.add(basket, mug)
    assert [r.code for r in services.look(basket).requirements] == [
        "email_missing",
        "shipping_address_missing",
        "shipping_method_missing",
        "payment_method_missing",
    ]
    services.update(basket, email="a@b.de", shipping_address=HOME, shipping_method="pigeon", payment_method="shells")
    assert [r.code for r in services.look(basket).requirements] == [
        "shipping_method_unavailable",
        "payment_method_unavailable",
    ]


def test_a_shop_without_a_payment_method_sells_nothing_that_costs(mug: Variant, settings: Any) -> None:
    """It is told before the order is placed, and nothing is made of the basket."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {}}
    basket = ready(mug)
    with pytest.raises(RequirementsUnmet) as refusal:
        complete(basket)
    assert refusal.value.context["requirements"] == [
        {
            "code": "payment_method_missing",
            "message": "This shop can't take payments at the moment.",
            "attr": "payment_method",
        }
    ]
    assert not Order.objects.exists()
    assert Basket.objects.get().status == "open"


def test_terms_must_be_accepted_where_there_are_any(gateway: ScriptedGateway, mug: Variant, settings: Any) -> None:
    """In the version that holds now."""
    settings.TRADEPOST_CHECKOUT = {"TERMS_VERSION": "2026-11"}
    gateway = card()
    basket = ready(mug)
    assert [r.code for r in services.look(basket).requirements] == ["terms_not_accepted"]
    services.update(basket, consents={"terms": "2026-11"})
    gateway.play(captured)
    order = complete(basket).order
    assert order.terms_version == "2026-11"
    assert order.terms_accepted_at is not None


def test_all_short_lines_are_reported_together(gateway: ScriptedGateway, mug: Variant) -> None:
    """And nothing is kept."""
    plate = make.variant(price="4.00", on_hand=1)
    fork = make.variant(price="1.00", on_hand=2)
    basket = ready(mug, plate, fork, quantity=2)
    StockLevel.objects.filter(variant=fork).update(on_hand=0)
    with pytest.raises(OutOfStock) as refusal:
        complete(basket)

    assert refusal.value.context["short"] == {plate.pk: 1, fork.pk: 0}
    assert [(line["sku"], line["wanted"], line["left"]) for line in refusal.value.context["lines"]] == sorted(
        [(plate.sku, 2, 1), (fork.sku, 2, 0)]
    )
    assert (Order.objects.count(), Reservation.objects.count(), Basket.objects.get().status) == (0, 0, "open")


def test_lines_of_one_variant_are_summed_against_its_stock(gateway: ScriptedGateway) -> None:
    """Red×3 and blue×3 of five."""
    shirt = make.variant(price="10.00", on_hand=5)
    basket = ready()
    for colour in ("red", "blue"):
        baskets.add(basket, shirt, 3, options={"Colour": colour})
    with pytest.raises(OutOfStock) as refusal:
        complete(basket)
    assert refusal.value.context["short"] == {shirt.pk: 5}


def test_an_order_over_nothing_is_confirmed_at_once(gateway: ScriptedGateway) -> None:
    """Total 0.00: no payment, paid, closed."""
    Promotion.objects.create(code="gift", name="Gift")
    for target in ("lines", "shipping"):
        PercentageOff.objects.create(promotion=Promotion.objects.get(), target=target, percent=100)
    basket = ready(make.variant(price="10.00", on_hand=1))
    services.update(basket, payment_method="")

    done = complete(basket, "0.00")
    assert (done.order.status, done.order.payment_status, done.payment) == ("confirmed", "paid", None)
    assert Basket.objects.get().status == "closed"
    assert not gateway.calls


def test_a_decline_leaves_the_order_to_be_paid_again(gateway: ScriptedGateway, mug: Variant) -> None:
    """Stock is kept, another attempt succeeds with another reference."""
    gateway.play(declined)
    done = complete(ready(mug))
    assert (done.order.status, done.order.payment_status) == ("pending", "unpaid")
    assert _left(mug) == (5, 1)

    gateway.play(captured)
    paid = services.pay_again(done.order, method="card", by=CUSTOMER)
    assert done.payment is not None
    assert paid.reference != done.payment.reference
    assert Order.objects.get().status == "confirmed"


def test_a_refused_method_keeps_the_order_and_says_so(gateway: ScriptedGateway, mug: Variant) -> None:
    """The completion carries the refusal."""
    gateway.play(Rejected("amount_too_small"))
    done = complete(ready(mug))
    assert done.error is not None
    assert (done.error.code, done.order.status) == ("payment_unavailable", "pending")


def test_a_closed_order_cant_be_paid_again(gateway: ScriptedGateway, mug: Variant) -> None:
    """Nor one whose time is over."""
    gateway.play(declined)
    done = complete(ready(mug))
    with clock.at(clock.now() + timedelta(hours=2)), pytest.raises(OrderClosed):
        services.pay_again(done.order, method="card", by=CUSTOMER)


def test_a_fourth_unpaid_order_is_refused(gateway: ScriptedGateway) -> None:
    """Stock isn't held by a customer who never pays."""
    pen = make.variant(price="1.00", on_hand=9)
    ada = make.customer()
    for _ in range(3):
        gateway.play(declined)
        complete(ready(pen, customer=ada))
    with pytest.raises(TooManyPending):
        complete(ready(pen, customer=ada))
    assert Order.objects.count() == 3


def test_taken_back_changed_and_ordered_again(gateway: ScriptedGateway, mug: Variant) -> None:
    """Declined, reopened, one more item: a second order, the first cancelled, one reservation."""
    gateway.play(declined)
    basket = ready(mug)
    first = complete(basket).order
    reopened = services.reopen(first, by=CUSTOMER)
    assert (reopened.status, reopened.lines.count(), _left(mug)) == ("open", 1, (5, 0))
    assert services.reopen(first, by=CUSTOMER).pk == reopened.pk

    baskets.add(reopened, mug)
    gateway.play(captured)
    second = complete(Basket.objects.get(pk=basket.pk), "25.00").order
    assert (Order.objects.get(pk=first.pk).status, second.status) == ("cancelled", "confirmed")
    assert [r.quantity for r in Reservation.objects.all()] == [2]


def test_an_order_with_a_payment_under_way_isnt_taken_back(gateway: ScriptedGateway, mug: Variant) -> None:
    """Unknown or taken: 409, and nothing changed."""
    gateway.play(OutcomeUnknown("reset"))
    order = complete(ready(mug)).order
    gateway.play(OutcomeUnknown("reset"))
    with pytest.raises(PaymentInProgress):
        services.reopen(order, by=CUSTOMER)

    gateway.play(captured)
    with pytest.raises(PaymentInProgress):
        services.reopen(order, by=CUSTOMER)
    assert (Order.objects.get().status, Basket.objects.get().status) == ("confirmed", "closed")


def test_a_newer_basket_is_merged_into_the_reopened_one(gateway: ScriptedGateway, mug: Variant) -> None:
    """The newer basket's lines aren't lost."""
    customer = make.customer()
    gateway.play(declined)
    order = complete(ready(mug, customer=customer)).order
    plate = make.variant(price="4.00", on_hand=1)
    baskets.add(baskets.basket_of(customer), plate)

    basket = services.reopen(order, by=CUSTOMER)
    assert {line.variant.sku for line in basket.lines.all()} == {mug.sku, plate.sku}
    assert Basket.objects.filter(status="open").count() == 1


def test_a_submitted_basket_isnt_changed(gateway: ScriptedGateway, mug: Variant) -> None:
    """Nor what was said at its checkout."""
    gateway.play(waiting)
    basket = ready(mug)
    complete(basket)
    with pytest.raises(BasketNotOpen):
        services.update(basket, email="x@example.com")
    assert Basket.objects.get().checkout.email == "ada@example.com"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"email": "nobody"}, Invalid),
        ({"email": 5}, Invalid),
        ({"shipping_address": {"name": "A"}}, AddressInvalid),
        ({"payments": [{"method": "card", "amount": "0.001"}]}, Invalid),
        ({"payments": [{"method": "card", "amount": "NaN"}]}, Invalid),
        ({"payments": [{"method": None}]}, Invalid),
        ({"note": "x" * 2001}, Invalid),
        ({"phone": "\x00"}, Invalid),
    ],
)
def test_malformed_input_is_refused(gateway: ScriptedGateway, values: dict[str, Any], error: type[Exception]) -> None:
    """And nothing is written."""
    basket = ready()
    with pytest.raises(error):
        services.update(basket, **values)
    assert Basket.objects.get().checkout.email == "ada@example.com"


def test_an_unpaid_order_expires_and_its_basket_is_open_again(gateway: ScriptedGateway, mug: Variant) -> None:
    """Stock and coupon are given back."""
    promotion = Promotion.objects.create(code="ten", name="Ten", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    Coupon.objects.create(promotion=promotion, code="TEN", usage_limit=1)
    basket = ready(mug)
    baskets.add_coupon(basket, "ten")
    gateway.play(declined)
    complete(basket, "14.00")
    assert (Coupon.objects.get().used, CouponRedemption.objects.count()) == (1, 1)

    with clock.at(clock.now() + timedelta(hours=2)):
        assert jobs.expire_due() == 1
        assert jobs.expire_due() == 0
    assert (Order.objects.get().status, Basket.objects.get().status) == ("expired", "open")
    assert (_left(mug), Coupon.objects.get().used, CouponRedemption.objects.count()) == ((5, 0), 0, 0)


def test_an_order_waits_to_expire_while_a_payment_isnt_certain(gateway: ScriptedGateway, mug: Variant) -> None:
    """The provider is asked first; no answer means later."""
    gateway.play(waiting)
    complete(ready(mug))
    with clock.at(clock.now() + timedelta(hours=2)):
        gateway.play(OutcomeUnknown("reset"))
        assert jobs.expire_due() == 0
        assert Order.objects.get().status == "pending"
        gateway.play(Result(status=Status.CANCELLED))
        assert jobs.expire_due() == 1
    assert Order.objects.get().status == "expired"


def _late(gateway: ScriptedGateway, variant: Variant) -> Payment:
    """A payment that arrives after its order has expired."""
    gateway.play(waiting)
    complete(ready(variant))
    with clock.at(clock.now() + timedelta(hours=2)):
        gateway.play(Result(status=Status.CANCELLED))
        jobs.expire_due()
    return Payment.objects.get()


def test_paid_late_with_stock_left_is_reinstated(gateway: ScriptedGateway, mug: Variant) -> None:
    """Still there, not ordered again: confirmed, one order."""
    payment = _late(gateway, mug)
    gateway.play(captured)
    payments.ask(payment)
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("confirmed", "paid")
    assert (_left(mug), Basket.objects.get().status) == ((5, 1), "closed")
    assert not Discrepancy.objects.exists()


def test_paid_late_without_stock_stays_expired_and_refundable(gateway: ScriptedGateway) -> None:
    """The last unit was sold."""
    last = make.variant(price="10.00", on_hand=1)
    payment = _late(gateway, last)
    gateway.play(captured)
    complete(ready(last, email="bob@example.com"))
    gateway.play(captured)
    payments.ask(payment)

    order = Order.objects.get(pk=payment.order_id)
    assert (order.status, order.payment_status, order.stage) == ("expired", "overpaid", "refund_due")
    assert order.amount_captured == Decimal(15)
    [discrepancy] = Discrepancy.objects.all()
    assert (discrepancy.kind, discrepancy.facts["code"]) == ("paid_late", "out_of_stock")
    assert _left(last) == (1, 1)


def test_paid_late_after_it_was_ordered_again_stays_expired(gateway: ScriptedGateway, mug: Variant) -> None:
    """The same basket doesn't become two orders."""
    payment = _late(gateway, mug)
    gateway.play(captured)
    complete(Basket.objects.get())
    gateway.play(captured)
    payments.ask(payment)
    assert sorted(Order.objects.values_list("status", flat=True)) == ["confirmed", "expired"]
    assert [d.kind for d in Discrepancy.objects.all()] == ["paid_late"]
    assert _left(mug) == (5, 1)


def test_the_sweeper_finishes_what_was_left(gateway: ScriptedGateway, mug: Variant) -> None:
    """An order that is covered but pending is confirmed."""
    gateway.play(waiting)
    complete(ready(mug))
    Order.objects.update(amount_secured=Decimal(15), amount_captured=Decimal(15))
    assert jobs.sweep_paid() == 1
    assert Order.objects.get().status == "confirmed"


def test_cash_on_delivery_is_confirmed_at_placement(gateway: ScriptedGateway, mug: Variant) -> None:
    """Its payment stays pending."""
    gateway.play(waiting)
    basket = ready(mug)
    services.update(basket, payment_method="cod")
    done = complete(basket)
    assert (done.order.status, done.order.payment_status) == ("confirmed", "pending")


@pytest.mark.parametrize("lines", [1, 50])
def test_placing_an_order_costs_the_same_for_any_number_of_lines(gateway: ScriptedGateway, lines: int) -> None:
    """At most 25, payment row included; the very first order also makes the sequence of numbers."""
    make.tax("0.19")
    next_value("tradepost.orders")
    variants = [make.variant(price="1.00", on_hand=9) for _ in range(lines)]
    basket = ready(*variants)
    with CaptureQueriesContext(connection) as queries:
        prepare.prepare(basket, Visit(expected_total=Decimal(lines + 5)))
    counted = [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(counted) <= 25, "\n".join(sql[:60] for sql in counted)


def test_a_gift_card_is_untouched_when_the_card_is_declined(gateway: ScriptedGateway, settings: Any) -> None:
    """The gift card is held first, and charged when the order is confirmed."""
    held = {
        "BACKEND": "tradepost.testing.gateways.ScriptedGateway",
        "CONFIRM_ON": "authorised",
        "CAPTURE": "on_confirm",
    }
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "gift": held}}
    gateway = card()
    mug = make.variant(price="45.00", on_hand=5)
    basket = ready(mug)
    services.update(basket, payments=[{"method": "card", "amount": "30.00"}, {"method": "gift", "amount": None}])
    gateway.play(authorised, declined)
    done = complete(basket, "50.00")
    assert [(p.method, p.status) for p in done.payments] == [("gift", "authorised"), ("card", "failed")]
    assert (done.order.status, Order.objects.get().amount_captured) == ("pending", Decimal(0))

    gateway.play(captured)
    again = payments.open_payment(done.order, method="card", amount=Decimal("30.00"))
    payments.start(again)
    assert Order.objects.get().status == "confirmed"
    gateway.play(captured)
    deliver_events()
    order = Order.objects.get()
    assert (order.amount_captured, order.payment_status) == (Decimal(50), "paid")


def test_an_order_paid_in_part_waits_for_staff(gateway: ScriptedGateway, mug: Variant) -> None:
    """It doesn't expire, and it is on the list."""
    gateway.play(declined)
    order = complete(ready(mug)).order
    part = payments.open_payment(order, method="card", amount=Decimal("5.00"))
    gateway.play(captured)
    payments.start(part)
    with clock.at(clock.now() + timedelta(hours=2)):
        assert (jobs.expire_due(), jobs.list_part_paid(), jobs.list_part_paid()) == (0, 1, 1)
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("pending", "partly_paid")
    assert [(d.kind, d.facts) for d in Discrepancy.objects.all()] == [("stuck", {"due": "15.00", "paid": "5.00"})]


def test_an_order_that_cant_be_looked_at_keeps_no_other_from_expiring(gateway: ScriptedGateway) -> None:
    """Its payment method was taken out of the settings, say."""
    pen = make.variant(price="1.00", on_hand=9)
    gateway.play(waiting, declined)
    complete(ready(pen))
    complete(ready(pen, email="bob@example.com"))
    Payment.objects.filter(status="pending").update(method="closed")
    with clock.at(clock.now() + timedelta(hours=2)):
        assert jobs.expire_due() == 1
    assert sorted(Order.objects.values_list("status", flat=True)) == ["expired", "pending"]


@pytest.mark.parametrize(("chosen", "language"), [("de", "de"), ("", "fr"), ("tlh", "fr")])
@pytest.mark.usefixtures("gateway")
def test_mail_is_in_the_language_that_the_customer_chose(mug: Variant, chosen: str, language: str) -> None:
    """Else in that of the page; one that the project gave up meanwhile is none."""
    basket = ready(mug, customer=make.customer(language=chosen))

    assert prepare.prepare(basket, Visit(language="fr")).language == language
