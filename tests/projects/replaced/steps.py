"""A requirement of the checkout in the place of one of the library's."""

from __future__ import annotations

from collections.abc import Iterator

from tradepost.checkout.ports import Requirement, Situation
from tradepost.checkout.steps import has_address


def has_street(situation: Situation) -> Iterator[Requirement]:
    """There is an address, and a van can drive to it."""
    yield from has_address(situation)
    address = situation.checkout.ship_to if situation.ships else None
    if address is not None and address.line1.lower().startswith("po box"):
        yield Requirement("address_is_a_po_box", "Our van can't deliver to a PO box.", "shipping_address")
