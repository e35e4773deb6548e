"""Consents: an append-only history whose newest row says what holds."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, Misused
from tradepost.core.events import subscribe
from tradepost.core.events.bus import unsubscribe
from tradepost.customers import services
from tradepost.customers.checks import check_customers
from tradepost.customers.errors import Anonymised, ConsentNotFound, ConsentOutdated
from tradepost.customers.events import ConsentChanged
from tradepost.customers.models import Consent, Customer
from tradepost.customers.services import consents
from tradepost.testing import assert_queries, factories
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
NEWS = {"LABEL": "Newsletter", "TEXT": "Yes, e-mail me news.", "VERSION": "2026-11", "ASKED_AT": ("registration",)}
SOURCE = Consent.Source.ACCOUNT


@pytest.fixture(autouse=True)
def _declared(settings: Any) -> None:
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": NEWS, "polls": {"LABEL": "Polls", "TEXT": "Ask me."}}}


@pytest.fixture
def heard() -> Any:
    """Events, as they were published."""
    events: list[ConsentChanged] = []
    subscribe(ConsentChanged, events.append, when="within", name="tests.consents")
    yield events
    unsubscribe(ConsentChanged, "tests.consents")


def history() -> list[tuple[str, bool, str]]:
    return list(Consent.objects.order_by("pk").values_list("purpose", "is_granted", "version"))


def agree(customer: Any, **values: Any) -> Any:
    return services.give_consent(customer, services.agreement_to("news", "2026-11"), source=SOURCE, **values)


def test_every_word_is_kept_and_the_newest_holds(heard: list[Any]) -> None:
    """The same again writes nothing; who never agreed has nothing to withdraw."""
    ada = factories.customer()
    assert services.withdraw_consent(ada, "news", source=SOURCE) is None

    with translation.override("de"):
        given = agree(ada)
    agree(ada)
    services.withdraw_consent(ada, "news", source=SOURCE)
    services.withdraw_consent(ada, "news", source=SOURCE)
    agree(ada, reference="N1")

    assert (given.text, given.version, given.language, given.source) == (
        "Yes, e-mail me news.",
        "2026-11",
        "de",
        "account",
    )
    assert history() == [("news", True, "2026-11"), ("news", False, "2026-11"), ("news", True, "2026-11")]
    assert heard == [ConsentChanged(ada.pk, "news", granted) for granted in (True, False, True)]
    news, polls = services.consents_of(ada)
    assert (news.is_granted, news.is_current, polls.is_granted, polls.changed_at) == (True, True, False, None)


def test_a_new_text_is_agreed_to_anew(settings: Any) -> None:
    """The old one still holds, and says that it is old; it can't be agreed to any more."""
    ada = factories.customer()
    agree(ada)
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": {**NEWS, "TEXT": "Yes, and by post.", "VERSION": "2"}}}

    [news] = services.consents_of(ada)
    assert (news.is_granted, news.is_current, news.latest and news.latest.text) == (True, False, "Yes, e-mail me news.")
    with pytest.raises(ConsentOutdated) as refusal:
        services.agreement_to("news", "2026-11")
    assert refusal.value.context == {"attr": "version", "version": "2"}
    with pytest.raises(ConsentNotFound):
        services.agreement_to("polls", "1")

    services.give_consent(ada, services.agreement_to("news", "2"), source=SOURCE)
    assert history() == [("news", True, "2026-11"), ("news", True, "2")]


def test_what_was_said_later_counts() -> None:
    """An event that arrives late doesn't undo a withdrawal."""
    ada, before = factories.customer(), clock.now() - timedelta(minutes=5)
    agree(ada, at=before - timedelta(days=1))
    services.withdraw_consent(ada, "news", source=SOURCE)

    agree(ada, at=before)

    assert [granted for _purpose, granted, _version in history()] == [True, False]


