"""Paying, the bank's page, orders and accounts."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.payments import conf
from tradepost.payments.models import Payment
from tradepost.testing import factories as make

from .conftest import Visitor

PASSWORD = "correct horse"


def decide(visitor: Visitor, order: Order, decision: str) -> None:
    """On the bank's page, for the order's latest payment."""
    visitor.post(f"/dummy/{order.payments.latest('pk').reference}/", {"decision": decision})


def statuses(order: Order) -> tuple[str, list[str]]:
    """Of the order and its payments."""
    return Order.objects.get(pk=order.pk).status, list(order.payments.values_list("status", flat=True))


def test_a_guest_pays_after_a_second_proof(guest: Visitor, mug: Variant) -> None:
    """3-D Secure stays at the bank until it is answered; then the thanks page, and an empty basket."""
    order = guest.buy(mug)

    decide(guest, order, "challenge")
    assert "are you making this payment" in guest.text
    assert statuses(order) == ("pending", ["requires_action"])
    decide(guest, order, "pay")

    assert guest.page.redirect_chain[-1] == (f"/orders/{order.number}/thanks/", 303)
    assert f"Your order number is <b>{order.number}</b>" in guest.text
    assert statuses(order) == ("confirmed", ["captured"])
    assert Basket.objects.get().status == "closed"
    guest.get("/basket/")
    assert "Your basket is empty" in guest.text


def test_a_declined_payment_can_be_tried_again(guest: Visitor, mug: Variant) -> None:
    """The order and its stock are kept; the second payment counts."""
    order = guest.buy(mug)

    decide(guest, order, "decline")
    assert "The payment didn’t go through" in guest.text
    assert "Pay €15.00" in guest.text
    assert (StockLevel.objects.get().reserved, statuses(order)) == (1, ("pending", ["failed"]))
    guest.post(f"/orders/{order.number}/pay/", {"method": "card"}, follow=False)
    decide(guest, order, "pay")

    assert statuses(order) == ("confirmed", ["failed", "captured"])


def test_who_leaves_the_bank_is_told_and_can_go_on(guest: Visitor, mug: Variant) -> None:
    """Not sent there again by itself."""
    order = guest.buy(mug)

    decide(guest, order, "leave")

    assert guest.page.redirect_chain[-1] == (f"/orders/{order.number}/", 303)
    assert "You haven’t paid yet" in guest.text
    assert f'href="/payments/{order.payments.get().uuid}/"' in guest.text
    assert statuses(order) == ("pending", ["requires_action"])


def test_an_order_can_be_paid_another_way(guest: Visitor, mug: Variant) -> None:
    """The transfer's account is shown; the card payment that was begun is called off first."""
    order = guest.buy(mug)

    guest.post(f"/orders/{order.number}/pay/", {"method": "transfer"})

    assert "DE02120300000000202051" in guest.text
    assert statuses(order) == ("pending", ["cancelled", "requires_action"])


@pytest.mark.parametrize("method", ["none", "", "x" * 99])
def test_an_unknown_method_is_refused_on_the_orders_page(guest: Visitor, mug: Variant, method: str) -> None:
    """The order stays as it is."""
    order = guest.buy(mug)
    decide(guest, order, "decline")

    guest.post(f"/orders/{order.number}/pay/", {"method": method})

    assert guest.page.status_code == 409
    assert 'role="alert"' in guest.text
    assert statuses(order) == ("pending", ["failed"])


def test_a_transfer_shows_the_account_and_waits(guest: Visitor, mug: Variant) -> None:
    """No bank page; the order's page says how to pay."""
    order = guest.buy(mug, method="transfer")

    guest.get(guest.page["Location"])

    assert guest.page.redirect_chain == []
    assert "How to pay" in guest.text
    assert "DE02120300000000202051" in guest.text
    assert guest.get(f"/payments/{order.payments.get().uuid}/").redirect_chain == [(f"/orders/{order.number}/", 303)]


def test_an_order_waits_beside_the_next_basket_and_can_be_taken_back(guest: Visitor, mug: Variant) -> None:
    """The newer basket is merged into it; its stock is free again."""
    order = guest.buy(mug)
    other = make.variant(product=make.product(name="Bowl"), sku="BOWL", price="4.00", on_hand=9)
    guest.add(other)

    guest.get("/basket/")
    assert "You have an unpaid order" in guest.text
    guest.post(f"/orders/{order.number}/reopen/")

    assert guest.page.redirect_chain == [("/basket/", 303)]
    lines = {line.row.variant.sku: line.row.quantity for line in guest.page.context["lines"]}
    assert lines == {"MUG": 1, "BOWL": 1}
    assert "You have an unpaid order" not in guest.text
    assert statuses(order) == ("cancelled", ["cancelled"])
    assert StockLevel.objects.get(variant=mug).reserved == 0


