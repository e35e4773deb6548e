"""Settings of tokens that are no good are named before they do harm, with the line to paste."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks

IDS = {"tradepost.E807", "tradepost.W808", "tradepost.W809", "tradepost.W810", "tradepost.W158"}
SECRET = "only-for-tests-and-long-enough-to-sign-tokens"


def messages(*, deploy: bool = True) -> list[str]:
    """The ids of ours."""
    return [m.id for m in run_checks(include_deployment_checks=deploy) if m.id in IDS and m.hint]


@pytest.mark.parametrize("keys", [("short",), ("a" * 32, "b" * 31), (5,), (b"a" * 32,)])
def test_a_key_that_can_be_guessed_is_an_error(settings: Any, keys: Any) -> None:
    """Everywhere, not only before a deployment."""
    settings.TRADEPOST_API = {"TOKEN_KEYS": keys}

    assert messages(deploy=False) == ["tradepost.E807"]


@pytest.mark.parametrize(
    ("options", "secret", "expected"),
    [
        ({}, SECRET, []),
        ({"TOKEN_KEYS": ("ä" * 16,)}, SECRET, []),
        ({"TOKEN_KEYS": ("a" * 32, SECRET)}, SECRET, ["tradepost.W808"]),
        ({}, "x" * 31, ["tradepost.W809"]),
        ({"TOKEN_KEYS": ("a" * 32,)}, "x" * 31, []),
        ({"ACCESS_LIFETIME": timedelta(hours=1)}, SECRET, []),
        ({"ACCESS_LIFETIME": timedelta(hours=1, seconds=1)}, SECRET, ["tradepost.W810"]),
        ({"NONSENSE": 1}, "x", []),
    ],
)
def test_what_must_not_go_live_is_named(settings: Any, options: Any, secret: str, expected: list[str]) -> None:
    """By ``check --deploy``."""
    settings.SECRET_KEY, settings.TRADEPOST_API = secret, options

    assert messages() == expected


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"SESSION_LIFETIME": timedelta(days=90)}, 0),
        ({"SESSION_LIFETIME": timedelta(days=91)}, 1),
        ({"REFRESH_GRACE": timedelta(minutes=2), "SESSION_LIFETIME": timedelta(days=365)}, 2),
    ],
)
def test_long_sessions_are_named(settings: Any, options: Any, number: int) -> None:
    """The longer they live, the longer a stolen token works unnoticed."""
    settings.TRADEPOST_ACCOUNTS = options

    assert messages() == ["tradepost.W158"] * number
