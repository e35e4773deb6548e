"""Pages for a customer after the order: parcels, payments; and a shop that can't take any."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from tradepost.basket import services as baskets
from tradepost.basket.errors import CouponRepeated
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.core.actors import Actor, By
from tradepost.fulfilment import services as fulfilment
from tradepost.fulfilment.models import Shipment
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.pricing.models import PriceList
from tradepost.promotions.models import Coupon, PercentageOff, Promotion
from tradepost.testing import factories as make

from .conftest import Visitor

STAFF = By(Actor.STAFF, label="anna")


def paid(guest: Visitor, mug: Variant, units: int = 1) -> Order:
    """An order by card, paid at the dummy bank."""
    guest.add(mug, units)
    guest.say(method="card")
    guest.place()
    order = Order.objects.latest("pk")
    guest.client.post(f"/dummy/{order.payments.get().reference}/", {"decision": "pay"})
    guest.get(f"/payments/{order.payments.get().uuid}/return/")
    return Order.objects.get(pk=order.pk)


def test_parcels_and_their_tracking_stand_on_the_order(guest: Visitor, mug: Variant) -> None:
    """One that is on its way, one that is being packed; what won't leave isn't told."""
    order = paid(guest, mug, 3)
    line = order.lines.get()
    fulfilment.ship_now(
        order, {line.pk: 1}, by=STAFF, carrier="Post", tracking_number="RR1", tracking_url="https://post.example/RR1"
    )
    fulfilment.create_shipment(order, {line.pk: 1}, by=STAFF)
    gone = fulfilment.create_shipment(order, {line.pk: 1}, by=STAFF, tracking_number="GONE")
    fulfilment.cancel_shipment(gone, by=STAFF)

    guest.get(f"/orders/{order.number}/")

    first, second = guest.page.context["parcels"]
    assert (first.status, first.carrier, first.tracking_number, first.goods) == (
        "On its way",
        "Post",
        "RR1",
        ((1, "Mug"),),
    )
    assert (second.status, second.tracking_url) == ("Being packed", "")
    assert '<a href="https://post.example/RR1" rel="noopener noreferrer">Track this parcel</a>' in guest.text
    assert "GONE" not in guest.text
    assert guest.page.context["stage_text"] == "Partly shipped"


def test_a_parcel_in_a_state_of_the_projects_own_stays_on_the_page(
    guest: Visitor, mug: Variant, client: Client
) -> None:
    """By the state's own label; the API says the state."""
    order = paid(guest, mug, 1)
    sent = fulfilment.ship_now(order, {order.lines.get().pk: 1}, by=STAFF, tracking_number="RR1")
    Shipment.objects.filter(pk=sent.pk).update(status="at_customs")

    guest.get(f"/orders/{order.number}/")
    [parcel] = guest.page.context["parcels"]
    [shipment] = client.get(f"/api/v1/orders/{order.number}/?token={access_token(order)}").json()["shipments"]

    assert (parcel.status, parcel.tracking_number, shipment["status"]) == ("at_customs", "RR1", "at_customs")


def test_a_tracking_address_that_is_no_web_page_is_no_link(guest: Visitor, mug: Variant) -> None:
    """Whatever a carrier's import wrote there."""
    order = paid(guest, mug)
    fulfilment.ship_now(order, {order.lines.get().pk: 1}, by=STAFF, tracking_url="javascript:alert(1)")

    assert "javascript:" not in guest.get(f"/orders/{order.number}/").content.decode()


def test_payments_stand_on_the_order(guest: Visitor, mug: Variant) -> None:
    """By the name that the shop gives the method; what failed isn't told."""
    order = paid(guest, mug)

    guest.get(f"/orders/{order.number}/")

    assert [(row.method, row.amount, row.status) for row in guest.page.context["payment_rows"]] == [
        ("Card", "€15.00", "Paid")
    ]
    order.payments.update(status="failed")
    assert guest.get(f"/orders/{order.number}/").context["payment_rows"] == []


@pytest.mark.parametrize(
    ("confirm_on", "status"), [("placement", "Not paid yet"), ("captured", "Waiting for the bank")], ids=str
)
def test_what_is_paid_at_the_door_waits_for_no_bank(guest: Visitor, mug: Variant, confirm_on: str, status: str) -> None:
    """Its order was confirmed as it was placed; another payment under way is at the bank."""
    order = paid(guest, mug)
    order.payments.update(status="pending", confirm_on=confirm_on)

    guest.get(f"/orders/{order.number}/")

    assert [row.status for row in guest.page.context["payment_rows"]] == [status]


def test_the_api_tells_of_shipments(guest: Visitor, mug: Variant, client: Client) -> None:
    """With their tracking and lines, in a constant number of queries."""
    order = paid(guest, mug, 2)
    line = order.lines.get()
    for number in ("RR1", "RR2"):
        fulfilment.ship_now(order, {line.pk: 1}, by=STAFF, carrier="Post", tracking_number=number)

    body = client.get(f"/api/v1/orders/{order.number}/?token={access_token(order)}").json()

    assert [(row["status"], row["kind"], row["carrier"], row["tracking_number"]) for row in body["shipments"]] == [
        ("shipped", "parcel", "Post", "RR1"),
        ("shipped", "parcel", "Post", "RR2"),
    ]
    assert body["shipments"][0]["lines"] == [{"line": str(line.uuid), "sku": "MUG", "quantity": 1}]
    assert body["shipments"][0]["shipped_at"].endswith("Z")


