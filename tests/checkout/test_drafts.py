"""Orders that staff prepare: a basket of their own, prices by hand, and placing it without the customer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import IntegrityError, transaction

from tests.checkout.conftest import HOME
from tradepost.basket import services as baskets
from tradepost.basket.errors import BasketNotOpen, ManuallyPriced
from tradepost.basket.models import Basket, BasketLine, ManualPrice
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.base import AbstractDraft
from tradepost.checkout.errors import OrderClosed, RequirementsUnmet, TotalChanged
from tradepost.checkout.models import Checkout, Draft
from tradepost.checkout.services import LinkWanted, Receipt, Visit
from tradepost.checkout.services.reopen import expire
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict, Invalid, NotFound
from tradepost.customers.models import Customer, CustomerGroup
from tradepost.customers.services import add_address, customer_for
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import Order
from tradepost.orders.services import apply
from tradepost.payments.errors import AlreadyBooked
from tradepost.payments.models import Payment
from tradepost.pricing.models import PriceList
from tradepost.promotions.models import PercentageOff
from tradepost.shipping.models import FlatRate
from tradepost.testing import deliver_events
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db

EVA = By(Actor.STAFF, label="eva@shop")
ACCOUNT = {"account_holder": "Shop", "iban": "DE89370400440532013000"}
ADA = By(Actor.CUSTOMER, label="ada@example.com")


@pytest.fixture(autouse=True)
def _methods(settings: Any) -> None:
    """A transfer, cash on delivery, and a card that only its owner can pay by."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": "tradepost.testing.gateways.ScriptedGateway"},
            "transfer": {
                "BACKEND": "tradepost.gateways.manual.BankTransfer",
                "OPTIONS": ACCOUNT,
            },
            "cod": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "CONFIRM_ON": "placement"},
        }
    }


def draft(*variants: Variant, customer: Customer | None = None, quantity: int = 2, **fields: Any) -> AbstractDraft:
    """A draft that lacks nothing but a way to pay; delivery costs 5.00."""
    row = services.open_draft(by=EVA, customer=customer, title="By phone")
    for variant in variants:
        baskets.add(row.basket, variant, quantity)
    values = {"email": "ada@example.com", "shipping_address": HOME, "shipping_method": "parcel", **fields}
    services.change_draft(row, fields=values)
    return services.find_draft(row.basket.uuid)


def total(row: AbstractDraft) -> Decimal | None:
    """Of all, delivery included."""
    return services.look(Basket.objects.select_related("customer").get(pk=row.basket_id)).totals.total


def only_line(row: AbstractDraft) -> BasketLine:
    """Of its basket."""
    return BasketLine.objects.get(basket=row.basket_id)


def by_hand(row: AbstractDraft, kind: str, value: str, reason: str = "regular") -> ManualPrice:
    """Set by Eva on the only line."""
    row = baskets.set_manual_price(
        row.basket, only_line(row).uuid, kind=kind, value=Decimal(value), reason=reason, by=EVA
    )
    assert isinstance(row, ManualPrice)
    return row


def test_a_draft_is_none_of_the_customers_baskets(mug: Variant) -> None:
    """Beside their own open one; nobody but staff finds it, by its UUID neither, and no sign-in takes it over."""
    user = get_user_model().objects.create_user("ada", email="ada@example.com", password="secret")
    customer = customer_for(user)
    own = baskets.basket_of(customer)
    baskets.add(own, mug, 1)
    row = draft(mug, customer=customer)
    guests = draft(mug)

    assert baskets.basket_of(customer).pk == own.pk
    for staffs in (row, guests):
        assert baskets.find_basket(uuid=staffs.basket.uuid, user=user) is None
    assert baskets.sign_in(guests.basket.uuid, customer).pk == own.pk
    assert [line.quantity for line in own.lines.all()] == [1]
    assert Basket.objects.get(pk=guests.basket_id).customer_id is None


def test_drafts_arent_cleared_away(mug: Variant) -> None:
    """However long nobody has touched them."""
    row, guests = draft(mug), baskets.open_basket()
    Basket.objects.update(updated_at=clock.now() - timedelta(days=400))

    assert baskets.clear_old(older_than=timedelta(days=30)) == 1
    assert Basket.objects.filter(pk=row.basket_id).exists()
    assert not Basket.objects.filter(pk=guests.pk).exists()


