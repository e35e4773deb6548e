"""The interface of payment gateways: plain values, no Django object crosses it.

A gateway implements :meth:`Gateway.start` and :meth:`Gateway.fetch`, and what else its provider can, declared by
``capabilities``. It is called outside any transaction, unless it is ``offline``. Money is in major units.

A decline is a ``Result(status=FAILED)``, not an exception. Three kinds of error, and the difference matters more than
anything else here:

* :class:`Rejected`: the provider refused, nothing happened;
* :class:`OutcomeUnknown`: money may have moved (a time-out, a dropped connection, 5xx, an unreadable answer). The payment
  stays pending; the same call may be repeated with the same key only, else the provider is asked;
* :class:`Misconfigured`: keys or account are wrong; staff are told.
"""

from __future__ import annotations

from .capabilities import Capabilities
from .errors import GatewayError, InvalidWebhook, Misconfigured, NotSupported, OutcomeUnknown, Rejected
from .ports import Gateway
from .values import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    EntryState,
    Event,
    EventKind,
    InputField,
    NextAction,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    SavedInfo,
    SavedRef,
    StartRequest,
    Status,
    WebhookRequest,
)

__all__ = [
    "Capabilities",
    "DisputeInfo",
    "DisputeStatus",
    "Entry",
    "EntryKind",
    "EntryState",
    "Event",
    "EventKind",
    "Gateway",
    "GatewayError",
    "InputField",
    "InvalidWebhook",
    "Misconfigured",
    "NextAction",
    "NotSupported",
    "OutcomeUnknown",
    "PaymentRef",
    "Price",
    "RefundResult",
    "Rejected",
    "Result",
    "SavedInfo",
    "SavedRef",
    "StartRequest",
    "Status",
    "WebhookRequest",
]
