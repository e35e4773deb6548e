"""Errors of payments.

Below those of the core::

    Invalid
    ├── MethodUnknown
    └── AmountError
    Conflict
    ├── PaymentInProgress
    ├── NotRefundable
    ├── NotCapturable
    └── PaymentUnavailable
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = [
    "AmountError",
    "MethodUnknown",
    "NotCapturable",
    "NotRefundable",
    "PaymentInProgress",
    "PaymentUnavailable",
]


class MethodUnknown(Invalid):
    """No such payment method. ``context["method"]``."""

    code = "payment_method_unknown"


class AmountError(Invalid):
    """An amount is out of range; the gateway was not called. ``context["most"]`` is what was possible."""

    code = "payment_amount_invalid"


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