def test_nothing_is_agreed_to_for_somebody_whose_data_are_gone() -> None:
    """As where an account is closed while its order's consents are still to be written."""
    ada = services.anonymise(Customer.objects.create(name="Ada"))

    with pytest.raises(Anonymised):
        agree(ada)
    assert history() == []


@pytest.mark.parametrize("given", [{"terms": "1"}, {"news": "1"}, {"news": "2026-11", "x": None}])
def test_what_was_not_asked_is_refused(given: dict[str, str | None]) -> None:
    """An unknown purpose, and a text that isn't the present one."""
    with pytest.raises(Invalid) as refusal:
        services.read_agreements(given)

    assert refusal.value.context["attr"] == "consents"
    assert services.read_agreements({"news": None, "polls": ""}) == []
    assert services.agreements_in({"terms": "1", "news": "1", "polls": "1"}) == [services.agreement_to("polls", "1")]


def test_a_row_is_never_changed() -> None:
    """Neither by its save(), nor without a text."""
    row = agree(factories.customer())
    row.is_granted = False

    with pytest.raises(Misused):
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(text="")
    assert history() == [("news", True, "2026-11")]


@pytest.mark.parametrize("people", [1, 50])
def test_who_agrees_is_found(people: int) -> None:
    """By one query, however many there are and however often they changed their mind; in the admin as well."""
    rows = [factories.customer() for _number in range(people)]
    bob = factories.customer()
    for row in rows:
        agree(row)
    agree(bob)
    services.withdraw_consent(bob, "news", source=SOURCE)

    with assert_queries(at_most=1):
        assert set(Customer.objects.consenting("news")) == set(rows)
    with assert_queries(at_most=1):
        services.consents_of(rows[0])

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss"))
    listed = reverse("admin:tradepost_customers_customer_changelist")
    for value, shown in (("news", set(rows)), ("no:news", {bob}), ("no:polls", {*rows, bob})):
        assert set(client.get(listed, {"consent": value}).context["cl"].queryset) == shown
    page = client.get(reverse("admin:tradepost_customers_customer_change", args=[bob.pk])).content.decode()
    assert "news: withdrawn" in page
    assert "Yes, e-mail me news. (2026-11, en)" in page


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"TEXT": "Yes."}, 'needs a text "LABEL"'),
        ({"LABEL": "News", "TEXT": " "}, 'needs a text "TEXT"'),
        ({**NEWS, "VERSION": 2}, '"VERSION" must be a text of at most 40 characters'),
        ({**NEWS, "ASKED_AT": "checkout"}, "\"ASKED_AT\" must be some of ('registration', 'checkout')"),
        ({**NEWS, "TEXTS": "x"}, 'has no key "TEXTS"; did you mean "TEXT"?'),
        ("Yes.", "must be a dict"),
    ],
)
def test_a_wrong_setting_is_told(settings: Any, entry: Any, problem: str) -> None:
    """By name, with a line to paste; a right one isn't."""
    assert check_customers() == []
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"news": entry}}

    [message] = check_customers()

    assert (message.id, message.msg) == ("tradepost.E171", f"TRADEPOST_CUSTOMERS[\"CONSENTS\"]['news'] {problem}.")
    assert "TRADEPOST_CUSTOMERS = " in str(message.hint)
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"N ews": NEWS}}
    assert [message.id for message in check_customers()] == ["tradepost.E171"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_many_clicks_at_once_write_one_row() -> None:
    """To agree, and to withdraw."""
    ada = factories.customer()

    results = together([partial(agree, ada)] * 6)
    results += together([partial(services.withdraw_consent, ada, "news", source=SOURCE)] * 6)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert [granted for _purpose, granted, _version in history()] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_they_write_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: all of them see that nothing was said yet."""
    ada = factories.customer()
    monkeypatch.setattr(consents, "_lock", lambda customer, purpose: None)

    together([partial(agree, ada)] * 6)

    assert len(history()) > 1
