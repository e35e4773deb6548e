"""Cards that Stripe keeps: with consent, for one customer, until they are detached; and captures in several parts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model

from tests.fakes.stripe_server import StripeServer
from tests.gateways.stripe.test_shop import agrees, told
from tradepost.core import db
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for
from tradepost.payments import (
    jobs,
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import AmountError, NotCapturable, PaymentUnavailable
from tradepost.payments.models import Payment, SavedMethod, WebhookReceipt
from tradepost.payments.services import saved_methods
from tradepost.testing import placed

pytestmark = pytest.mark.django_db
BACK = "https://shop.example/return/"


@pytest.fixture(autouse=True)
def shop(stripe_server: StripeServer, settings: Any) -> StripeServer:
    """``card`` may be saved; ``parts`` is authorised first, and captured in several parts."""
    options = {
        "secret_key": stripe_server.secret_key,
        "publishable_key": "pk_test_fake",
        "webhook_secrets": [stripe_server.webhook_secret],
        "base_url": stripe_server.url,
        "retries": 0,
    }
    card = {"BACKEND": "tradepost.gateways.stripe.StripeGateway", "OPTIONS": options, "SAVES": True}
    parts = {**card, "OPTIONS": {**options, "multicapture": True}, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}
    once = {**parts, "OPTIONS": options}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": card, "parts": parts, "once": once}}
    return stripe_server


@pytest.fixture
def anna() -> Customer:
    """A customer."""
    return customer_for(get_user_model().objects.create_user("anna", email="anna@shop.example"))


@db.atomic
def opened(customer: Customer | None, total: str = "20.00", method: str = "card") -> Payment:
    customer_id = customer.pk if customer else None
    order = placed.order(placed.line_row(total), reserve=False, customer_id=customer_id)
    return services.open_payment(order, method=method)


def started(customer: Customer, *, method: str = "card", **client_input: Any) -> AbstractPayment:
    """A payment that this customer begins."""
    by = By(Actor.CUSTOMER, customer.user_id)
    return services.start(opened(customer, method=method), return_url=BACK, client_input=client_input, by=by)


def keeps(shop: StripeServer, customer: Customer, card: str = "pm_card_visa") -> SavedMethod:
    """A card that was saved by paying with it."""
    payment = started(customer, save_consent="1")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref, card)
    services.complete(payment, {})
    return SavedMethod.objects.get(customer=customer, forget_asked_at=None)


def test_a_card_is_kept_for_a_customer_of_stripes(shop: StripeServer, anna: Customer) -> None:
    """On session, as agreed; Stripe is told our id of the customer, and neither name nor address."""
    row = keeps(shop, anna)

    [intent] = shop.books.intents.values()
    [theirs] = shop.books.wallets.customers.values()
    assert (intent["setup_future_usage"], intent["customer"]) == ("on_session", theirs["id"])
    assert (theirs["metadata"], theirs["email"]) == ({"customer": str(anna.uuid)}, None)
    assert (row.customer_ref, row.provider_ref) == (theirs["id"], intent["payment_method"])
    assert (row.name, row.expiry) == ("Visa •••• 4242", "08/30")


def test_without_consent_stripe_keeps_nothing(shop: StripeServer, anna: Customer) -> None:
    """No customer is made there, and the card is attached to none."""
    payment = started(anna)
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    services.complete(payment, {})

    assert (shop.books.wallets.customers, shop.books.wallets.methods) == ({}, {})
    assert not SavedMethod.objects.exists()


def test_a_kept_card_pays_at_once(shop: StripeServer, anna: Customer) -> None:
    """With the same customer of Stripe's, and without the browser."""
    row = keeps(shop, anna)

    payment = started(anna, saved_method=str(row.uuid))

    assert payment.status == "captured"
    assert agrees(shop, payment).captured == 2000
    assert len(shop.books.wallets.customers) == 1


def test_the_bank_may_ask_for_a_second_proof(shop: StripeServer, anna: Customer) -> None:
    """The customer is there, and is sent to it; then it is paid."""
    row = keeps_asking(shop, anna)

    payment = started(anna, saved_method=str(row.uuid))

    assert (payment.status, payment.next_action["kind"]) == ("requires_action", "redirect")
    shop.authenticate(payment.provider_ref)
    assert services.complete(payment, {}).status == "captured"