def test_a_draft_begins_with_what_is_known_of_the_customer(mug: Variant) -> None:
    """E-mail, phone and default addresses."""
    customer = make.customer(email="ada@example.com")
    add_address(customer, HOME)

    checkout = Checkout.objects.get(basket=services.open_draft(by=EVA, customer=customer).basket)

    assert (checkout.email, checkout.shipping_address["city"], checkout.billing_address["city"]) == (
        "ada@example.com",
        "Berlin",
        "Berlin",
    )


def test_a_draft_holds_no_stock_until_it_is_placed(mug: Variant) -> None:
    """Then it does, and the order says where it comes from and who row it."""
    row = draft(mug, payment_method="transfer")
    assert (StockLevel.objects.get().reserved, Order.objects.count()) == (0, 0)

    done = services.place_draft(row, Visit(by=EVA))

    order = done.order
    assert (order.source, order.status, order.total, order.email) == (
        "staff",
        "pending",
        Decimal(25),
        "ada@example.com",
    )
    assert StockLevel.objects.get().reserved == 2
    entry = order.events.get(kind="place")
    assert (entry.actor_label, entry.actor_kind, entry.facts["source"]) == ("eva@shop", "staff", "staff")
    assert done.payment is not None
    assert (done.payment.method, done.payment.status, done.link) == ("transfer", "requires_action", None)


def test_placed_twice_it_is_one_order(mug: Variant) -> None:
    """The second call gives the first one's."""
    row = draft(mug, payment_method="cod")
    first = services.place_draft(row, Visit(by=EVA)).order
    assert services.place_draft(services.find_draft(row.basket.uuid), Visit(by=EVA)).order.pk == first.pk
    assert (first.status, Order.objects.count(), Payment.objects.count()) == ("confirmed", 1, 1)


def test_a_customer_is_asked_to_pay_by_a_link(mug: Variant) -> None:
    """No payment is begun; the order waits as long as the link is good, and the mail has it."""
    done = services.place_draft(draft(mug), Visit(by=EVA), link=LinkWanted(expires_after=timedelta(days=3)))

    assert done.link is not None
    assert (done.order.status, done.payment, Payment.objects.count()) == ("pending", None, 0)
    done.order.refresh_from_db()
    assert done.order.expires_at is not None
    assert done.order.expires_at >= done.link.expires_at
    deliver_events()
    assert [(message.to, done.link.token in message.body) for message in mail.outbox] == [(["ada@example.com"], True)]


def test_received_money_is_booked_with_it(mug: Variant) -> None:
    """Confirmed at once, with its reference in the ledger."""
    row = draft(mug, payment_method="transfer")
    done = services.place_draft(row, Visit(by=EVA), receipt=Receipt(reference="R-1", reason="at the counter"))

    assert (done.order.status, done.order.payment_status, done.order.amount_captured) == ("confirmed", "paid", 25)
    assert done.payment is not None
    row = done.payment.transactions.get(kind="capture")
    assert (row.is_by_hand, row.provider_ref.endswith("R-1"), row.amount, row.actor_label) == (
        True,
        True,
        25,
        "eva@shop",
    )
    assert Reservation.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("fields", "options", "attr"),
    [
        ({"payment_method": "card"}, {}, "payment_method"),
        ({"payment_method": "transfer"}, {"link": LinkWanted()}, "link"),
        ({}, {"link": LinkWanted(), "receipt": Receipt(reference="1", reason="x")}, "link"),
        ({}, {"receipt": Receipt(reference="1", reason="x")}, "payment_method"),
        ({"email": "", "phone": "+49 30 123456"}, {"link": LinkWanted()}, "link"),
    ],
)
def test_ways_to_pay_that_dont_go_together(
    mug: Variant, fields: dict[str, str], options: dict[str, Any], attr: str
) -> None:
    """Are refused before anything is row."""
    row = draft(mug)
    if fields.get("email") == "":
        Checkout.objects.filter(basket=row.basket_id).update(email="", phone=fields["phone"])
    else:
        services.change_draft(row, fields=fields)

    with pytest.raises(Invalid) as refused:
        services.place_draft(services.find_draft(row.basket.uuid), Visit(by=EVA), **options)

    assert (refused.value.context["attr"], Order.objects.count()) == (attr, 0)


