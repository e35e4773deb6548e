"""Links by which a customer pays later: good for one order and some days, and for nobody who made one up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from tests.forms import filled_in
from tests.payments.conftest import opened
from tradepost.api.models import IdempotencyRecord
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.payments.errors import LinkExpired, NothingToPay
from tradepost.payments.models import Payment
from tradepost.payments.services import pay_links
from tradepost.testing import factories as make
from tradepost.testing import placed
from tradepost.testing.deliver import deliver_events
from tradepost.testing.gateways import ScriptedGateway, captured, declined

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.TRADEPOST_SHOP = {"NAME": "Lamps", "URL": "https://lamps.example"}


@pytest.fixture
def order(gateway: ScriptedGateway) -> Order:
    """One that staff made; it would expire in an hour."""
    expires_at = clock.now() + timedelta(hours=1)
    row = placed.line_row("10.00")
    return placed.order(row, reserve=False, source="staff", email="ada@example.com", expires_at=expires_at)


def test_a_customer_is_asked_to_pay(order: Order) -> None:
    """By mail, with a link; the order is kept as long as the link is good, and its history says who asked."""
    link = pay_links.request_payment(order, by=STAFF)
    deliver_events()

    assert link.url == f"https://lamps.example/pay/{link.token}/"
    assert pay_links.open_link(link.token) == order
    order.refresh_from_db()
    assert order.expires_at == link.expires_at
    assert timedelta(days=6, hours=23) < link.expires_at - clock.now() <= timedelta(days=7)
    [entry] = order.events.filter(kind="payment_requested")
    assert entry.actor_label == "anna"
    [message] = mail.outbox
    assert (message.to, message.subject) == (["ada@example.com"], f"Lamps: please pay your order {order.number}")
    assert link.url in message.body
    assert "€10.00" in message.body


def test_no_mail_where_none_is_wanted(order: Order) -> None:
    """Staff hand the link over; nor is one written once the order is paid."""
    pay_links.request_payment(order, by=STAFF, mail=False)
    pay_links.request_payment(order, by=STAFF)
    placed.pay(order)
    deliver_events()

    assert [message.subject for message in mail.outbox if "please pay" in message.subject] == []


def test_the_time_to_pay_never_gets_shorter(order: Order) -> None:
    """A link for a day doesn't take the week of another away."""
    long = pay_links.request_payment(order, by=STAFF)
    pay_links.request_payment(order, by=STAFF, expires_after=timedelta(days=1))

    order.refresh_from_db()
    assert order.expires_at == long.expires_at


def test_an_order_without_an_end_has_none_afterwards(gateway: ScriptedGateway) -> None:
    """The link has one all the same."""
    order = placed.order(placed.line_row("10.00"), reserve=False)
    link = pay_links.request_payment(order, by=STAFF, mail=False)

    assert Order.objects.get().expires_at is None
    with clock.at(link.expires_at), pytest.raises(LinkExpired) as refusal:
        pay_links.open_link(link.token)
    assert refusal.value.context == {"order": order.number}


def test_there_must_be_something_to_pay(order: Order) -> None:
    """Neither a paid nor a cancelled order, nor one whose links were revoked."""
    Order.objects.update(access_token_hash="")
    with pytest.raises(NothingToPay):
        pay_links.request_payment(order, by=STAFF)
    orders.apply(order, "cancel", by=SYSTEM)
    with pytest.raises(NothingToPay):
        pay_links.request_payment(order, by=STAFF)
    deliver_events()
    assert mail.outbox == []


def test_a_link_that_was_made_up_opens_nothing(order: Order) -> None:
    """Changed, signed for something else, of no order, or revoked: all are told apart by nobody."""
    token = pay_links.request_payment(order, by=STAFF).token
    uuid, moment, bound, signature = token.split(".")
    later = f"{uuid}.{int(moment) + 9}.{bound}.{signature}"
    foreign = Signer(salt="elsewhere", sep=".").sign(f"{uuid}.{moment}.{bound}")
    unbound = Signer(salt="tradepost.payments.services.pay_links", sep=".").sign(f"{uuid}.{moment}.")
    nobody = Signer(salt="tradepost.payments.services.pay_links", sep=".").sign(f"{'0' * 32}.{moment}.{bound}")
    for made_up in ("", "x", "a.b.c", token[:-1], later, foreign, unbound, nobody, token + "\x00"):
        with pytest.raises(NotFound):
            pay_links.open_link(made_up)

    Order.objects.update(access_token_hash="0" * 64)
    with pytest.raises(NotFound):
        pay_links.open_link(token)


