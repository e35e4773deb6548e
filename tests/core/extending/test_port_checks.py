"""The object that a setting names must fit its port, and the message says how to mend it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tradepost.core.checks import check_names
from tradepost.core.conf import check_settings, declared
from tradepost.core.extending.port_checks import mismatches, port_of
from tradepost.core.extending.port_map import port_settings
from tradepost.inventory.conf import InventorySettings
from tradepost.inventory.ports import Allocator
from tradepost.payments.conf import PaymentSettings
from tradepost.pricing.conf import PricingSettings
from tradepost.pricing.tax.zone_taxes import ZoneTaxes


class Fits:
    def allocate(self, demand: Any, levels: Any, verbose: bool = False) -> None: ...


class Renamed:
    def allocate(self, demnad: Any, levels: Any) -> None: ...


class Greedy:
    def allocate(self, demand: Any, levels: Any, mood: str) -> None: ...


class Anything:
    def allocate(self, **kwargs: Any) -> None: ...


class Flat:
    def __init__(self, amount: str = "1.00") -> None:
        self.amount = amount

    def quote(self, requests: Sequence[Any], context: Any) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("allocator", "problems"),
    [
        (Fits(), []),
        (Anything(), []),
        (object(), ["object lacks the method allocate(demand, levels)"]),
        (
            Renamed(),
            [
                "Renamed.allocate: lacks the parameter 'demand'; rename 'demnad'",
                "Renamed.allocate: asks for 'demnad', which is never given; give it a default",
            ],
        ),
        (Greedy(), ["Greedy.allocate: asks for 'mood', which is never given; give it a default"]),
    ],
)
def test_a_misfit_is_described(allocator: object, problems: list[str]) -> None:
    """Missing methods, renamed parameters, parameters that nobody gives."""
    assert mismatches(allocator, Allocator) == problems


def test_an_abstract_port_must_be_subclassed() -> None:
    """A gateway that only looks like one isn't."""
    port = port_of(PaymentSettings, "GATEWAYS")
    assert port is not None
    assert mismatches(Fits(), port.protocol) == ["Fits is not a subclass of tradepost.payments.interface.ports.Gateway"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("tests.core.extending.test_port_checks.Flat", None),
        ({"BACKEND": "tests.core.extending.test_port_checks.Flat", "OPTIONS": {"amount": "2.00"}}, None),
        (
            {"BACKEND": "tests.core.extending.test_port_checks.Flat", "OPTIONS": {"amout": "2.00"}},
            'TRADEPOST_PRICING["PRICER"] can\'t be used: tests.core.extending.test_port_checks.Flat: '
            'it has no option "amout"; did you mean "amount"?',
        ),
        (
            "tests.core.extending.test_port_checks.Fits",
            'TRADEPOST_PRICING["PRICER"]: Fits lacks the method quote(requests, context).',
        ),
        (
            "tests.core.nowhere.Flat",
            "TRADEPOST_PRICING[\"PRICER\"] can't be used: No module named 'tests.core.nowhere'",
        ),
    ],
)
def test_a_check_says_what_is_wrong_with_a_setting(settings: Any, value: Any, text: str | None) -> None:
    """At start-up, with an id."""
    settings.TRADEPOST_PRICING = {"PRICER": value}
    messages = check_settings("TRADEPOST_PRICING", PricingSettings, "tradepost.E200")
    assert [message.msg for message in messages] == ([text] if text else [])


def test_a_function_in_a_list_of_paths_is_checked(settings: Any) -> None:
    """By what it is called with."""
    from tradepost.basket.conf import BasketSettings

    settings.TRADEPOST_BASKET = {
        "STAGES": ("tradepost.basket.stages.prices", "tests.core.extending.test_port_checks.Fits")
    }
    messages = check_settings("TRADEPOST_BASKET", BasketSettings, "tradepost.E400")
    assert [message.msg for message in messages] == [
        'TRADEPOST_BASKET["STAGES"]: Fits lacks the method __call__(document, snapshot, rules).'
    ]


def test_every_default_fits_its_own_port() -> None:
    """Ours are written against the interface that a user gets."""
    for name, cls in declared().items():
        assert check_settings(name, cls, "tests") == []
    assert {(entry.setting, entry.key) for entry in port_settings()} >= {
        ("TRADEPOST_BASKET", "MERGE"),
        ("TRADEPOST_BASKET", "STAGES"),
        ("TRADEPOST_CHECKOUT", "STEPS"),
        ("TRADEPOST_EVENTS", "DISPATCHER"),
        ("TRADEPOST_INVENTORY", "ALLOCATOR"),
        ("TRADEPOST_ORDERS", "NUMBERS"),
        ("TRADEPOST_PAYMENTS", "GATEWAYS"),
        ("TRADEPOST_PRICING", "PRICER"),
        ("TRADEPOST_PRICING", "TAX"),
        ("TRADEPOST_SHIPPING", "RATES"),
    }


class Half(ZoneTaxes):
    """An engine that tells its service of sales, and forgot how they are called off."""

    def commit(self, document: Any) -> None:
        """Book it."""

    def refund(self, docment: Any) -> None:
        """Give it back."""