def test_a_phone_number_is_enough(mug: Variant) -> None:
    """Of a customer's own basket it isn't, and without either a draft lacks one, too."""
    row = draft(mug, email="ada@example.com", phone="+49 30 123456", payment_method="cod")
    Checkout.objects.filter(basket=row.basket_id).update(email="")
    assert services.place_draft(row, Visit(by=EVA)).order.status == "confirmed"
    silent = draft(mug)
    Checkout.objects.filter(basket=silent.basket_id).update(email="", phone="")
    with pytest.raises(RequirementsUnmet) as refused:
        services.place_draft(silent, Visit(by=EVA))
    assert [entry["code"] for entry in refused.value.context["requirements"]] == ["email_missing"]


@pytest.mark.usefixtures("mug")
def test_terms_arent_accepted_on_behalf_of_somebody(settings: Any, mug: Variant) -> None:
    """Nobody says that they were."""
    settings.TRADEPOST_CHECKOUT = {"TERMS_VERSION": "3"}
    order = services.place_draft(draft(mug), Visit(by=EVA)).order
    assert (order.terms_version, order.terms_accepted_at) == ("", None)


def test_orders_of_staff_dont_use_up_what_a_customer_may_leave_unpaid(settings: Any, mug: Variant) -> None:
    """Nor are they refused by it."""
    settings.TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS": 1}
    customer = make.customer(email="ada@example.com")
    for _number in range(2):
        services.place_draft(draft(mug, customer=customer, quantity=1), Visit(by=EVA))

    own = baskets.basket_of(customer)
    baskets.add(own, mug, 1)
    services.update(
        own, email="ada@example.com", shipping_address=HOME, shipping_method="parcel", payment_method="transfer"
    )
    assert services.complete(own, Visit(source="storefront")).order.source == "storefront"
    assert Order.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "value", "goods", "rest"),
    [
        ("price", "8.50", "17.00", "17.00"),
        ("price", "0", "0.00", "0.00"),
        ("price", "12.3456", "24.69", "24.69"),
        ("percent", "15", "20.00", "17.00"),
        ("percent", "100", "20.00", "0.00"),
        ("amount", "3.33", "20.00", "16.67"),
        ("amount", "999", "20.00", "0.00"),
    ],
)
def test_a_price_by_hand(mug: Variant, kind: str, value: str, goods: str, rest: str) -> None:
    """Is what the line costs, in the draft and in the order, which keeps who set it and why."""
    row = draft(mug)
    by_hand(row, kind, value, "an old friend")

    assert total(row) == Decimal(rest) + 5
    order = services.place_draft(row, Visit(by=EVA, expected_total=Decimal(rest) + 5, expected_currency="EUR")).order
    line = order.lines.get()
    assert (line.subtotal, line.total) == (Decimal(goods), Decimal(rest))
    if kind == "price":
        assert (line.price_source, line.list_price) == ("manual", Decimal(10) if Decimal(value) < 10 else None)
        (fact,) = order.events.get(kind="place").facts["prices_by_hand"]
        assert (fact["sku"], fact["reason"], fact["by"]) == (mug.sku, "an old friend", "eva@shop")
    else:
        given = line.adjustments.get()
        assert (given.kind, given.reason, given.actor, given.promotion_key) == (
            "manual",
            "an old friend",
            "eva@shop",
            "",
        )
        assert given.amount == Decimal(rest) - Decimal(goods)


def test_promotions_come_before_a_discount_and_leave_a_price_alone(mug: Variant) -> None:
    """10 % of 20.00, then 50 % of the rest; of a line with a price by hand nothing."""
    PercentageOff.objects.create(promotion=make.promotion(), percent=10)
    row = draft(mug)
    by_hand(row, "percent", "50")
    assert total(row) == Decimal("14.00")
    by_hand(row, "price", "9")
    assert (total(row), ManualPrice.objects.count()) == (Decimal("23.00"), 1)
    baskets.remove_manual_price(row.basket, only_line(row).uuid)
    assert total(row) == Decimal("23.00")  # 20.00 less 10 %, and the delivery


