"""The checkout's page: its steps, and every refusal beside its cause."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.checkout.models import Checkout
from tradepost.core.dates import clock
from tradepost.customers.models import Address
from tradepost.customers.services import customer_for
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.payments.models import Payment
from tradepost.promotions.errors import CouponRefused
from tradepost.promotions.models import PercentageOff, Promotion
from tradepost.shipping.models import FlatRate, ShippingMethod
from tradepost.storefront.views.checkout import problem_of
from tradepost.testing import factories as make

from .conftest import DETAILS, Visitor


def test_an_empty_basket_has_no_checkout(guest: Visitor) -> None:
    """One is led to the basket."""
    guest.get("/checkout/")

    assert guest.page.redirect_chain == [("/basket/", 303)]


def test_one_step_opens_after_the_other(guest: Visitor, mug: Variant) -> None:
    """A step that was done can be opened again; none can be skipped."""
    guest.add(mug)

    guest.get("/checkout/?step=review")
    assert [(s.key, s.state) for s in guest.page.context["steps"]] == [
        ("details", "now"),
        ("delivery", "later"),
        ("payment", "later"),
        ("review", "later"),
    ]
    guest.post("/checkout/details/", DETAILS)
    assert guest.page.context["step"] == "delivery"
    guest.post("/checkout/delivery/", {"method": "parcel"})
    assert guest.page.context["totals"].total == 15
    guest.post("/checkout/payment/", {"method": "card"})
    assert guest.page.context["step"] == "review"
    assert "Buy now for €15.00" in guest.text
    guest.get("/checkout/?step=details")
    assert [s.state for s in guest.page.context["steps"]] == ["now", "done", "done", "later"]
    assert 'value="Ada Lovelace"' in guest.text


def test_wrong_details_are_shown_field_by_field(guest: Visitor, mug: Variant) -> None:
    """The form keeps its values; nothing is saved."""
    guest.add(mug)

    guest.post("/checkout/details/", {**DETAILS, "email": "ada", "shipping-city": "", "shipping-country": "??"})

    assert guest.page.status_code == 422
    assert guest.page.context["contact"].errors.keys() == {"email"}
    assert guest.page.context["shipping_form"].errors.keys() == {"city", "country"}
    assert 'value="1 Road"' in guest.text
    assert 'id="id_shipping-city_error"' in guest.text
    assert not Checkout.objects.exists()


def test_the_invoice_may_go_to_another_address(guest: Visitor, mug: Variant) -> None:
    """Its errors are its own; left out, the shipping address counts."""
    guest.add(mug)
    billing = {key.replace("shipping", "billing"): value for key, value in DETAILS.items() if "-" in key}

    guest.post("/checkout/details/", {**DETAILS, **billing, "separate_billing": "1", "billing-city": ""})
    assert guest.page.context["billing_form"].errors.keys() == {"city"}
    assert guest.page.context["shipping_form"].errors == {}
    guest.post("/checkout/details/", {**DETAILS, **billing, "separate_billing": "1", "billing-city": "Rome"})
    assert Checkout.objects.get().bill_to.city == "Rome"
    guest.post("/checkout/details/", DETAILS)
    assert Checkout.objects.get().bill_to.city == "Berlin"


GONE = "This delivery option is no longer available."


@pytest.mark.parametrize(
    ("step", "messages"),
    [
        ("delivery", {"": "Choose a delivery option.", "none": GONE, "x" * 80: GONE}),
        (
            "payment",
            {
                "": "Choose a payment method.",
                "none": "There is no such payment method.",
                "x" * 80: "Enter at most 50 characters.",
            },
        ),
    ],
)
def test_a_method_that_is_not_on_offer_leads_no_further(
    guest: Visitor, mug: Variant, step: str, messages: dict[str, str]
) -> None:
    """The step stays open, and says why."""
    guest.add(mug)
    guest.say()

    for method, message in messages.items():
        guest.post(f"/checkout/{step}/", {"method": method})

        assert guest.page.context["step"] == step, method
        assert f'role="alert">{escape(message)}<' in guest.text, method


@pytest.mark.parametrize(
    ("prefix", "wrong", "message"),
    [
        ("shipping", {"postcode": "1"}, "A postcode of this country looks like 10115."),
        ("shipping", {"country": "US", "postcode": "94103", "region": "Nowhere"}, "There is no such state or province"),
        ("billing", {"postcode": "1"}, "A postcode of this country looks like 10115."),
    ],
)
def test_an_address_that_its_country_refuses_is_shown_again(
    guest: Visitor, mug: Variant, settings: Any, prefix: str, wrong: dict[str, str], message: str
) -> None:
    """With all that was typed, and each message beside its field; nothing is kept."""
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    guest.add(mug)
    home = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
    addresses = {"shipping": home, "billing": home} | {prefix: home | wrong}
    typed = {f"{name}-{field}": value for name, values in addresses.items() for field, value in values.items()}

    guest.post("/checkout/details/", {"email": "ada@example.com", "separate_billing": "1", **typed})

    assert guest.page.status_code == 422
    form = guest.page.context[f"{prefix}_form"]
    assert [*form.errors] == [[*wrong][-1]]
    assert escape(message) in guest.text
    assert guest.text.count('value="Ada Lovelace"') == 2
    assert 'value="ada@example.com"' in guest.text
    assert not Checkout.objects.exclude(email="").exists()


def test_an_unusual_postcode_leads_on_with_a_warning(guest: Visitor, mug: Variant) -> None:
    """In short, for each address that was given; and beside its field, where the step is opened again."""
    guest.add(mug)
    home = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "1", "country": "DE"}
    typed = {f"{prefix}-{name}": value for prefix in ("shipping", "billing") for name, value in home.items()}
    warning = "Please check the postcode (Germany: 5 digits, as in 10115)."

    guest.post("/checkout/details/", {"email": "ada@example.com", "separate_billing": "1", **typed})

    assert guest.page.context["step"] == "delivery"
    assert f'role="status">{warning}<' in guest.text
    assert f'role="status">Billing address: {warning}<' in guest.text
    guest.get("/checkout/?step=details")
    for prefix in ("shipping", "billing"):
        assert f'<span class="help caution" id="id_{prefix}-postcode_helptext">{warning}</span>' in guest.text
        assert f'aria-describedby="id_{prefix}-postcode_helptext"' in guest.text
    guest.say()
    assert warning not in guest.text


def test_what_is_not_shipped_needs_no_address(guest: Visitor, shop: None) -> None:
    """E-mail and payment are enough for a download."""
    kind = make.product_type("file", kind="digital", track_stock=False)
    guest.add(make.variant(product=make.product(product_type=kind), price="4.00"))

    guest.post("/checkout/details/", {"email": "ada@example.com"})

    assert [s.key for s in guest.page.context["steps"]] == ["details", "payment", "review"]
    assert guest.page.context["step"] == "payment"


def test_a_country_without_delivery_says_so(guest: Visitor, mug: Variant) -> None:
    """The address can be changed."""
    ShippingMethod.objects.all().delete()
    guest.add(mug)

    guest.post("/checkout/details/", DETAILS)

    assert "We can’t deliver to this address" in guest.text


def test_a_known_customer_finds_their_address_filled_in(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """The default one."""
    user = django_user_model.objects.create_user("ada", "ada@example.com", "correct horse")
    place = {"line1": "9 Lane", "city": "Bath", "country": "GB"}
    Address.objects.create(customer=customer_for(user), name="Ada", is_default_shipping=True, **place)
    Address.objects.create(customer=customer_for(user), name="Ada", **{**place, "line1": "10 Later"})
    guest.client.force_login(user)
    guest.add(mug)

    guest.get("/checkout/")

    assert 'value="9 Lane"' in guest.text
    assert 'value="ada@example.com"' in guest.text


def test_placing_leads_to_the_bank(guest: Visitor, mug: Variant) -> None:
    """The order is pending, its payment waits for the customer, and the way back is on our own host."""
    order = guest.buy(mug)

    payment = Payment.objects.get(order=order)
    assert guest.page["Location"] == f"/payments/{payment.uuid}/"
    guest.page = guest.client.get(guest.page["Location"])
    assert guest.page["Location"] == f"http://testserver/dummy/{payment.reference}/"
    assert (order.total, order.status, order.email) == (Decimal(15), "pending", "ada@example.com")
    assert order.client_ip == "127.0.0.1"


def test_placing_twice_makes_one_order(guest: Visitor, mug: Variant) -> None:
    """The second click, and "back" after paying, lead to the same order."""
    guest.add(mug)
    guest.say()
    form = guest.order_form()

    first = guest.place(form)["Location"]
    assert guest.place(form)["Location"] == first
    order = Order.objects.get()
    guest.post(f"/dummy/{order.payments.get().reference}/", {"decision": "pay"})
    assert guest.page.redirect_chain[-1] == (f"/orders/{order.number}/thanks/", 303)
    assert guest.place(form)["Location"] == f"/orders/{order.number}/thanks/"
    assert Order.objects.count() == 1
    assert Payment.objects.count() == 1


def test_the_terms_must_be_accepted_where_there_are_some(guest: Visitor, mug: Variant, settings: Any) -> None:
    """The refusal stands beside the button; nothing is made."""
    settings.TRADEPOST_CHECKOUT = {"TERMS_VERSION": "2026-11"}
    guest.add(mug)
    guest.say()
    form = guest.order_form()

    assert guest.place(form).status_code == 409
    assert "accept" in guest.text
    assert Order.objects.count() == 0
    guest.place({**form, "terms": "1", "note": "Ring twice"})
    order = Order.objects.get()
    assert (order.terms_version, order.customer_note) == ("2026-11", "Ring twice")


def test_another_total_is_shown_and_asked_for_again(guest: Visitor, mug: Variant) -> None:
    """Both totals are named; the form holds the new one."""
    guest.add(mug)
    guest.say()
    form = guest.order_form()
    mug.prices.update(amount="12.00")

    assert guest.place(form).status_code == 409
    assert "The total was €15.00 and is now €17.00." in guest.text
    assert Order.objects.count() == 0
    guest.place()
    assert Order.objects.get().total == 17


def test_what_is_sold_out_meanwhile_offers_what_is_left(guest: Visitor, mug: Variant) -> None:
    """One button takes it, and leads back to the checkout."""
    guest.add(mug, 3)
    guest.say()
    form = guest.order_form()
    StockLevel.objects.update(on_hand=2)

    assert guest.place(form).status_code == 409
    assert "Only 2 left." in guest.text
    assert "Change to 2" in guest.text
    assert (Order.objects.count(), Basket.objects.get().status) == (0, "open")
    line = BasketLine.objects.get()
    guest.post(f"/basket/lines/{line.uuid}/", {"quantity": "2", "next": "/checkout/"})
    assert guest.page.redirect_chain == [("/checkout/", 303)]
    guest.place()
    assert Order.objects.get().lines.get().quantity == 2


def test_a_coupon_that_ended_meanwhile_changes_the_total(guest: Visitor, mug: Variant) -> None:
    """The page says what it costs without."""
    promotion = make.promotion(coupon="ONCE")
    PercentageOff.objects.create(promotion=promotion, percent="10")
    guest.add(mug)
    guest.post("/basket/coupon/", {"code": "ONCE"})
    guest.say()
    assert guest.page.context["totals"].total == 14
    form = guest.order_form()
    Promotion.objects.update(is_active=False)

    assert guest.place(form).status_code == 409
    assert "The total was €14.00 and is now €15.00." in guest.text
    assert Order.objects.count() == 0


def test_a_coupon_that_is_refused_while_placing_is_named(guest: Visitor) -> None:
    """So that the page can offer to go on without it."""
    problem = problem_of(CouponRefused("The code ONCE was used up.", coupon="ONCE", reason="used_up"))

    assert (problem["message"], problem["coupon"]) == ("The code ONCE was used up.", "ONCE")


def test_too_many_open_orders_are_refused(guest: Visitor, mug: Variant, settings: Any) -> None:
    """With the way to them."""
    settings.TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS": 1}
    guest.buy(mug)
    guest.add(mug)
    guest.say()

    assert guest.place().status_code == 409
    assert "View your unpaid orders" in guest.text
    guest.get("/basket/")
    assert "You have an unpaid order" in guest.text


@pytest.mark.parametrize(
    "change",
    [{"basket": "x"}, {"basket": ""}, {"total": "NaN"}, {"total": ""}, {"currency": "EURO"}, {"note": "\0"}],
)
def test_a_form_that_was_tampered_with_places_nothing(guest: Visitor, mug: Variant, change: dict[str, str]) -> None:
    """One is led to the basket."""
    guest.add(mug)
    guest.say()

    answer = guest.place({**guest.order_form(), **change})

    assert (answer.status_code, answer["Location"]) == (303, "/basket/")
    assert Order.objects.count() == 0


def test_a_customers_basket_is_placed_by_them_only(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """Its UUID opens nothing to others."""
    guest.client.force_login(django_user_model.objects.create_user("ada", "ada@example.com"))
    guest.add(mug)
    guest.say()

    assert Visitor().place(guest.order_form())["Location"] == "/basket/"
    assert Order.objects.count() == 0


def test_an_order_for_nothing_is_confirmed_at_once(guest: Visitor, mug: Variant) -> None:
    """No payment step, no payment."""
    FlatRate.objects.update(amount=0)
    mug.prices.update(amount=0)
    guest.add(mug)
    guest.post("/checkout/details/", DETAILS)
    guest.post("/checkout/delivery/", {"method": "parcel"})
    assert [s.key for s in guest.page.context["steps"]] == ["details", "delivery", "review"]

    guest.place()

    order = Order.objects.get()
    assert guest.page["Location"] == f"/orders/{order.number}/thanks/"
    assert order.status == "confirmed"


def test_htmx_is_sent_away_as_a_whole_page(guest: Visitor, mug: Variant) -> None:
    """Where a part of this page was asked for, and there is none any more."""
    guest.add(mug)
    guest.say()
    guest.place()

    answer = guest.post("/checkout/delivery/", {"method": "parcel"}, **{"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/basket/"


def test_the_checkout_costs_the_same_with_one_line_or_many(guest: Visitor, mug: Variant) -> None:
    """In queries."""
    from django.db import connection

    counts = []
    for _ in range(2):
        guest.add(mug)
        guest.get("/checkout/")  # what changes rarely is loaded by the first page
        with CaptureQueriesContext(connection) as queries:
            guest.get("/checkout/")
        counts.append(len(queries))
        for _ in range(20):
            BasketLine.objects.create(basket=Basket.objects.get(), variant=make.variant(price="1", on_hand=1))

    assert counts[0] == counts[1] <= 12


def test_the_confirmation_is_written_once_it_is_paid(
    guest: Visitor, mug: Variant, django_capture_on_commit_callbacks: Any
) -> None:
    """As text and HTML, with a link that opens the order for a guest elsewhere."""
    order = guest.buy(mug)
    assert mail.outbox == []

    with django_capture_on_commit_callbacks(execute=True):
        guest.post(f"/dummy/{order.payments.get().reference}/", {"decision": "pay"})

    [message] = mail.outbox
    assert message.subject == f"Tradepost: your order {order.number}"
    assert "1 × Mug: €10.00" in message.body
    assert "Total: €15.00" in message.body
    link = next(line for line in message.body.splitlines() if "?token=" in line)
    assert link in message.alternatives[0].content.replace("&amp;", "&")
    elsewhere = Visitor()
    elsewhere.get(link.removeprefix("http://127.0.0.1:8000"))
    assert elsewhere.page.redirect_chain == [(f"/orders/{order.number}/", 302)]
    assert elsewhere.page.context["order"].number == order.number


def test_an_order_expires_out_of_the_basket_page(guest: Visitor, mug: Variant) -> None:
    """Nobody is asked to pay what can't be paid any more."""
    guest.buy(mug)

    with clock.at(clock.now() + timedelta(hours=2)):
        guest.get("/basket/")

    assert "You have an unpaid order" not in guest.text
