"""The page of consents, and the boxes at registration and checkout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from django.utils.functional import lazy

from tests.accounts.people import mailed, secret_in
from tradepost.accounts.services import close_account, confirm_registration, request_registration
from tradepost.catalogue.models import Variant
from tradepost.core.errors import Invalid
from tradepost.customers.errors import ConsentOutdated
from tradepost.customers.models import Consent, Customer
from tradepost.customers.services import withdraw_consent
from tradepost.orders.models import Order
from tradepost.testing import deliver_events

from ..conftest import Visitor

TEXT = "Yes, e-mail me news."
BOX = '<input type="checkbox" name="consent_news" value="2"'


@pytest.fixture(autouse=True)
def _declared(settings: Any) -> None:
    news = {"LABEL": "Newsletter", "TEXT": TEXT, "VERSION": "2", "ASKED_AT": ("registration", "checkout")}
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": news, "polls": {"LABEL": "Polls", "TEXT": "Ask me."}}}


def history() -> list[tuple[str, bool, str, str]]:
    return list(Consent.objects.order_by("pk").values_list("purpose", "is_granted", "source", "reference"))


def test_a_consent_is_given_and_withdrawn_by_a_button(anna: Visitor, settings: Any) -> None:
    """The page says what holds since when; an old text isn't agreed to, but can be withdrawn."""
    page = anna.get("/account/consents/").content.decode()
    assert TEXT in page
    assert "Not agreed" in page

    anna.post("/account/consents/news/", {"version": "2", "is_granted": "1"})
    assert "Agreed on" in anna.text
    anna.post("/account/consents/news/", {"version": "1", "is_granted": "1"})
    assert "The text has changed." in anna.text
    anna.post("/account/consents/news/", {"version": "1", "is_granted": ""})
    assert "Withdrawn on" in anna.text

    assert history() == [("news", True, "account", ""), ("news", False, "account", "")]
    assert anna.post("/account/consents/terms/", {"version": "1", "is_granted": ""}).status_code == 404
    settings.TRADEPOST_CUSTOMERS = {}
    assert "/account/consents/" not in anna.get("/account/").content.decode()


@pytest.mark.django_db
def test_a_box_at_the_registration_counts_once_the_mailbox_is_proven(guest: Visitor) -> None:
    """It isn't ticked beforehand; a text that changed in between isn't agreed to."""
    page = guest.get("/account/register/").content.decode()
    assert TEXT in page
    assert "checked" not in page

    guest.post("/account/register/", {"email": "ada@example.com", "name": "Ada", "consent_news": "1"})
    assert guest.page.status_code == 422
    assert mailed() == []
    guest.post("/account/register/", {"email": "ada@example.com", "name": "Ada", "consent_news": "2"})
    [message] = mailed()
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert not Consent.objects.exists()

    secret = secret_in(message, "register")
    texts = [str(message.body), html, guest.get(f"/account/register/?token={secret}").content.decode()]
    assert ["also agree to" in text and TEXT in text for text in texts] == [True] * 3  # they may not have ticked it
    confirm_registration(secret, "quiet-harbour-7")
    assert history() == [("news", True, "registration", "")]
    assert Consent.objects.get().text == TEXT

    guest.post("/account/register/", {"email": "ben@example.com", "name": "Ben"})
    assert "agree" not in str(mailed()[-1].body)


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "error"), [({"terms": "1"}, Invalid), ({"news": "1"}, ConsentOutdated)])
def test_a_registration_with_another_consent_is_refused(given: dict[str, str], error: type[Exception]) -> None:
    """And nothing is sent."""
    with pytest.raises(error):
        request_registration("ada@example.com", consents=given)
    assert mailed() == []


def test_who_closes_the_account_is_sent_nothing_any_more(anna: Visitor) -> None:
    """Their consents stay recorded."""
    anna.post("/account/consents/news/", {"version": "2", "is_granted": "1"})
    customer = Customer.objects.get()
    user = customer.user
    assert user is not None
    user.set_password("quiet-harbour-7")
    user.save()

    close_account(user, "quiet-harbour-7")

    assert history() == [("news", True, "account", ""), ("news", False, "closure", "")]
    assert not Customer.objects.consenting("news").exists()


