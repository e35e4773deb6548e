"""Saved payment methods: never without consent, never another customer's, forgotten at once here and surely there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from tradepost.accounts.services import close_account
from tradepost.core import db
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, NotFound
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for
from tradepost.gateways.dummy import DummyGateway
from tradepost.payments import (
    conf,
    jobs,
    services,
)
from tradepost.payments.errors import AccountNeeded, ConsentOutdated, SavedMethodUnavailable
from tradepost.payments.interface import (
    Misconfigured,
    OutcomeUnknown,
    SavedRef,
)
from tradepost.payments.models import Payment, SavedMethod
from tradepost.payments.services import saved_methods as saved
from tradepost.testing import deliver_events, placed

pytestmark = pytest.mark.django_db
AGREED = {"save_consent": "1"}


class Forgetful(DummyGateway):
    """A dummy provider that can't be reached when a card is to be forgotten, as often as it is told."""

    failures: list[Exception] = []
    forgets: list[tuple[str, str]] = []

    def forget(self, saved: SavedRef, key: str) -> None:
        self.forgets.append((saved.provider_ref, key))
        if self.failures:
            raise self.failures.pop()
        super().forget(saved, key)


@pytest.fixture(autouse=True)
def shop(settings: Any, tmp_path: Path) -> DummyGateway:
    """A shop whose cards may be saved; ``plain`` is the same provider without that."""
    card = {
        "BACKEND": f"{__name__}.Forgetful",
        "OPTIONS": {"path": str(tmp_path / "books.sqlite3"), "allow": True},
        "SAVES": True,
    }
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": card, "plain": {**card, "SAVES": False}}}
    Forgetful.failures, Forgetful.forgets = [], []
    gateway = conf.gateway("card")
    assert isinstance(gateway, DummyGateway)
    return gateway


@pytest.fixture
def make_customer() -> Callable[[], Customer]:
    """Customers with an account."""

    def make() -> Customer:
        name = f"u{uuid4().hex[:8]}"
        return customer_for(get_user_model().objects.create_user(username=name, email=f"{name}@shop.example"))

    return make


@pytest.fixture
def anna(make_customer: Callable[[], Customer]) -> Customer:
    """A customer."""
    return make_customer()


def by(customer: Customer | None) -> By:
    return By(Actor.CUSTOMER, customer.user_id if customer else None)


@db.atomic
def opened(customer: Customer | None, method: str = "card") -> Payment:
    order = placed.order(placed.line_row("10.00"), reserve=False, customer_id=customer.pk if customer else None)
    return services.open_payment(order, method=method)


def paid(customer: Customer | None, *, method: str = "card", **client_input: Any) -> Payment:
    """A payment of 10.00 that this customer pays."""
    return services.start(opened(customer, method), client_input=client_input, by=by(customer))


def test_a_card_is_saved_with_its_consent(anna: Customer) -> None:
    """The text that the customer read, its version and the time are kept with the card; its number doesn't."""
    before = clock.now()
    payment = paid(anna, **AGREED)

    [row] = SavedMethod.objects.all()
    assert payment.status == "captured"
    assert (row.customer, row.gateway, row.provider_ref) == (anna, "card", f"card-{payment.reference}")
    assert (row.name, row.expiry) == ("Visa •••• 4242", "12/34")
    assert (row.consent_version, row.consent_text) == ("1", saved.consent().text)
    assert before <= row.consented_at <= clock.now()
    assert payment.state["start"]["client_input"] == {}


def test_nothing_is_saved_without_consent(anna: Customer) -> None:
    """Neither where the customer didn't agree, nor where the method saves none."""
    paid(anna)
    paid(anna, method="plain", **AGREED)

    assert not SavedMethod.objects.exists()


def test_a_guest_can_save_nothing() -> None:
    """It is refused, and the payment isn't begun."""
    payment = opened(None)
    with pytest.raises(AccountNeeded):
        services.start(payment, client_input=AGREED, by=by(None))

    assert services.find(payment.uuid).status == "created"


def test_who_is_signed_in_saves_nothing_with_anothers_order(
    anna: Customer, make_customer: Callable[[], Customer]
) -> None:
    """Whoever has the link to an order may pay it, but the card would be the customer's."""
    payment = opened(anna)
    with pytest.raises(SavedMethodUnavailable):
        services.start(payment, client_input=AGREED, by=by(make_customer()))

    assert services.find(payment.uuid).status == "created"


def test_consent_to_another_text_is_none(anna: Customer, settings: Any) -> None:
    """The page was opened before the text changed: the customer is asked again."""
    settings.TRADEPOST_PAYMENTS = {**settings.TRADEPOST_PAYMENTS, "SAVE_CONSENT_VERSION": "2"}
    payment = opened(anna)
    with pytest.raises(ConsentOutdated):
        services.start(payment, client_input=AGREED, by=by(anna))

    assert services.find(payment.uuid).status == "created"


def test_a_saved_card_pays_at_once(anna: Customer, shop: DummyGateway) -> None:
    """Where a new one is sent to the provider's page."""
    shop.scenario = "requires_redirect"
    first = paid(anna, scenario="success", **AGREED)
    [row] = saved.saved_of(anna.user)

    second = paid(anna, saved_method=str(row.uuid))

    assert paid(anna).status == "requires_action"
    assert (first.status, second.status) == ("captured", "captured")
    assert second.state["start"]["saved"]["provider_ref"] == row.provider_ref
    assert SavedMethod.objects.count() == 1


