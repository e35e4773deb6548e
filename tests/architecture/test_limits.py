"""Secrets that can be guessed are counted at every door: where a view calls one of these services, it calls the limiter, too."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import SRC

GUESSED = ("add_coupon", "open_link", "by_token", "complete", "pay_again")
DOORS = ("api", "storefront")


def doors(service: str) -> list[str]:
    """Modules of views that call a service."""
    called = re.compile(rf"\b(?:services|baskets|links|tokens|checkout|payments)\.{service}\(")
    return [
        str(path.relative_to(SRC))
        for door in DOORS
        for path in sorted((SRC / door / "views").rglob("*.py"))
        if called.search(path.read_text(encoding="utf-8"))
    ]


def is_limited(module: str) -> bool:
    """By the limiter itself, or by the scopes of the API's views."""
    text = (SRC / module).read_text(encoding="utf-8")
    return "rate_limits.count(" in text or "scopes" in text or "CheckoutActions" in text


@pytest.mark.parametrize("service", GUESSED)
def test_every_door_to_what_can_be_guessed_is_limited(service: str) -> None:
    """A new view that takes a coupon, a token or a payment counts its calls."""
    assert [module for module in doors(service) if not is_limited(module)] == []


def test_the_doors_are_found() -> None:
    """Else the test above would be about nothing."""
    assert doors("add_coupon") == [
        "api/views/baskets.py",
        "api/views/staff/drafts.py",
        "storefront/views/coupons.py",
    ]
    assert {"storefront/views/checkout.py", "storefront/views/payments.py"} <= set(doors("complete"))