def keeps_asking(shop: StripeServer, customer: Customer) -> SavedMethod:
    """A card whose bank wants a second proof each time."""
    payment = started(customer, save_consent="1")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref, "pm_card_authenticationRequired", BACK)
    shop.authenticate(payment.provider_ref)
    services.complete(payment, {})
    return SavedMethod.objects.get(last4="3184")


def test_a_second_card_is_kept_for_the_same_customer_of_stripes(shop: StripeServer, anna: Customer) -> None:
    """One customer there for one here."""
    keeps(shop, anna)
    keeps_asking(shop, anna)

    assert len(shop.books.wallets.customers) == 1
    assert [row.last4 for row in saved_methods.saved_of(anna.user)] == ["3184", "4242"]


def test_the_same_card_stands_in_the_list_once(shop: StripeServer, anna: Customer) -> None:
    """Saved again, it takes the other's place, which Stripe forgets."""
    first = keeps(shop, anna)
    SavedMethod.objects.filter(pk=first.pk).update(forget_asked_at=None)
    payment = started(anna, save_consent="1")
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    services.complete(payment, {})

    [row] = saved_methods.saved_of(anna.user)
    assert row.pk != first.pk
    assert jobs.forget_saved() == 1
    assert shop.books.wallets.methods[first.provider_ref]["customer"] is None
    assert shop.books.wallets.methods[row.provider_ref]["customer"] == row.customer_ref


def test_a_lost_start_is_repeated_alike(shop: StripeServer, anna: Customer) -> None:
    """Neither a second customer nor a second payment, and the card is saved after all."""
    shop.fault("drop_after", path="/v1/payment_intents")
    payment = started(anna, save_consent="1")
    assert payment.outcome_unknown

    payment = services.ask(payment)
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    services.ask(payment)

    assert (len(shop.books.wallets.customers), len(shop.books.intents)) == (1, 1)
    assert [row.last4 for row in saved_methods.saved_of(anna.user)] == ["4242"]


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "error_500", "html"])
def test_a_card_is_detached_whatever_is_lost(shop: StripeServer, anna: Customer, fault: str) -> None:
    """Asked for again until Stripe says that it is gone; what it did without saying so is no error."""
    row = keeps(shop, anna)
    shop.fault(fault, path="/v1/payment_methods/.*")
    assert saved_methods.forget(row).forgotten_at is None
    shop.kept.clear()  # Stripe has forgotten the key: "not attached" is what it answers now

    assert saved_methods.finish_forgetting(row).forgotten_at is not None

    assert shop.books.wallets.methods[row.provider_ref]["customer"] is None


def test_a_card_that_was_detached_at_stripe_is_forgotten_here(shop: StripeServer, anna: Customer) -> None:
    """In the dashboard, told by a webhook, twice."""
    row = keeps(shop, anna)
    told(shop)
    shop.detach_method(row.provider_ref, {})
    told(shop, copies=2)

    row.refresh_from_db()
    assert row.forgotten_at is not None
    assert saved_methods.saved_of(anna.user) == []
    assert WebhookReceipt.objects.filter(kind="saved", state="processed").count() == 1


def test_a_card_that_the_bank_renewed_is_known_by_its_new_number(shop: StripeServer, anna: Customer) -> None:
    """Stripe is told by the bank, and tells us."""
    row = keeps(shop, anna)
    shop.renew_card(row.provider_ref, last4="1881", exp_year=2034)
    told(shop)

    row.refresh_from_db()
    assert (row.last4, row.expiry) == ("1881", "08/34")


def test_somebody_elses_card_in_the_form_is_refused_by_stripe_too(shop: StripeServer, anna: Customer) -> None:
    """Who forges the provider's own id of a card pays nothing with it."""
    row = keeps(shop, anna)
    bob = customer_for(get_user_model().objects.create_user("bob", email="bob@shop.example"))

    with pytest.raises(PaymentUnavailable):
        started(bob, payment_method=row.provider_ref)

    assert {intent["customer"] for intent in shop.books.intents.values()} == {row.customer_ref}


def held(shop: StripeServer, anna: Customer, method: str = "parts") -> AbstractPayment:
    """20.00 authorised."""
    payment = started(anna, method=method)
    assert payment.provider_ref
    shop.confirm(payment.provider_ref)
    return services.complete(payment, {})