@pytest.mark.parametrize(
    ("kind", "value", "parts"),
    [
        ("percent", "10", ["18.00", "4.50"]),
        ("percent", "100", ["0.00", "0.00"]),
        ("amount", "0.01", ["19.99", "5.00"]),
        ("amount", "10", ["12.00", "3.00"]),
        ("amount", "999", ["0.00", "0.00"]),
    ],
)
def test_a_discount_on_all_goods_is_shared(mug: Variant, kind: str, value: str, parts: list[str]) -> None:
    """By what each line leaves, to the cent; the delivery isn't among it, and the order keeps who gave it and why."""
    spoon = make.variant(sku="SPOON", price="2.50", on_hand=9)
    row = draft(mug, spoon)
    baskets.set_manual_discount(row.basket, kind=kind, value=Decimal(value), reason="late", by=EVA)

    due = sum(map(Decimal, parts)) + 5
    assert total(row) == due
    order = services.place_draft(row, Visit(by=EVA, expected_total=due, expected_currency="EUR")).order
    lines = {line.sku: line for line in order.lines.all()}
    assert [lines[sku].total for sku in (mug.sku, "SPOON")] == [*map(Decimal, parts)]
    given = [row for line in lines.values() for row in line.adjustments.all()]
    assert {(row.kind, row.reason, row.actor, row.application) for row in given} == {
        ("manual", "late", "eva@shop", "manual:goods")
    }


def test_a_discount_on_all_goods_comes_after_those_of_lines(mug: Variant) -> None:
    """Another one takes its place, lines that come later have their share, and taken away it leaves the others."""
    row = draft(mug)
    by_hand(row, "amount", "4")
    baskets.set_manual_discount(row.basket, kind="percent", value=Decimal(50), reason="a friend", by=EVA)
    assert total(row) == Decimal("13.00")
    baskets.set_manual_discount(row.basket, kind="percent", value=Decimal(25), reason="a friend", by=EVA)
    assert total(row) == Decimal("17.00")
    baskets.add(row.basket, make.variant(sku="SPOON", price="2.00", on_hand=9), 2)
    assert total(row) == Decimal("20.00")
    baskets.remove_manual_discount(row.basket)
    assert (total(row), ManualPrice.objects.get().kind) == (Decimal("25.00"), "amount")
    with pytest.raises(Invalid):
        baskets.set_manual_discount(row.basket, kind="price", value=Decimal(1), reason="x", by=EVA)


def test_prices_by_hand_stay_with_another_customer(mug: Variant) -> None:
    """Staff set them for these goods with a reason; whoever changes the customer sees them, and may take them away."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    trader = make.customer(email="trade@example.com")
    trader.groups.add(group)
    make.price_list("trade", currency="EUR", priority=5).groups.add(group)
    make.price(mug, "7.00", price_list=PriceList.objects.get(code="trade"))
    row = draft(mug)
    by_hand(row, "price", "9")
    baskets.set_manual_discount(row.basket, kind="percent", value=Decimal(50), reason="x", by=EVA)

    services.change_draft(row, customer=trader)
    assert (total(row), ManualPrice.objects.count()) == (Decimal("14.00"), 2)
    baskets.remove_manual_price(row.basket, only_line(row).uuid)
    baskets.remove_manual_discount(row.basket)
    assert total(row) == Decimal("19.00")  # at the trader's prices


def test_a_changed_order_keeps_its_discount_on_all_goods(mug: Variant) -> None:
    """As one of each line, so that what is changed of one leaves the others as they were agreed."""
    row = draft(mug, make.variant(sku="SPOON", price="2.50", on_hand=9))
    baskets.set_manual_discount(row.basket, kind="amount", value=Decimal(10), reason="late", by=EVA)
    order = services.place_draft(row, Visit(by=EVA)).order

    again = services.draft_of(order, by=EVA)
    assert sorted(ManualPrice.objects.filter(basket=again.basket_id).values_list("kind", "value", "reason")) == [
        ("amount", Decimal(2), "late"),
        ("amount", Decimal(8), "late"),
    ]


def test_customers_prices_by_group_count(mug: Variant) -> None:
    """Those of whom the draft is for, and not once it is for nobody."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    customer = make.customer(email="ada@example.com")
    customer.groups.add(group)
    prices = make.price_list("trade", priority=9)
    prices.groups.add(group)
    make.price(mug, "7.00", price_list=prices)
    row = draft(mug, customer=customer)

    assert total(row) == Decimal(19)
    services.change_draft(row, customer=None)
    assert total(row) == Decimal(25)