def test_the_page_leads_to_the_order_where_it_is_paid(order: Order, gateway: ScriptedGateway) -> None:
    """Once, and the address is clean then; nobody else sees it. The customer chooses a method and pays."""
    client, link = Client(), pay_links.request_payment(order, by=STAFF)
    own = reverse("tradepost:order", args=[order.number])
    assert client.get(own).status_code == 404

    answer = client.get(reverse("tradepost:pay_link", args=[link.token]))
    assert (answer.status_code, answer["Location"]) == (302, own)
    page = client.get(own).content.decode()
    assert reverse("tradepost:pay", args=[order.number]) in page
    gateway.play(captured)
    client.post(reverse("tradepost:pay", args=[order.number]), {"method": "card"})

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert Client().get(own).status_code == 404


def test_a_link_to_pay_pays_and_does_no_more(order: Order, gateway: ScriptedGateway) -> None:
    """Who opens it sees the sum, and nothing of the buyer; they can't cancel the order or take it back, paid or not."""
    Order.objects.update(
        customer_note="Ring twice", phone="0301234", shipping_address={"name": "Ada Byron", "line1": "Main St 1"}
    )
    order.refresh_from_db()
    client, link = Client(), pay_links.request_payment(order, by=STAFF)
    client.get(reverse("tradepost:pay_link", args=[link.token]))
    own, pay = (reverse(f"tradepost:{name}", args=[order.number]) for name in ("order", "pay"))

    def looks_at_all() -> str:
        return "".join(client.get(url, follow=True).content.decode() for url in (own, pay, reverse("tradepost:basket")))

    before = looks_at_all()
    assert "10.00" in before
    for act in ("reopen", "cancel"):
        assert client.post(reverse(f"tradepost:{act}", args=[order.number])).status_code == 404
    order.refresh_from_db()
    assert order.status == "pending"
    gateway.play(declined)
    client.post(pay, {"method": "card"})
    assert client.post(pay, {"method": "nonsense"}).status_code == 409
    gateway.play(captured)
    client.post(pay, {"method": "card"})

    after = looks_at_all() + client.get(reverse("tradepost:thanks", args=[order.number]), follow=True).content.decode()
    assert "This order has been paid." in after
    for private in (order.email, "Ada Byron", "Main St 1", "0301234", "Ring twice", "reopen", "cancel"):
        assert private not in before + after, private


def test_a_followed_link_dies_with_the_links_of_its_order(order: Order) -> None:
    """Whoever revokes them ends what sessions may, too: to pay, and to see."""
    payer, buyer = Client(), Client()
    payer.get(reverse("tradepost:pay_link", args=[pay_links.request_payment(order, by=STAFF).token]))
    own = reverse("tradepost:order", args=[order.number])
    buyer.get(own, {"token": access_token(order)})
    assert (payer.get(own).status_code, buyer.get(own).status_code) == (200, 200)

    Order.objects.update(access_token_hash="")

    assert (payer.get(own).status_code, buyer.get(own).status_code) == (404, 404)


def test_a_buyer_who_follows_a_link_still_sees_their_order(order: Order) -> None:
    """A link to pay takes no rights from a session."""
    client = Client()
    own = reverse("tradepost:order", args=[order.number])
    client.get(own, {"token": access_token(order)})
    client.get(reverse("tradepost:pay_link", args=[pay_links.request_payment(order, by=STAFF).token]))

    assert order.email in client.get(own).content.decode()


def test_an_old_link_says_so_and_a_wrong_one_is_nothing(order: Order) -> None:
    """410 with a word about it; 404."""
    link = pay_links.pay_link(order, expires_at=clock.now() - timedelta(seconds=1))

    old = Client().get(reverse("tradepost:pay_link", args=[link.token]))
    assert (old.status_code, b"has expired" in old.content) == (410, True)
    assert Client().get(reverse("tradepost:pay_link", args=["nonsense"])).status_code == 404


def worker(*permissions: str) -> Client:
    user = get_user_model().objects.create_user("anna", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_staff_ask_by_a_button(order: Order) -> None:
    """On the order's page, as long as there is something to pay; they see the link, too."""
    client = worker("view_order", "change_order", "view_payment")
    page = reverse("admin:tradepost_orders_order_change", args=[order.pk])
    ask = reverse("admin:tradepost_payment_request", args=[order.pk])
    assert ask in client.get(page).content.decode()
    assert client.get(ask).status_code == 200

    answer = client.post(ask, filled_in({"days": "3", "mail": "on"}), follow=True)
    deliver_events()

    texts = [str(message) for message in answer.context["messages"]]
    assert (texts[0], "https://lamps.example/pay/" in texts[1]) == ("Done: Request payment.", True)
    assert len(mail.outbox) == 1
    placed.pay(order)
    assert ask not in client.get(page).content.decode()
    assert "nothing to pay" in client.post(ask, filled_in({"mail": "on"})).content.decode()


def test_who_may_only_look_asks_nobody(order: Order) -> None:
    """403, and no mail."""
    client = worker("view_order", "view_payment")
    ask = reverse("admin:tradepost_payment_request", args=[order.pk])

    assert client.post(ask, filled_in({"mail": "on"})).status_code == 403
    deliver_events()
    assert mail.outbox == []


API = "/api/v1"


def test_staff_ask_over_the_api(order: Order) -> None:
    """With the permission to change orders; others get 401, an unknown order 404, a paid one 409."""
    client = worker("change_order")

    def post(caller: Client, **data: Any) -> Any:
        return caller.post(f"{API}/staff/payment-links/", data, content_type="application/json")

    answer = post(client, order=order.number, days=2, mail=False)
    assert answer.status_code == 201
    assert pay_links.open_link(answer.json()["token"]) == order
    assert set(answer.json()) == {"url", "token", "expires_at"}
    assert post(Client(), order=order.number).status_code == 401
    assert post(client, order="nobody").status_code == 404
    assert post(client, order=order.number, days=91).status_code == 400
    placed.pay(order)
    refused = post(client, order=order.number)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "nothing_to_pay")


