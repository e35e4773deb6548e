"""A requirement of the checkout: parcels need a telephone number."""

from __future__ import annotations

from collections.abc import Iterator

from tradepost.checkout.ports import Requirement, Situation


def has_phone(situation: Situation) -> Iterator[Requirement]:
    """The carrier calls before it comes."""
    if situation.ships and not situation.checkout.phone:
        yield Requirement(
            "phone_missing", "The carrier needs a telephone number.", "phone"
        )