def test_who_fills_one_method_of_a_further_port_fills_all(settings: Any) -> None:
    """Found out at start-up, and not when the first order is cancelled."""
    settings.TRADEPOST_PRICING = {"TAX": "tests.core.extending.test_port_checks.Half"}

    messages = check_settings("TRADEPOST_PRICING", PricingSettings, "tradepost.E200")

    assert [message.msg for message in messages] == [
        "TRADEPOST_PRICING[\"TAX\"]: Half.refund: lacks the parameter 'document'; rename 'docment'.",
        "TRADEPOST_PRICING[\"TAX\"]: Half.refund: asks for 'docment', which is never given; give it a default.",
        'TRADEPOST_PRICING["TAX"]: Half lacks the method void(reference).',
    ]
    assert {message.hint for message in messages} == {"It must fit tradepost.pricing.tax.ports.TaxReporter."}
    [entry] = [entry for entry in port_settings() if (entry.setting, entry.key) == ("TRADEPOST_PRICING", "TAX")]
    assert entry.may == (("tradepost.pricing.tax.ports.TaxReporter", True),)


def test_the_command_says_which_further_ports_are_filled(settings: Any) -> None:
    """Not by the library's own engine."""
    out = StringIO()
    call_command("tradepost_ports", stdout=out)

    assert "  also     tradepost.pricing.tax.ports.TaxReporter (not filled)\n" in out.getvalue()


def test_the_command_prints_every_port(settings: Any) -> None:
    """For people, and for tools."""
    settings.TRADEPOST_INVENTORY = {"ALLOCATOR": "tests.core.extending.test_port_checks.Fits"}
    assert declared()["TRADEPOST_INVENTORY"] is InventorySettings
    out = StringIO()
    call_command("tradepost_ports", json=True, stdout=out)
    [entry] = [entry for entry in json.loads(out.getvalue()) if entry["setting"] == "TRADEPOST_INVENTORY"]
    assert entry == {
        "setting": "TRADEPOST_INVENTORY",
        "key": "ALLOCATOR",
        "port": "tradepost.inventory.ports.Allocator",
        "default": ["tradepost.inventory.allocators.ByPriority"],
        "used": ["tests.core.extending.test_port_checks.Fits"],
        "from_project": True,
        "may": [],
        "several": "",
    }
    out = StringIO()
    call_command("tradepost_ports", stdout=out)
    assert 'TRADEPOST_INVENTORY["ALLOCATOR"]  (set by this project)' in out.getvalue()


def _no_situation() -> list[Any]:
    return []


class Keyless:
    def __init__(self) -> None:
        raise RuntimeError("no key in the environment")


@pytest.mark.parametrize(
    ("name", "key", "value", "text", "hint"),
    [
        (
            "TRADEPOST_CHECKOUT",
            "STEPS",
            ("tests.core.extending.test_port_checks._no_situation",),
            'TRADEPOST_CHECKOUT["STEPS"]: _no_situation.__call__: takes 0 arguments, and is called with 1.',
            "It must fit tradepost.checkout.ports.Step.",
        ),
        (
            "TRADEPOST_CHECKOUT",
            "STEPS",
            ("tradepost.checkout.steps.has_item",),
            'TRADEPOST_CHECKOUT["STEPS"] can\'t be used: Module "tradepost.checkout.steps" does not define a "has_item" '
            "attribute/class",
            'Did you mean "tradepost.checkout.steps.has_items"?',
        ),
        (
            "TRADEPOST_CHECKOUT",
            "STEPS",
            "tradepost.checkout.steps.has_items",
            'TRADEPOST_CHECKOUT["STEPS"] must be tuple, not str.',
            "TRADEPOST_CHECKOUT = {\"STEPS\": ('tradepost.checkout.steps.has_items',)}",
        ),
        (
            "TRADEPOST_PRICING",
            "CURRENCIES",
            "EUR",
            'TRADEPOST_PRICING["CURRENCIES"] must be tuple, not str.',
            "TRADEPOST_PRICING = {\"CURRENCIES\": ('EUR',)}",
        ),
        (
            "TRADEPOST_PRICING",
            "PRICER",
            "tests.core.extending.test_port_checks.Keyless",
            'TRADEPOST_PRICING["PRICER"]: tests.core.extending.test_port_checks.Keyless '
            "can't be made: RuntimeError: no key in the "
            "environment",
            "Fix its options, or its __init__.",
        ),
        (
            "TRADEPOST_PRICING",
            "PRICER",
            "nowhere.Pricer",
            "TRADEPOST_PRICING[\"PRICER\"] can't be used: No module named 'nowhere'",
            'Write the path of a class or a function, as in "myshop.module.Name".',
        ),
    ],
)
def test_a_check_says_what_to_write(settings: Any, name: str, key: str, value: Any, text: str, hint: str) -> None:
    """The corrected line, or the nearest name that is there."""
    setattr(settings, name, {key: value})
    [message] = check_settings(name, declared()[name], "tests")
    assert (message.msg, message.hint) == (text, hint)


def test_a_dict_of_settings_that_nobody_reads_is_told(settings: Any) -> None:
    """By the name that it nearly has; a plugin's own name is no mistake."""
    settings.TRADEPOST_PRICNG = {"PRICER": "nowhere.Pricer"}
    settings.TRADEPOST_GIFTWRAP = {}
    [message] = check_names()
    assert (message.id, message.hint) == ("tradepost.W004", "Did you mean TRADEPOST_PRICING?")
