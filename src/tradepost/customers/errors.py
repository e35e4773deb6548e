"""Errors of customers."""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid, NotFound

__all__ = [
    "AddressNotFound",
    "Anonymised",
    "ConsentNotFound",
    "ConsentOutdated",
    "HasAccount",
    "TooManyAddresses",
]


class AddressNotFound(NotFound):
    """There is no such address, or it is somebody else's."""

    code = "address_not_found"


class ConsentNotFound(NotFound):
    """The shop asks for no consent of this name (``TRADEPOST_CUSTOMERS["CONSENTS"]``)."""

    code = "consent_not_found"


class ConsentOutdated(Invalid):
    """The customer agreed to another text than the present one. ``context["version"]`` is the present one's."""

    code = "consent_outdated"


class TooManyAddresses(Conflict):
    """The address book is full; ``context["most"]`` says how many it holds."""

    code = "too_many_addresses"


class Anonymised(Conflict):
    """The customer's data were deleted, and no new ones are written."""

    code = "customer_anonymised"


class HasAccount(Conflict):
    """The customer can sign in: their account has to be closed first, or it is one of staff, which nobody closes so."""

    code = "customer_has_account"
