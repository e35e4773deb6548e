"""Consents of a checkout become the customer's as they were read, and are worth less than what is said later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from django.utils.functional import lazy

from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.models import Checkout
from tradepost.core.dates import clock
from tradepost.customers.models import Consent, Customer
from tradepost.customers.services import withdraw_consent
from tradepost.testing import deliver_events, frozen
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, captured

from .conftest import complete, ready

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TEXTS = {"de": "Ja, schreibt mir.", "en": "Yes, write to me."}


@pytest.fixture(autouse=True)
def _declared(settings: Any) -> None:
    text = lazy(lambda: TEXTS[translation.get_language() or "en"], str)()
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": {"LABEL": "News", "TEXT": text, "VERSION": "2"}}}


@pytest.fixture
def ada(gateway: ScriptedGateway) -> Customer:
    """A customer whose payments succeed."""
    gateway.play(captured)
    return make.customer()


def agreeing(customer: Customer, mug: Variant, **consents: str) -> Basket:
    """A basket ready to be ordered, in whose checkout was agreed to something in German."""
    basket = ready(mug, customer=customer)
    with translation.override("de"):
        services.update(basket, consents=consents)
    return Basket.objects.get(pk=basket.pk)


def test_the_text_is_that_which_was_read(ada: Customer, mug: Variant) -> None:
    """Though the order is placed later, and by a call in another language; other documents stay with the order."""
    with frozen(NOW) as now:
        basket = agreeing(ada, mug, news="2", terms="7")
        now.tick(minutes=20)
        order = complete(basket).order
        deliver_events()

    row = Consent.objects.get()
    assert (row.text, row.language, row.version, row.at) == (TEXTS["de"], "de", "2", NOW)
    assert (row.reference, order.placed_at) == (order.number, NOW + timedelta(minutes=20))


def test_what_is_said_between_box_and_order_counts_more(ada: Customer, mug: Variant) -> None:
    """A consent that is withdrawn in another window isn't given again by an order that was prepared before."""
    with frozen(NOW) as now:
        Consent.objects.create(customer=ada, purpose="news", is_granted=True, text="Old.", version="1", at=clock.now())
        now.tick(minutes=1)
        basket = agreeing(ada, mug, news="2")
        now.tick(minutes=1)
        withdraw_consent(ada, "news", source=Consent.Source.ACCOUNT)
        now.tick(minutes=1)
        complete(basket)
        deliver_events()

    assert list(Consent.objects.order_by("pk").values_list("is_granted", "source")) == [(True, ""), (False, "account")]


def test_a_consent_that_is_taken_back_leaves_no_text(ada: Customer, mug: Variant) -> None:
    """One that was given before texts were kept, or in another version, has the present text."""
    basket = agreeing(ada, mug, news="2")
    services.update(basket, consents={"news": None})
    assert Checkout.objects.values_list("consents", "agreements").get() == ({}, {})

    Checkout.objects.update(consents={"news": "2"}, agreements={"news": {"version": "1"}})
    complete(Basket.objects.get())
    deliver_events()
    assert Consent.objects.values_list("text", "language").get() == (TEXTS["en"], "en")


def test_whoever_signs_in_agrees_for_themselves(ada: Customer, mug: Variant) -> None:
    """A guest has ticked the boxes, perhaps another person at the same device: the basket comes along, the ticks don't."""
    basket = ready(mug)
    services.update(basket, consents={"news": "2", "terms": "7"}, note="Ring twice.")

    joined = baskets.sign_in(basket.uuid, ada)

    row = Checkout.objects.get()
    assert (joined.pk, row.basket_id) == (basket.pk, basket.pk)
    assert (row.consents, row.agreements, row.note) == ({}, {}, "Ring twice.")
    complete(Basket.objects.get(pk=joined.pk))
    deliver_events()
    assert not Consent.objects.exists()


def test_what_a_customer_has_said_stays_when_they_sign_in_again(ada: Customer, mug: Variant) -> None:
    """And when another basket is merged into theirs."""
    basket = agreeing(ada, mug, news="2")
    for other in (basket, ready(mug)):
        assert baskets.sign_in(other.uuid, ada).pk == basket.pk

    assert Checkout.objects.get(basket=basket.pk).consents == {"news": "2"}