def test_the_same_request_is_one_link_and_one_mail(order: Order) -> None:
    """By an ``Idempotency-Key``; the link isn't written down beside it."""
    client = worker("change_order")

    def post() -> Any:
        data = {"order": order.number, "days": 2}
        headers = {"Idempotency-Key": "once"}
        return client.post(f"{API}/staff/payment-links/", data, content_type="application/json", headers=headers)

    first, again = post(), post()

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    kept = IdempotencyRecord.objects.get().answer["body"]
    assert (kept["url"], kept["token"]) == ("", "")
    deliver_events()
    assert len(mail.outbox) == 1


def test_a_customer_pays_by_a_link_over_the_api(order: Order, gateway: ScriptedGateway) -> None:
    """They see what is left and how it can be paid; a link that isn't good pays nothing."""
    token = pay_links.request_payment(order, by=STAFF).token
    client = Client()

    shown = client.get(f"{API}/pay/", {"token": token}).json()
    assert (shown["order"], shown["status"]) == (order.number, "pending")
    assert shown["left"] == shown["total"] == {"amount": "10.00", "currency": "EUR"}
    assert [method["code"] for method in shown["methods"]] == ["card", "hold", "cod"]
    gateway.play(captured)
    paid = client.post(f"{API}/pay/?token={token}", {"method": "card"}, content_type="application/json")
    assert (paid.status_code, paid.json()["status"]) == (201, "captured")
    assert Payment.objects.get().amount == Decimal("10.00")
    assert client.get(f"{API}/pay/", {"token": token}).json()["methods"] == []

    old = pay_links.pay_link(order, expires_at=clock.now() - timedelta(days=1)).token
    for token, status in ((old, 409), ("nonsense", 404), ("", 404)):
        assert client.get(f"{API}/pay/", {"token": token}).status_code == status
        answer = client.post(f"{API}/pay/?token={token}", {"method": "card"}, content_type="application/json")
        assert answer.status_code == status
    assert Payment.objects.count() == 1


def test_a_payment_that_was_begun_is_replaced(order: Order, gateway: ScriptedGateway) -> None:
    """The link pays the rest of it, not twice."""
    opened(order=order)
    token = pay_links.request_payment(order, by=STAFF).token
    gateway.play(captured)
    Client().post(f"{API}/pay/?token={token}", {"method": "card"}, content_type="application/json")

    assert sorted(Payment.objects.values_list("status", flat=True)) == ["cancelled", "captured"]


def test_a_link_leads_to_a_front_end_of_ones_own(order: Order, settings: Any) -> None:
    """Where a shop has no pages of ours."""
    settings.TRADEPOST_PAYMENTS = {**settings.TRADEPOST_PAYMENTS, "PAY_LINK_URL": "https://app.example/pay?t={token}"}
    link = pay_links.request_payment(order, by=STAFF)

    assert link.url == f"https://app.example/pay?t={link.token}"


def test_who_pays_a_customers_order_by_a_link_sees_what_became_of_it(order: Order, gateway: ScriptedGateway) -> None:
    """Of the payment, by the link's token in a header; of the order nothing, whatever is tried."""
    Order.objects.update(customer=make.customer())
    order.refresh_from_db()
    token, client = pay_links.request_payment(order, by=STAFF).token, Client(headers={"Tradepost-Token": ""})
    headers = {"Tradepost-Token": token}
    gateway.play(captured)

    paid = client.post(f"{API}/pay/", {"method": "card"}, content_type="application/json", headers=headers)

    url = f"{API}/payments/{paid.json()['uuid']}/"
    assert client.get(url, headers=headers).json()["status"] == "captured"
    assert client.get(url).status_code == 404
    for act in ("", "cancel/", "reopen/"):
        method = client.post if act else client.get
        assert method(f"{API}/orders/{order.number}/{act}", headers=headers).status_code == 404