def test_what_is_paid_cannot_be_taken_back(guest: Visitor, mug: Variant) -> None:
    """The page says why."""
    order = guest.buy(mug)
    decide(guest, order, "pay")

    guest.post(f"/orders/{order.number}/reopen/")

    assert guest.page.status_code == 409
    assert 'role="alert"' in guest.text
    assert statuses(order) == ("confirmed", ["captured"])


def test_a_paid_order_can_be_cancelled_until_it_is_packed(guest: Visitor, mug: Variant) -> None:
    """By its customer, through the orders' own transition."""
    order = guest.buy(mug)
    decide(guest, order, "pay")
    guest.get(f"/orders/{order.number}/")
    assert "Cancel order" in guest.text

    guest.post(f"/orders/{order.number}/cancel/")

    assert Order.objects.get().status == "cancelled"
    assert StockLevel.objects.get().reserved == 0
    assert "Cancel order" not in guest.text


def test_an_order_is_seen_by_its_visitor_only(guest: Visitor, mug: Variant) -> None:
    """By session, or by token; a wrong token and another's order look like none."""
    order = guest.buy(mug)
    page, token = f"/orders/{order.number}/", access_token(order)
    stranger = Visitor()

    assert guest.get(page).status_code == 200
    for url in (page, f"{page}?token=wrong", f"{page}?token={'0' * 64}", f"/payments/{order.payments.get().uuid}/"):
        assert stranger.get(url).status_code == 404
    for url in ("pay", "reopen", "cancel"):
        assert stranger.post(f"{page}{url}/").status_code == 404
    assert stranger.get(f"{page}?token={token}").status_code == 200
    assert "token" not in stranger.page.wsgi_request.get_full_path()
    assert stranger.page["Cache-Control"].startswith("max-age=0")


def test_who_comes_back_in_another_browser_is_thanked(guest: Visitor, mug: Variant) -> None:
    """The payment is settled all the same, and nothing of the order is shown."""
    order = guest.buy(mug)
    payment = order.payments.get()
    from tradepost.payments.conf import gateway

    gateway("card").provider.decide(payment.reference, "pay")  # type: ignore[attr-defined]
    stranger = Visitor()
    stranger.client.handler.enforce_csrf_checks = True

    stranger.post(f"/payments/{payment.uuid}/return/", {"any": "thing"})

    assert stranger.page.status_code == 200
    assert "You can close this page" in stranger.text
    assert order.number not in stranger.text
    assert statuses(order) == ("confirmed", ["captured"])


def test_the_bank_of_another_gateway_has_no_page(guest: Visitor, mug: Variant) -> None:
    """Only the dummy's payments are decided there, and only by its words."""
    order = guest.buy(mug, method="transfer")
    assert guest.get(f"/dummy/{order.payments.get().reference}/").status_code == 404
    card = guest.buy(mug)

    guest.post(f"/dummy/{card.payments.get().reference}/", {"decision": "refund"})

    assert guest.page.status_code == 200
    assert statuses(card) == ("pending", ["requires_action"])


def test_orders_are_listed_for_who_is_signed_in(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """The latest first; a guest is asked to sign in."""
    guest.get("/orders/")
    assert guest.page.redirect_chain == [("/account/sign-in/?next=/orders/", 302)]
    guest.client.force_login(django_user_model.objects.create_user("ada", "ada@example.com", PASSWORD))
    guest.get("/orders/")
    assert "You haven’t ordered anything yet" in guest.text
    numbers = [guest.buy(mug).number for _ in range(2)]

    guest.get("/orders/")

    assert [row["order"].number for row in guest.page.context["rows"]] == numbers[::-1]
    assert "Awaiting payment" in guest.text
    elsewhere = Visitor()
    elsewhere.client.force_login(django_user_model.objects.get())
    assert elsewhere.get(f"/orders/{numbers[0]}/").status_code == 200


@pytest.mark.parametrize("number", [1, 20])
def test_an_orders_page_costs_ten_queries(
    guest: Visitor, number: int, django_assert_max_num_queries: Any, mug: Variant
) -> None:
    """Beside session and versions, with one line or twenty."""
    guest.add(mug)
    for index in range(number - 1):
        guest.add(make.variant(product=make.product(slug=f"p{index}"), price="1", on_hand=1))
    guest.say()
    guest.place()
    order = Order.objects.get()
    guest.get(f"/orders/{order.number}/")

    with django_assert_max_num_queries(13):
        guest.get(f"/orders/{order.number}/")


@pytest.mark.usefixtures("without_accounts")
def test_an_account_is_made_with_an_email_address(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """One is signed in at once, and the basket comes along."""
    guest.add(mug)

    guest.post("/account/register/", {"email": "Ada@Example.com", "password": "mauve teapot 7", "next": "/checkout/"})

    user = django_user_model.objects.get()
    assert (user.username, user.email) == ("ada@example.com", "ada@example.com")
    assert guest.page.redirect_chain == [("/checkout/", 302)]
    assert Basket.objects.get(status="open").customer.user == user
    other = Visitor()
    other.post("/account/sign-in/", {"username": "ADA@example.com", "password": "mauve teapot 7"})
    assert other.page.redirect_chain == [("/orders/", 302)]


@pytest.mark.usefixtures("without_accounts")
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "ada", "password": "mauve teapot 7"}, "email"),
        ({"email": "TAKEN@example.com", "password": "mauve teapot 7"}, "email"),
        ({"email": "new@example.com", "password": ""}, "password"),
        ({"email": "new@example.com", "password": "a\0b"}, "password"),
        ({"email": "x" * 200 + "@example.com", "password": "mauve teapot 7"}, "email"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    guest: Visitor, data: dict[str, str], field: str, django_user_model: Any
) -> None:
    """Beside the field; no user is made."""
    django_user_model.objects.create_user("taken@example.com", "taken@example.com", PASSWORD)

    guest.post("/account/register/", data)

    assert guest.page.context["form"].errors.keys() == {field}
    assert django_user_model.objects.count() == 1


