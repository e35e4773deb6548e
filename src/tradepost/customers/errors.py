"""Errors of customers."""

from __future__ import annotations

from tradepost.core.errors import Conflict, NotFound

__all__ = ["AddressNotFound", "TooManyAddresses"]


class AddressNotFound(NotFound):
    """There is no such address, or it is somebody else's."""

    code = "address_not_found"


class TooManyAddresses(Conflict):
    """The address book is full; ``context["most"]`` says how many it holds."""

    code = "too_many_addresses"