@pytest.mark.parametrize(
    ("kind", "value", "reason", "attr"),
    [
        ("price", "-1", "x", "value"),
        ("price", "1.23456", "x", "value"),
        ("price", "1e12", "x", "value"),
        ("price", "NaN", "x", "value"),
        ("percent", "0", "x", "value"),
        ("percent", "100.01", "x", "value"),
        ("amount", "0.001", "x", "value"),
        ("amount", "1e20", "x", "value"),
        ("gift", "1", "x", "kind"),
        ("price", "1", "  ", "reason"),
    ],
)
def test_prices_that_cant_be(mug: Variant, kind: str, value: str, reason: str, attr: str) -> None:
    """Refused, and nothing is written."""
    row = draft(mug)
    with pytest.raises(Invalid) as refused:
        by_hand(row, kind, value, reason)
    assert (refused.value.context["attr"], ManualPrice.objects.count()) == (attr, 0)


def test_only_a_draft_has_prices_by_hand(mug: Variant) -> None:
    """A customer's own basket hasn't."""
    basket = baskets.open_basket()
    line = baskets.add(basket, mug, 1)
    with pytest.raises(Invalid):
        baskets.set_manual_price(basket, line.uuid, kind="price", value=Decimal(1), reason="x", by=EVA)


def test_the_database_holds_the_bounds_too(mug: Variant) -> None:
    """Whoever writes it."""
    row = draft(mug)
    good = {"basket_id": row.basket_id, "kind": "percent", "value": Decimal(10), "reason": "x"}
    for wrong in ({"value": Decimal(-1)}, {"value": Decimal(101)}, {"reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ManualPrice.objects.create(line=only_line(row).uuid, **{**good, **wrong})


def test_a_removed_line_takes_its_price_along(mug: Variant) -> None:
    """Removed, set to nothing, or all at once; and with the whole draft."""
    for empty in (
        lambda row: baskets.remove(row.basket, only_line(row).uuid),
        lambda row: baskets.set_quantity(row.basket, only_line(row).uuid, 0),
        lambda row: baskets.clear(row.basket),
        services.remove_draft,
    ):
        row = draft(mug)
        by_hand(row, "price", "1")
        empty(row)
        assert ManualPrice.objects.count() == 0


def test_amounts_by_hand_keep_the_currency(settings: Any, mug: Variant) -> None:
    """Another one is refused while they are there."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    row = draft(mug)
    by_hand(row, "amount", "1")
    with pytest.raises(ManuallyPriced):
        services.change_draft(row, currency="USD")
    assert Basket.objects.get(pk=row.basket_id).currency == "EUR"


def test_without_the_stage_no_discount_is_promised(settings: Any, mug: Variant) -> None:
    """A shop whose stages leave it out refuses it instead of forgetting it."""
    from tradepost.basket.conf import BasketSettings

    stages = tuple(path for path in BasketSettings().STAGES if not path.endswith("manual_discounts"))
    settings.TRADEPOST_BASKET = {"STAGES": stages}
    row = draft(mug)
    with pytest.raises(Invalid):
        by_hand(row, "percent", "10")
    by_hand(row, "price", "8")
    assert total(row) == Decimal(21)


def test_a_preview_writes_nothing(mug: Variant) -> None:
    """And refuses what placing would."""
    row = draft(mug, payment_method="transfer")
    seen = services.preview_draft(row, Visit(by=EVA))
    assert (seen.before, seen.difference, seen.after.total, seen.after.status) == (None, None, 25, "pending")
    assert (Order.objects.count(), Payment.objects.count(), Reservation.objects.count()) == (0, 0, 0)
    assert Basket.objects.get(pk=row.basket_id).allows.is_open
    with pytest.raises(OutOfStock):
        services.preview_draft(draft(mug, quantity=6), Visit(by=EVA))
    with pytest.raises(TotalChanged):
        services.preview_draft(row, Visit(by=EVA, expected_total=Decimal(1), expected_currency="EUR"))


def test_an_expired_order_gives_the_draft_back(mug: Variant) -> None:
    """To staff: the customer's own basket stays as it is."""
    customer = make.customer(email="ada@example.com")
    own = baskets.basket_of(customer)
    row = draft(mug, customer=customer)
    order = services.place_draft(row, Visit(by=EVA)).order
    Order.objects.update(expires_at=clock.now() - timedelta(1))

    assert expire(order)

    basket = Basket.objects.get(pk=row.basket_id)
    assert (basket.allows.is_open, basket.is_draft, basket.lines.count()) == (True, True, 1)
    assert Basket.objects.get(pk=own.pk).allows.is_open
    assert StockLevel.objects.get().reserved == 0


def test_a_customer_cant_take_it_into_their_basket(mug: Variant) -> None:
    """With its prices by hand they would have them for ever."""
    order = services.place_draft(draft(mug), Visit(by=EVA)).order
    with pytest.raises(OrderClosed):
        services.reopen(order, by=ADA)
    assert Order.objects.get().status == "pending"


def test_a_placed_draft_is_neither_changed_nor_deleted(mug: Variant) -> None:
    """Its order is."""
    row = draft(mug)
    services.place_draft(row, Visit(by=EVA))
    with pytest.raises(BasketNotOpen):
        services.remove_draft(row)
    with pytest.raises(BasketNotOpen):
        services.change_draft(row, title="Other")
    assert Draft.objects.get().title == "By phone"


def test_a_draft_is_found_by_its_uuid(mug: Variant) -> None:
    """No other basket is."""
    with pytest.raises(NotFound):
        services.find_draft(baskets.open_basket().uuid)


@pytest.mark.parametrize("reference", ["bon 8", "bon 7"])
def test_a_receipt_is_booked_once(mug: Variant, reference: str) -> None:
    """Another one for an order that somebody else has placed as paid is refused; the same one is the same money."""
    row = draft(mug, payment_method="transfer")
    services.place_draft(row, Visit(by=EVA), receipt=Receipt(reference="bon 7", reason="cash"))
    again = Receipt(reference=reference, reason="cash")
    if reference == "bon 7":
        assert services.place_draft(row, Visit(by=EVA), receipt=again).order == Order.objects.get()
    else:
        with pytest.raises(AlreadyBooked):
            services.place_draft(row, Visit(by=EVA), receipt=again)
    assert (Order.objects.get().amount_captured, Order.objects.get().payment_status) == (25, "paid")


def test_a_receipt_is_never_passed_over(mug: Variant) -> None:
    """For an order that was placed for a link, or called off meanwhile, nothing is booked, and that is said."""
    receipt = Receipt(reference="bon 7", reason="cash")
    linked = draft(mug, quantity=1)
    services.place_draft(linked, Visit(by=EVA), link=LinkWanted())
    cancelled = draft(mug, quantity=1, payment_method="transfer")
    apply(services.place_draft(cancelled, Visit(by=EVA)).order, "cancel", by=EVA)
    for row, refusal in ((linked, OrderClosed), (cancelled, BasketNotOpen)):
        with pytest.raises(refusal):
            services.place_draft(row, Visit(by=EVA), receipt=receipt)
    assert set(Order.objects.values_list("status", "amount_captured")) == {("pending", 0), ("cancelled", 0)}


def test_an_amount_is_of_the_currency_that_was_seen(settings: Any, mug: Variant) -> None:
    """Not of another that somebody has chosen meanwhile; a percentage is the same in both."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "JPY")}
    row = draft(mug)
    make.price(mug, "1500", price_list=make.price_list("jpy", currency="JPY"))
    baskets.set_currency(Basket.objects.get(pk=row.basket_id), "JPY")
    for kind in ("price", "amount"):
        with pytest.raises(Conflict):
            by_hand(row, kind, "9.50")
    assert by_hand(row, "percent", "10").value == 10