def test_signing_in_leads_nowhere_else(guest: Visitor, django_user_model: Any) -> None:
    """Only within the shop."""
    django_user_model.objects.create_user("ada", password=PASSWORD)

    guest.post("/account/sign-in/", {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"})

    assert guest.page.redirect_chain == [("/account/", 302)]
    assert guest.get("/account/register/").redirect_chain == [("/account/", 303)]


def test_payments_are_not_in_the_requests_transaction(guest: Visitor) -> None:
    """Views that call a provider opt out of ATOMIC_REQUESTS."""
    from django.urls import get_resolver

    from tradepost.storefront import urls

    marked = {p.name for p in urls.urlpatterns if getattr(p.callback, "_non_atomic_requests", None)}

    assert get_resolver() is not None
    assert {"checkout_place", "pay", "payment_return", "reopen", "cancel"} <= marked
    assert Payment.objects.count() == 0


def test_a_providers_form_gets_its_public_values_only(guest: Visitor, mug: Variant) -> None:
    """They are data, not markup, whatever a provider sends; the way back is on our own host."""
    order = guest.buy(mug)
    data = {"publishable_key": "pk_test", "client_secret": "</script><script>alert(1)</script>"}
    order.payments.update(next_action={"kind": "sdk", "client_data": data})
    payment = order.payments.get()

    guest.get(f"/payments/{payment.uuid}/")

    assert "js.stripe.com" in guest.text
    assert "<script>alert" not in guest.text
    assert f'data-return-url="http://testserver/payments/{payment.uuid}/return/"' in guest.text


def test_a_provider_is_followed_to_the_web_only(guest: Visitor, mug: Variant) -> None:
    """Not to a script."""
    order = guest.buy(mug)
    order.payments.update(next_action={"kind": "redirect", "url": "javascript:alert(1)"})

    assert guest.get(f"/payments/{order.payments.get().uuid}/").status_code == 404


def test_an_order_in_parts_shows_what_is_still_to_be_done(guest: Visitor, mug: Variant) -> None:
    """5.00 by transfer, 10.00 by card: once the card is charged, the page says how to transfer the rest."""
    guest.add(mug)
    guest.say(method="card")
    basket = guest.page.context["basket"]
    checkout.update(basket, payments=[{"method": "transfer", "amount": "5.00"}, {"method": "card", "amount": None}])
    guest.place()
    transfer, paid = Payment.objects.order_by("pk")
    assert (transfer.status, paid.status) == ("requires_action", "requires_action")
    gateway: Any = conf.gateway("card")
    gateway.provider.decide(paid.reference, "pay")
    guest.get(f"/payments/{paid.uuid}/return/")

    guest.get(f"/orders/{paid.order.number}/")

    assert "€5.00" in guest.text
    assert f"Reference: {transfer.reference}" in guest.text
    assert "Pay €5.00" in guest.text


def test_a_placed_basket_opens_its_order_to_nobody_else(guest: Visitor, mug: Variant) -> None:
    """Who sends its form again in another session is led to an order that isn't theirs; who placed it, to their own."""
    guest.add(mug)
    guest.say(method="transfer")
    form = guest.order_form()
    guest.place(form)
    order = Order.objects.get()
    stranger = Visitor()

    assert stranger.post("/checkout/place/", form).status_code == 404
    assert stranger.get(f"/orders/{order.number}/").status_code == 404
    assert guest.post("/checkout/place/", form).status_code == 200
    assert order.email in guest.text
