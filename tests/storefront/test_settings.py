"""Settings, checks and countries of the storefront."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.utils import translation

from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.storefront.countries import country_choices, country_name

from .conftest import Visitor


def ids() -> list[str]:
    """Of the messages of our checks that are the storefront's."""
    return [str(message.id) for message in run_checks() if str(message.id).startswith("tradepost.E85")]


def test_a_sound_project_hears_nothing() -> None:
    """The test project's settings are."""
    assert ids() == []


def test_a_wrong_key_is_told(settings: Any) -> None:
    """At start-up."""
    settings.TRADEPOST_STOREFRONT = {"PAGESIZE": 3}

    assert ids() == ["tradepost.E850"]


def test_what_the_pages_need_of_django_is_told(settings: Any) -> None:
    """A missing context processor by its name; a missing app too."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": []}}]

    assert ids() == ["tradepost.E852", "tradepost.E852"]


def test_countries_are_named_in_the_visitors_language(settings: Any) -> None:
    """All of them, or those that the shop delivers to; an unknown code is its own name."""
    assert ("DE", "Germany") in country_choices()
    assert "EU" not in dict(country_choices())
    settings.TRADEPOST_STOREFRONT = {"COUNTRIES": ("FR", "AT")}
    with translation.override("de"):
        assert country_choices() == [("FR", "Frankreich"), ("AT", "Österreich")]
    assert country_name("QQ") == "QQ"


@pytest.mark.parametrize("kept", ["x", 7, None, ["a"], "6f2c4b7e-0000-4000-8000-000000000000"])
def test_a_session_with_nonsense_is_a_visitor_without_basket(guest: Visitor, mug: Variant, kept: Any) -> None:
    """Old or foreign values do no harm, and the next add makes a new basket."""
    session = guest.client.session
    session["tradepost_basket"] = session["tradepost_orders"] = kept
    session.save()

    assert guest.get("/basket/").status_code == 200
    assert "Your basket is empty" in guest.text
    guest.add(mug)
    assert Basket.objects.count() == 1


def test_signing_in_without_a_basket_makes_none(guest: Visitor, django_user_model: Any) -> None:
    """Nor a customer."""
    django_user_model.objects.create_user("ada", password="correct horse")

    guest.post("/account/sign-in/", {"username": "ada", "password": "correct horse"})

    assert guest.page.status_code == 200
    assert Basket.objects.count() == 0
