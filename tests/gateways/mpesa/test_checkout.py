"""The phone that M-Pesa asks for: in the storefront's forms and in the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.fakes.mpesa_server import MpesaServer
from tests.gateways.mpesa.kenyan_shop import open_in_kenya
from tests.gateways.mpesa.test_shop import PUSH, take
from tests.storefront.conftest import DETAILS, Visitor
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.payments.models import Payment

pytestmark = pytest.mark.django_db
HOME = {**DETAILS, "shipping-country": "KE"}
WRONG = "Please enter a Kenyan mobile number, as in 0712 345 678 or 254712345678."
MISSING = "Please enter the number of the phone that you pay with."


@pytest.fixture
def mpesa() -> Iterator[MpesaServer]:
    with MpesaServer() as server:
        yield server


@pytest.fixture
def kiondo(db: None, settings: Any, mpesa: MpesaServer) -> Variant:
    return open_in_kenya(settings, mpesa)


@pytest.fixture
def guest(kiondo: Variant) -> Visitor:
    """Has a basket, and has said where it goes."""
    visitor = Visitor()
    visitor.add(kiondo)
    visitor.post("/checkout/details/", HOME)
    visitor.post("/checkout/delivery/", {"method": "parcel"})
    return visitor


def test_the_page_asks_for_the_phone(guest: Visitor) -> None:
    """With a label, a hint, and what browsers need to fill it in."""
    guest.get("/checkout/")

    assert '<label for="mobile-phone">M-Pesa number</label>' in guest.text
    assert 'type="tel" value="" maxlength="200" autocomplete="tel" aria-describedby="mobile-phone-hint"' in guest.text
    assert "You’ll be asked for your PIN on this phone." in guest.text


@pytest.mark.parametrize(("given", "sentence"), [("12345", WRONG), ("0202345678", WRONG), ("", MISSING)])
def test_a_wrong_number_stays_on_the_step(guest: Visitor, mpesa: MpesaServer, given: str, sentence: str) -> None:
    """422 with the sentence at the field, which holds what was said; nothing is kept of it."""
    guest.post("/checkout/payment/", {"method": "mobile", "mobile-phone": given})

    assert guest.page.status_code == 422
    assert f'<span class="error">{sentence}</span>' in guest.text
    assert f'value="{given}"' in guest.text
    assert 'aria-invalid="true"' in guest.text
    assert guest.page.context["view"].checkout.payment_method == ""
    assert mpesa.requests == []


@pytest.mark.parametrize("field", ["mobile-phone", "save-mobile", "method"])
def test_a_card_number_is_not_kept_in_the_session(guest: Visitor, field: str) -> None:
    """In whichever field somebody typed it."""
    card = "4242424242424242"
    posted = {"method": "mobile", "mobile-phone": "0712345678", field: f"mobile:{card}" if field == "method" else card}
    guest.post("/checkout/payment/", posted)

    assert card not in str(dict(guest.client.session))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("given", ["0712345678", "+254 712 345 678", "254712345678", "0712-345-678"])
def test_the_phone_that_was_given_rings(guest: Visitor, mpesa: MpesaServer, given: str) -> None:
    """Once, for the order's total; paid, the order is confirmed."""
    guest.post("/checkout/payment/", {"method": "mobile", "mobile-phone": given})
    guest.place()

    [push] = mpesa.called(PUSH)
    assert (push["PhoneNumber"], push["Amount"]) == ("254712345678", 1700)
    mpesa.pay(Payment.objects.get().provider_ref)
    mpesa.deliver(take)
    assert Order.objects.get().status == "confirmed"


def test_the_orders_phone_stands_in(kiondo: Variant, mpesa: MpesaServer) -> None:
    """Who gave a Kenyan number with the address needn't give it again."""
    guest = Visitor()
    guest.add(kiondo)
    guest.post("/checkout/details/", {**HOME, "phone": "0712345678"})
    guest.post("/checkout/delivery/", {"method": "parcel"})
    guest.post("/checkout/payment/", {"method": "mobile", "mobile-phone": ""})
    guest.place()

    assert [push["PhoneNumber"] for push in mpesa.called(PUSH)] == ["254712345678"]


def test_a_push_that_nobody_answered_is_asked_for_again_from_the_orders_page(
    guest: Visitor, mpesa: MpesaServer
) -> None:
    """First the page says to wait; after three minutes it says what to look for, and offers another push."""
    mpesa.fault("drop_before", path=PUSH)
    guest.post("/checkout/payment/", {"method": "mobile", "mobile-phone": "0712345678"})
    guest.place()
    order, payment = Order.objects.get(), Payment.objects.get()
    guest.get(f"/orders/{order.number}/")
    assert "Please don’t pay again." in guest.text

    with clock.at(clock.now() + timedelta(minutes=3, seconds=5)):
        guest.get(f"/payments/{payment.uuid}/return/")
        assert "If you received a confirmation, please don’t pay again: contact us." in guest.text
        guest.post(f"/orders/{order.number}/pay/", {"method": "mobile", "mobile-phone": "1"})
        assert (guest.page.status_code, WRONG in guest.text, mpesa.called(PUSH)) == (409, True, [])
        guest.post(f"/orders/{order.number}/pay/", {"method": "mobile", "mobile-phone": "0712345678"})

    assert [push["PhoneNumber"] for push in mpesa.called(PUSH)] == ["254712345678"]
    assert list(Payment.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "requires_action"]


def test_the_api_names_the_field_and_takes_it(kiondo: Variant, mpesa: MpesaServer, client: Client) -> None:
    """``input_fields`` says what is wanted; a wrong one is 400 at ``client_input.phone``, and no order is made."""

    def send(path: str, data: dict[str, Any], method: str = "post") -> Any:
        return getattr(client, method)(f"/api/v1/{path}", data, content_type="application/json")

    url = f"baskets/{send('baskets/', {}).json()['uuid']}/"
    send(f"{url}lines/", {"variant": "KIONDO"})
    home = {"name": "Ada", "line1": "1 Road", "city": "Nairobi", "postcode": "00100", "country": "KE"}
    fields = {
        "email": "a@example.com",
        "shipping_address": home,
        "shipping_method": "parcel",
        "payment_method": "mobile",
    }
    [method] = send(f"{url}checkout/", fields, "patch").json()["payment_methods"]
    total = {"amount": "1700.00", "currency": "KES"}

    refused = send(f"{url}checkout/complete/", {"expected_total": total, "client_input": {"phone": "12"}})
    silent = send(f"{url}checkout/complete/", {"expected_total": total})
    orders = Order.objects.count()
    placed = send(f"{url}checkout/complete/", {"expected_total": total, "client_input": {"phone": "0712345678"}})

    assert [(field["name"], field["kind"]) for field in method["input_fields"]] == [("phone", "tel")]
    assert refused.json()["errors"] == [
        {"code": "payment_input_invalid", "detail": WRONG, "attr": "client_input.phone"}
    ]
    assert (refused.status_code, silent.status_code, orders) == (400, 400, 0)
    assert silent.json()["errors"][0]["detail"] == MISSING
    assert (placed.status_code, placed.json()["payment"]["next_action"]["kind"]) == (201, "phone_prompt")
    assert [push["PhoneNumber"] for push in mpesa.called(PUSH)] == ["254712345678"]
