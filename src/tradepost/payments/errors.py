"""Errors of payments.

Below those of the core::

    Invalid
    ├── MethodUnknown
    ├── AmountError
    ├── AccountNeeded
    ├── InputInvalid
    │   └── CardNumberRefused
    └── ConsentOutdated
    Conflict
    ├── AlreadyBooked
    ├── AlreadyResolved
    ├── LinkExpired
    ├── NothingToPay
    ├── PaymentInProgress
    ├── NotRefundable
    ├── NotCapturable
    └── PaymentUnavailable
        └── SavedMethodUnavailable
    NotFound
    ├── DiscrepancyNotFound
    └── ReceiptNotFound
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid, NotFound

__all__ = [
    "AccountNeeded",
    "AlreadyBooked",
    "AlreadyResolved",
    "AmountError",
    "CardNumberRefused",
    "ConsentOutdated",
    "DiscrepancyNotFound",
    "InputInvalid",
    "LinkExpired",
    "MethodUnknown",
    "NotCapturable",
    "NotRefundable",
    "NothingToPay",
    "PaymentInProgress",
    "PaymentUnavailable",
    "ReceiptNotFound",
    "SavedMethodUnavailable",
]


class MethodUnknown(Invalid):
    """No such payment method. ``context["method"]``."""

    code = "payment_method_unknown"


class AmountError(Invalid):
    """An amount is out of range; the gateway was not called. ``context["most"]`` is what was possible."""

    code = "payment_amount_invalid"


class InputInvalid(Invalid):
    """A payment method's own form was filled in wrongly. ``context["attr"]`` is ``client_input.`` and the field's name."""

    code = "payment_input_invalid"


class CardNumberRefused(InputInvalid):
    """Something like a card number was posted to the shop; it is neither kept nor passed on."""

    code = "card_number_refused"


class AccountNeeded(Invalid):
    """A guest wants what only customers with an account have: to save a payment method, or to pay with a saved one."""

    code = "account_needed"


class ConsentOutdated(Invalid):
    """The customer agreed to another text about saved methods than the present one; nothing is saved or begun."""

    code = "save_consent_outdated"


class PaymentInProgress(Conflict):
    """A payment's outcome isn't known, or it is being processed, or it covers what would be paid again."""

    code = "payment_in_progress"


class NotRefundable(Conflict):
    """The method can't refund, or a dispute is open."""

    code = "not_refundable"


class NotCapturable(Conflict):
    """Nothing is authorised, or the method can't capture like this."""

    code = "not_capturable"


class PaymentUnavailable(Conflict):
    """The method can't take this payment, or its provider refused it. ``context["method"]``."""

    code = "payment_unavailable"


class SavedMethodUnavailable(PaymentUnavailable):
    """A saved payment method is forgotten, or isn't this customer's or this provider's; another may be tried."""

    code = "saved_method_unavailable"


class AlreadyBooked(Conflict):
    """The ledger has a row of that kind and reference that isn't this money: with another amount, of another payment, or failed.

    ``context["payment"]`` says of which payment.
    """

    code = "already_booked"


class AlreadyResolved(Conflict):
    """Somebody has resolved the discrepancy, or what was wanted doesn't fit it. ``context["resolution"]``."""

    code = "already_resolved"


class LinkExpired(Conflict):
    """A link to pay an order was opened too late. ``context["order"]``."""

    code = "pay_link_expired"


class NothingToPay(Conflict):
    """An order isn't pending, or is paid: no link to pay it can be made. ``context["order"]``, ``context["status"]``."""

    code = "nothing_to_pay"


class DiscrepancyNotFound(NotFound):
    """There is no such discrepancy."""

    code = "discrepancy_not_found"


class ReceiptNotFound(NotFound):
    """No delivery of a provider with this id was received."""

    code = "receipt_not_found"
