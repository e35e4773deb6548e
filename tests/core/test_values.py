"""Addresses, settings, sequences, locks: the small things that everything stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

import tradepost
from tradepost.core import db
from tradepost.core.addresses import AddressInvalid, PostalAddress
from tradepost.core.conf import Backend, check_settings, load
from tradepost.core.db.sequences import next_value
from tradepost.core.models import Sequence
from tradepost.orders.models import Order


def test_an_address_is_trimmed_and_its_country_capital() -> None:
    """People type as they like."""
    address = PostalAddress.read(
        {"name": "  Ada  Lovelace ", "line1": "1 Road", "city": "London", "postcode": "sw1a  1aa", "country": "gb"}
    )
    assert address == PostalAddress(
        name="Ada Lovelace", line1="1 Road", city="London", postcode="SW1A 1AA", country="GB"
    )
    assert PostalAddress.stored(address.as_dict()) == address
    assert address.lines == ["Ada Lovelace", "1 Road", "London", "SW1A 1AA", "United Kingdom"]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, ["city", "country", "line1", "name"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "GBR"}, ["country"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "G1"}, ["country"]),
        ({"name": "A", "line1": "B" * 201, "city": "C", "country": "AE"}, ["line1"]),
        ({"name": 7, "line1": "B", "city": "C", "country": "AE"}, ["name"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "AE", "planet": "Earth"}, ["planet"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "GB"}, ["postcode"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "DE", "postcode": "1234"}, ["postcode"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "US", "postcode": "94103"}, ["region"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "UK", "postcode": "SW1A 1AA"}, ["country"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "XX"}, ["country"]),
        ({"name": "A", "line1": "B", "city": "C", "country": "ß"}, ["country"]),
    ],
)
def test_a_wrong_address_names_its_fields(settings: Any, data: dict[str, Any], wrong: list[str]) -> None:
    """Nothing is guessed."""
    settings.TRADEPOST_SHOP = {"STRICT_POSTCODES": True}
    with pytest.raises(AddressInvalid) as refusal:
        PostalAddress.read(data)
    assert sorted(refusal.value.context["fields"]) == wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    COLOUR: str = "green"
    DRIES_IN: timedelta = timedelta(hours=1)
    BRUSH: Backend = Backend("tradepost.core.events.dispatchers.InProcess")


def test_settings_are_read_over_their_defaults(settings: Any) -> None:
    """And a backend may be named by its path alone."""
    settings.TEST_PAINT = {"COLOUR": "blue", "BRUSH": {"BACKEND": "x.Y", "OPTIONS": {"width": 3}}}
    assert load("TEST_PAINT", Paint) == Paint(COLOUR="blue", BRUSH=Backend("x.Y", {"width": 3}))


def test_an_unknown_key_names_the_nearest(settings: Any) -> None:
    """By the check, and by whoever reads it."""
    settings.TEST_PAINT = {"COLOR": "blue"}
    [message] = check_settings("TEST_PAINT", Paint, "tests.E1")
    assert (message.id, message.msg) == ("tests.E1", 'TEST_PAINT has no key "COLOR". Did you mean "COLOUR"?')
    with pytest.raises(ImproperlyConfigured, match="Did you mean"):
        load("TEST_PAINT", Paint)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"DRIES_IN": 5}, 'TEST_PAINT["DRIES_IN"] must be timedelta, not int.'),
        ({"BRUSH": "no.such.Brush"}, "TEST_PAINT[\"BRUSH\"] can't be used: No module named 'no'"),
        ([], "TEST_PAINT must be a dict."),
    ],
)
def test_a_wrong_value_is_a_check_message(settings: Any, value: Any, text: str) -> None:
    """Before anything runs."""
    settings.TEST_PAINT = value
    assert [message.msg for message in check_settings("TEST_PAINT", Paint, "tests.E1")] == [text]


@pytest.mark.django_db
def test_a_sequence_has_no_gaps() -> None:
    """A number that was rolled back is given again."""
    assert [next_value("invoice", start=1000), next_value("invoice", start=1000)] == [1000, 1001]

    def count_and_fail() -> None:
        with transaction.atomic():
            assert next_value("invoice") == 1002
            raise RuntimeError

    with pytest.raises(RuntimeError):
        count_and_fail()
    assert next_value("invoice") == 1002
    assert Sequence.objects.get(name="invoice").value == 1002


@pytest.mark.django_db
def test_the_database_holds_that_sums_are_right() -> None:
    """A total that isn't the sum of its parts can't be stored; float storage doesn't disturb that."""
    values = {"currency": "EUR", "base_currency": "EUR", "prices_include_tax": True}
    sums = {"goods_net": "0.10", "goods_tax": "0.20", "goods_total": "0.30", "total": "0.30"}
    Order.objects.create(number="1", **values, **sums)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(number="2", **values, **{**sums, "goods_total": "0.31"})
    assert [order.number for order in Order.objects.all()] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_the_network_is_refused_inside_a_transaction() -> None:
    """Locks aren't held while somebody else answers."""
    db.outside("ask()")
    with transaction.atomic(), pytest.raises(RuntimeError, match="after the commit"):
        db.outside("ask()")


def test_installed_apps_can_be_left_out_and_replaced() -> None:
    """In their order, with what they need."""
    result = tradepost.installed_apps(without=["tradepost.api"], replace={"tradepost.catalogue": "myshop.catalogue"})
    assert "rest_framework" not in result
    assert result.index("tradepost.core") < result.index("myshop.catalogue") < result.index("tradepost.orders")
    with pytest.raises(ValueError, match=r"tradepost\.core'? can't be left out"):
        tradepost.installed_apps(without=["tradepost.core"])
    with pytest.raises(ValueError, match="is not an app of Tradepost"):
        tradepost.installed_apps(replace={"tradepost.catalog": "x"})