def test_a_box_at_the_checkout_becomes_a_consent_with_the_order(anna: Visitor, mug: Variant) -> None:
    """Once it is placed; an unticked one is none, and whoever has agreed isn't asked again."""
    anna.add(mug)
    anna.say()
    assert BOX in anna.text
    assert "checked" not in anna.text[anna.text.index(BOX) :].split(">")[0]
    anna.place()
    deliver_events()
    assert history() == []

    anna.add(mug)
    anna.say()
    anna.place({**anna.order_form(), "consent_news": "2"})
    order = Order.objects.latest("pk")
    deliver_events()
    assert history() == [("news", True, "checkout", order.number)]
    assert order.placed_at is not None
    assert timedelta() <= order.placed_at - Consent.objects.get().at < timedelta(seconds=30)

    anna.add(mug)
    anna.say()
    assert BOX not in anna.text
    withdraw_consent(Customer.objects.get(), "news", source=Consent.Source.ACCOUNT)
    assert BOX in " ".join(anna.get("/checkout/").content.decode().split())


def test_a_guest_has_no_history(guest: Visitor, mug: Variant) -> None:
    """They aren't asked; what a page of a project's own asks them stays in the order's history."""
    guest.add(mug)
    guest.say()
    assert BOX not in guest.text
    guest.place({**guest.order_form(), "consent_news": "2"})
    deliver_events()

    assert history() == []
    assert Order.objects.get().events.get(kind="place").facts["consents"] == {"news": "2"}


@pytest.fixture
def two_languages(settings: Any) -> str:
    """A shop in English and German, whose text is in the language of the page; gives its name in the forms."""

    def text() -> str:
        return "Ja, schreibt mir." if translation.get_language() == "de" else TEXT

    declared = {**settings.TRADEPOST_CUSTOMERS["CONSENTS"]["news"], "TEXT": lazy(text, str)()}
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": declared}}
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    return '<input type="hidden" name="consents_language" value="de"'


GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de"}


def recorded() -> list[tuple[str, str]]:
    return list(Consent.objects.values_list("text", "language"))


def test_another_tab_in_another_language_changes_nothing_of_what_was_read(anna: Visitor, two_languages: str) -> None:
    """The text is recorded as the page showed it that has the button; a language that the shop hasn't got is passed over."""
    assert two_languages in anna.client.get("/account/consents/", **GERMAN).content.decode()

    agreed = {"version": "2", "is_granted": "1"}
    anna.post("/account/consents/news/", {**agreed, "consents_language": "de"})
    assert recorded() == [("Ja, schreibt mir.", "de")]

    anna.post("/account/consents/news/", {"version": "2", "is_granted": ""})
    anna.post("/account/consents/news/", {**agreed, "consents_language": "tlh"})
    assert recorded()[0] == (TEXT, "en")


def test_nor_of_what_was_ticked_at_the_checkout(anna: Visitor, mug: Variant, two_languages: str) -> None:
    """Though the button was pressed after the language had changed."""
    anna.add(mug)
    anna.say()
    assert two_languages in anna.client.get("/checkout/", **GERMAN).content.decode()
    anna.place({**anna.order_form(), "consent_news": "2", "consents_language": "de"})
    deliver_events()

    assert recorded() == [("Ja, schreibt mir.", "de")]


@pytest.mark.django_db
def test_nor_at_a_registration(guest: Visitor, two_languages: str) -> None:
    """A form that comes again is in the language that is chosen now, and says so."""
    assert two_languages in guest.client.get("/account/register/", **GERMAN).content.decode()
    form = {"email": "ada@example.com", "name": "Ada", "consent_news": "2", "consents_language": "de"}
    page = guest.client.post("/account/register/", {**form, "email": "none"}, HTTP_ACCEPT_LANGUAGE="en")
    assert two_languages.replace('"de"', '"en"') in page.content.decode()

    guest.post("/account/register/", form)
    confirm_registration(secret_in(mailed()[0], "register"), "quiet-harbour-7")
    assert recorded() == [("Ja, schreibt mir.", "de")]


@pytest.mark.django_db
def test_whoever_ticked_nothing_is_asked_once_more_where_they_choose_a_password(
    guest: Visitor, two_languages: str
) -> None:
    """As is who was mailed a link for another reason. The page has no box for what was agreed to before."""
    guest.post("/account/register/", {"email": "ada@example.com", "name": "Ada"})
    page = guest.get(f"/account/register/?token={secret_in(mailed()[0], 'register')}").content.decode()
    assert BOX in page
    assert "checked" not in page

    password = {"password": "quiet-harbour-7", "name": "Ada"}
    guest.post("/account/register/link/", {**password, "consent_news": "1"})
    assert (guest.page.status_code, recorded()) == (422, [])
    guest.post("/account/register/link/", {**password, "consent_news": "2", "consents_language": "de"})
    assert recorded() == [("Ja, schreibt mir.", "de")]
    assert history() == [("news", True, "registration", "")]

    guest.post("/account/sign-out/")
    guest.post("/account/register/", {"email": "ben@example.com", "consent_news": "2"})
    page = guest.get(f"/account/register/?token={secret_in(mailed()[-1], 'register')}").content.decode()
    assert TEXT in page
    assert BOX not in page
