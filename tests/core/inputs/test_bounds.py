"""Numbers and durations in settings are bounded, in every settings class."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from django.core.checks import run_checks

from tradepost.core.conf import check_settings, declared
from tradepost.core.inputs.bounds import bound_problem, may_be_zero

NUMBERS: dict[type, Any] = {int: -1, Decimal: Decimal(-1), timedelta: -timedelta(seconds=1)}
BOUNDED = [
    (name, cls, field.name, get_type_hints(cls)[field.name])
    for name, cls in declared().items()
    for field in fields(cls)
    if get_type_hints(cls)[field.name] in NUMBERS
]


@pytest.mark.parametrize(
    ("value", "zero", "problem"),
    [
        (1, False, ""),
        (0, False, "must be more than 0"),
        (0, True, ""),
        (-1, True, "must be 0 or more"),
        (Decimal("NaN"), True, "must be 0 or more"),
        (float("inf"), False, "must be more than 0"),
        (timedelta(1), False, ""),
        (timedelta(), False, "must be more than 0"),
        (timedelta(), True, ""),
        (-timedelta(1), True, "must be 0 or more"),
        (timedelta.max, True, "must be a hundred years at most"),
        (True, False, ""),
        ("-1", False, ""),
    ],
)
def test_what_is_too_low_or_too_long_is_told(value: Any, problem: str, *, zero: bool) -> None:
    """Other values are somebody else's."""
    assert bound_problem(value, zero=zero) == problem


@pytest.mark.parametrize(
    ("name", "cls", "key", "kind"), BOUNDED, ids=[f"{name}.{key}" for name, _c, key, _k in BOUNDED]
)
def test_no_setting_is_negative(settings: Any, name: str, cls: type[Any], key: str, kind: type) -> None:
    """Nor zero, where that has no meaning; nor truth instead of a number."""
    for value, is_told in ((NUMBERS[kind], True), (kind(0), not may_be_zero(cls, key)), (True, True)):
        setattr(settings, name, {key: value})

        messages = [message.msg for message in check_settings(name, cls, "tradepost.E001")]

        assert bool(messages) == is_told, (value, messages)
        assert all(f'{name}["{key}"] must be' in message for message in messages)


def test_all_kinds_are_tried() -> None:
    """The test above would be empty if nothing were found."""
    assert {kind for _name, _cls, _key, kind in BOUNDED} == set(NUMBERS)
    assert len(BOUNDED) > 15


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"EXPIRES_AFTER": -timedelta(minutes=1)}, ["tradepost.E613"]),
        ({"EXPIRES_AFTER": timedelta()}, ["tradepost.E613"]),
        ({"EXPIRES_AFTER": 60}, ["tradepost.E613"]),
        ({"EXPIRES_AFTER": timedelta(days=1)}, []),
    ],
)
def test_the_time_to_pay_of_a_method_is_bounded(settings: Any, entry: dict[str, Any], expected: list[str]) -> None:
    """With what to write."""
    backend = "tradepost.gateways.manual.CashOnDelivery"
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"cod": {"BACKEND": backend, "CONFIRM_ON": "placement", **entry}}}

    messages = [message for message in run_checks() if message.id == "tradepost.E613"]

    assert [message.id for message in messages] == expected


@pytest.mark.parametrize(("timeout", "expected"), [(-1, 1), (0, 1), ((5, -2), 1), ((5, 20), 0)])
def test_how_long_a_provider_is_waited_for_is_bounded(settings: Any, timeout: Any, expected: int) -> None:
    """Each part of it."""
    options = {"secret_key": "sk_live_x", "timeout": timeout}
    backend = "tradepost.gateways.paystack.PaystackGateway"
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": {"BACKEND": backend, "OPTIONS": options}}}

    assert len([message for message in run_checks() if message.id == "tradepost.E614"]) == expected