def test_three_captures_and_the_rest_is_let_go(shop: StripeServer, anna: Customer) -> None:
    """5.00, 6.00 whose answer is lost, and 7.00 as the last: 2.00 are let go; all told by webhooks, too, in any order."""
    payment = held(shop, anna)
    services.capture(payment, Decimal("5.00"), by=SYSTEM, final=False)
    shop.fault("drop_after", path="/v1/payment_intents/.*/capture")
    services.capture(payment, Decimal("6.00"), by=SYSTEM, final=False)
    told(shop, "parts", copies=2, shuffle=3)
    payment = services.capture(payment, Decimal("7.00"), by=SYSTEM)
    told(shop, "parts", copies=2, shuffle=5)

    assert agrees(shop, payment).captured == 1800
    rows = [(row.kind, row.state, row.amount) for row in payment.transactions.order_by("kind", "amount")]
    assert rows == [
        ("authorise", "succeeded", Decimal(20)),
        *(("capture", "succeeded", Decimal(amount)) for amount in (5, 6, 7)),
        ("void", "succeeded", Decimal(2)),
    ]


def test_the_rest_after_a_part_is_let_go_by_staff(shop: StripeServer, anna: Customer) -> None:
    """5.00 stay captured, 15.00 are voided, nothing is refunded."""
    payment = held(shop, anna)
    services.capture(payment, Decimal("5.00"), by=SYSTEM, final=False)

    payment = services.cancel(payment, by=SYSTEM)

    assert payment.status == "captured"
    assert agrees(shop, payment).captured == 500
    assert ledger.balance_of(payment).voided == Decimal(15)
    with pytest.raises(AmountError):
        services.capture(payment, Decimal("1.00"), by=SYSTEM)


def test_an_account_without_multicapture_captures_once(shop: StripeServer, anna: Customer) -> None:
    """To keep the rest is refused before Stripe is asked; the last capture may be a part."""
    payment = held(shop, anna, "once")
    with pytest.raises(NotCapturable):
        services.capture(payment, Decimal("5.00"), by=SYSTEM, final=False)
    assert not [call for call in shop.requests if call.path.endswith("/capture")]

    payment = services.capture(payment, Decimal("5.00"), by=SYSTEM)

    assert agrees(shop, payment).captured == 500
    assert ledger.balance_of(payment).voided == Decimal(15)


def test_a_webhook_about_a_card_of_nobody_changes_nothing(shop: StripeServer, anna: Customer) -> None:
    """Another shop may use the same account."""
    row = keeps(shop, anna)
    told(shop)
    shop.renew_card(row.provider_ref, last4="1881")
    SavedMethod.objects.filter(pk=row.pk).update(provider_ref=f"pm_{uuid4().hex}")
    told(shop)

    assert WebhookReceipt.objects.filter(kind="saved", state="unmatched").count() == 1
    assert SavedMethod.objects.get().last4 == "4242"


def test_a_customer_that_was_deleted_at_stripe_is_made_anew(shop: StripeServer, anna: Customer) -> None:
    """In the dashboard: another card can still be saved, once, however often the start is repeated."""
    row = keeps(shop, anna)
    del shop.books.wallets.customers[row.customer_ref]
    shop.fault("drop_after", path="/v1/payment_intents", times=2)
    payment = started(anna, save_consent="1")
    for _ in range(2):
        payment = services.ask(payment)
    assert payment.provider_ref
    shop.confirm(payment.provider_ref, "pm_card_authenticationRequired", BACK)
    shop.authenticate(payment.provider_ref)
    services.complete(payment, {})

    [theirs] = shop.books.wallets.customers
    assert SavedMethod.objects.get(last4="3184").customer_ref == theirs
    assert agrees(shop, services.find(payment.uuid)).captured == 2000
    assert len(shop.books.intents) == 2  # the first card's, and this one


def test_a_card_that_is_gone_at_stripe_leaves_the_list_when_it_is_refused(shop: StripeServer, anna: Customer) -> None:
    """No webhook told of it: the refusal is a reason to ask."""
    row = keeps(shop, anna)
    shop.books.wallets.methods[row.provider_ref]["customer"] = None

    with pytest.raises(PaymentUnavailable):
        started(anna, saved_method=str(row.uuid))

    assert saved_methods.saved_of(anna.user) == []
    row.refresh_from_db()
    assert row.forgotten_at is not None