def test_the_next_action_of_the_api_is_an_absolute_address(mug: Variant, client: Client) -> None:
    """Also where the provider's page is one of ours, and the client named no address to come back to."""
    basket = client.post("/api/v1/baskets/", {}, content_type="application/json").json()["uuid"]
    address = f"/api/v1/baskets/{basket}"
    client.post(f"{address}/lines/", {"variant": "MUG", "quantity": 1}, content_type="application/json")
    home = {"name": "Ada", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
    given = {
        "email": "ada@example.com",
        "shipping_address": home,
        "shipping_method": "parcel",
        "payment_method": "card",
    }
    client.patch(f"{address}/checkout/", given, content_type="application/json")
    total = {"expected_total": {"amount": "15.00", "currency": "EUR"}}

    done = client.post(f"{address}/checkout/complete/", total, content_type="application/json").json()

    reference = Order.objects.get().payments.get().reference
    assert done["payment"]["next_action"]["url"] == f"http://testserver/dummy/{reference}/"


def test_a_shop_without_a_method_says_so_before_the_last_button(guest: Visitor, mug: Variant, settings: Any) -> None:
    """On the checkout from its first page, and the page of payment can't be passed."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {}}
    guest.add(mug)

    guest.get("/checkout/")
    assert "We can’t take payments at the moment" in guest.text
    guest.post("/checkout/details/", _details())
    guest.post("/checkout/delivery/", {"method": "parcel"})

    assert guest.page.context["step"] == "payment"
    assert "We can’t take payments at the moment. Please contact us." in guest.text
    assert "Buy now for" not in guest.text


def test_a_shop_without_a_method_is_told_before_it_opens(settings: Any) -> None:
    """By the checks for deployment, with the lines to paste."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {}}
    [warning] = [message for message in run_checks(include_deployment_checks=True) if message.id == "tradepost.W618"]
    assert "names no payment method" in warning.msg
    assert "BankTransfer" in str(warning.hint)

    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {"cash": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "OPTIONS": {}}}
    }
    assert not [result for result in run_checks(include_deployment_checks=True) if result.id == "tradepost.W618"]


def _details() -> dict[str, str]:
    from .conftest import DETAILS

    return DETAILS


def _two_codes() -> None:
    promotion = Promotion.objects.create(code="ten", name="Ten off", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    Coupon.objects.create(promotion=promotion, code="BBB")
    Coupon.objects.create(promotion=promotion, code="AAA")


def test_a_second_code_of_one_promotion_is_told_from_a_wrong_one(guest: Visitor, mug: Variant) -> None:
    """It isn't taken, and nothing is said against it; the first counts, whichever that is."""
    _two_codes()
    guest.add(mug)
    guest.post("/basket/coupon/", {"code": "AAA"})

    guest.post("/basket/coupon/", {"code": "BBB"})

    assert guest.page.status_code == 409
    assert "BBB is for the same offer as AAA, which counts already." in guest.text
    assert Basket.objects.get().coupon_codes == ["AAA"]
    assert guest.page.context["totals"].total == 9


def test_two_codes_of_one_promotion_that_met_in_a_basket(mug: Variant, shop: None) -> None:
    """As after a merge: the first entered counts; where it ends, the other takes its place."""
    _two_codes()
    basket: Any = baskets.open_basket()
    baskets.add(basket, mug, 1)
    Basket.objects.update(coupon_codes=["AAA", "BBB"])

    totals = baskets.totals(Basket.objects.get())
    [refusal] = [entry for entry in totals.trail if not entry.applied]
    assert (totals.total, totals.coupons) == (9, {"AAA"})
    assert (refusal.coupon, refusal.code) == ("BBB", "coupon_repeated")
    Coupon.objects.filter(code="AAA").update(is_active=False)
    totals = baskets.totals(Basket.objects.get())
    assert (totals.total, totals.coupons) == (9, {"BBB"})
    [refusal] = [entry for entry in totals.trail if not entry.applied]
    assert (refusal.coupon, refusal.code) == ("AAA", "coupon_invalid")
    Coupon.objects.create(promotion=Promotion.objects.get(), code="CCC")
    with pytest.raises(CouponRepeated) as repeated:
        baskets.add_coupon(Basket.objects.get(), "CCC")
    assert repeated.value.context["coupon"] == "CCC"


@pytest.mark.django_db
def test_the_admin_counts_what_is_there_and_not_what_was_found(admin_client: Client) -> None:
    """Three variants are three, whether all, one or none of their SKUs meets the words."""
    product = make.product(name="Mug", slug="mug")
    variants = [make.variant(product=product, sku=f"MUG-{n}", price="10.00", on_hand=5) for n in range(3)]
    basket = baskets.open_basket()
    for variant in variants:
        baskets.add(basket, variant, 1)

    def counted(model: str, attribute: str, words: str) -> list[int]:
        page = admin_client.get(reverse(f"admin:{model}_changelist"), {"q": words} if words else {})
        return [getattr(row, attribute) for row in page.context["cl"].result_list]

    for words in ("", "MUG", "MUG-1", "mug mug-2"):
        assert counted("tradepost_catalogue_product", "variants_total", words) == [3], words
        assert counted("tradepost_basket_basket", "line_number", words) == [3], words
    assert counted("tradepost_pricing_pricelist", "price_count", PriceList.objects.get().name) == [3]


@pytest.mark.django_db
def test_stock_is_called_by_names(mug: Variant, guest: Visitor) -> None:
    """Levels and reservations, wherever the admin writes one."""
    guest.buy(mug)

    assert str(StockLevel.objects.get()) == f"MUG, {StockLevel.objects.get().location.name}: 5 − 1"
    assert str(Reservation.objects.get()).startswith("1 × MUG, ")