def test_nobody_pays_with_anothers_card(anna: Customer, make_customer: Callable[[], Customer]) -> None:
    """Not even who knows its UUID; the payment may be made otherwise."""
    paid(anna, **AGREED)
    [row] = saved.saved_of(anna.user)
    thief = make_customer()
    payment = opened(thief)

    with pytest.raises(SavedMethodUnavailable):
        services.start(payment, client_input={"saved_method": str(row.uuid)}, by=by(thief))
    with pytest.raises(NotFound):
        saved.find_saved(row.uuid, user=thief.user)

    assert services.find(payment.uuid).status == "created"
    assert saved.saved_of(thief.user) == []


@pytest.mark.parametrize("value", ["nonsense", {"a": 1}, 7])
def test_a_saved_method_that_cant_be_is_refused(anna: Customer, value: Any) -> None:
    """A form is untrusted."""
    with pytest.raises((SavedMethodUnavailable, Invalid)):
        paid(anna, saved_method=value)


def test_a_saved_card_is_for_its_own_method(anna: Customer, settings: Any) -> None:
    """Another provider wouldn't know it."""
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    other = {**gateways["card"], "OPTIONS": {**gateways["card"]["OPTIONS"], "scenario": "success"}}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "other": other}}
    paid(anna, **AGREED)
    [row] = saved.saved_of(anna.user)

    with pytest.raises(SavedMethodUnavailable):
        paid(anna, method="other", saved_method=str(row.uuid))


def test_forgotten_here_and_there(anna: Customer, shop: DummyGateway) -> None:
    """The row stays as the record of a consent; asked again, nothing is called."""
    paid(anna, **AGREED)
    [row] = saved.saved_of(anna.user)
    row = saved.forget(row)
    again = saved.forget(row)

    assert row.forgotten_at is not None
    assert again.forgotten_at == row.forgotten_at
    assert Forgetful.forgets == [(row.provider_ref, f"forget-{row.uuid.hex}")]
    assert shop.fetch_saved(SavedRef(provider_ref=row.provider_ref)) is None
    assert saved.saved_of(anna.user) == []
    with pytest.raises(SavedMethodUnavailable):
        paid(anna, saved_method=str(row.uuid))


@pytest.mark.parametrize("failure", [OutcomeUnknown("no answer"), Misconfigured("no key")])
def test_a_provider_that_gives_no_answer_is_told_again(anna: Customer, failure: Exception) -> None:
    """The card is gone from the shop at once; the job tells the provider with the same key until it answers."""
    paid(anna, **AGREED)
    [row] = saved.saved_of(anna.user)
    Forgetful.failures = [failure]

    row = saved.forget(row)

    assert (row.forgotten_at, row.forget_tries, row.forget_error) == (None, 1, str(failure))
    assert saved.saved_of(anna.user) == []
    assert jobs.forget_saved() == 0
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert jobs.forget_saved() == 1
    row.refresh_from_db()
    assert (row.forgotten_at is not None, row.forget_at, row.forget_error) == (True, None, "")
    assert Forgetful.forgets == [(row.provider_ref, f"forget-{row.uuid.hex}")] * 2


def test_the_card_of_a_deleted_customer_is_forgotten(make_customer: Callable[[], Customer]) -> None:
    """Nobody would ever ask for it."""
    someone = make_customer()
    payment = paid(someone, **AGREED)
    SavedMethod.objects.update(customer=None)

    assert jobs.forget_saved() == 1
    row = SavedMethod.objects.get(provider_ref=f"card-{payment.reference}")
    assert row.forgotten_at is not None


def test_told_twice_it_is_one(anna: Customer) -> None:
    """The return page and a webhook both tell of the card; forgotten meanwhile, it isn't saved anew."""
    payment = paid(anna, **AGREED)
    services.ask(payment)
    [row] = saved.saved_of(anna.user)
    conf.gateway("card")
    SavedMethod.objects.filter(pk=row.pk).update(forget_asked_at=clock.now())
    services.ask(payment)

    assert SavedMethod.objects.count() == 1
    assert saved.saved_of(anna.user) == []


def test_the_database_keeps_no_method_without_consent(anna: Customer) -> None:
    """Whoever writes the row."""
    facts = {"customer": anna, "gateway": "card", "provider_ref": "x", "consented_at": clock.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMethod.objects.create(**facts, consent_text="", consent_version="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMethod.objects.create(**facts, consent_text="Keep it.", consent_version="")


def test_a_shop_that_saves_nothing_asks_nothing(anna: Customer, settings: Any, django_assert_num_queries: Any) -> None:
    """No query is spent on it."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"plain": settings.TRADEPOST_PAYMENTS["GATEWAYS"]["plain"]}}
    with django_assert_num_queries(0):
        assert saved.saved_of(anna.user) == []


@pytest.mark.parametrize(
    ("year", "month", "over"), [(2026, 10, True), (2026, 11, False), (2027, 1, False), (None, None, False)]
)
def test_a_card_runs_out_at_the_end_of_its_month(year: int | None, month: int | None, over: bool) -> None:
    """November 2026 is still good on the 30th."""
    from datetime import date

    assert SavedMethod(exp_year=year, exp_month=month).is_expired(date(2026, 11, 30)) is over


def test_who_closes_their_account_has_no_card_left(anna: Customer, make_customer: Callable[[], Customer]) -> None:
    """At the provider, too; others keep theirs."""
    bert = make_customer()
    paid(anna, **AGREED)
    paid(bert, **AGREED)
    user = get_user_model().objects.get(pk=anna.user_id)
    user.set_password("quiet-harbour-7")
    user.save()

    close_account(user, "quiet-harbour-7")
    deliver_events()

    [row] = SavedMethod.objects.exclude(forgotten_at=None)
    assert row.customer == anna
    assert Forgetful.forgets == [(row.provider_ref, f"forget-{row.uuid.hex}")]
