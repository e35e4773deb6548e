"""Use cases of payments."""

from __future__ import annotations

from .cancellation import cancel, shortfall
from .captures import capture, capture_up_to, finish_capture, resume_capture
from .new_payments import are_offline, open_first, open_offline, open_payment
from .pay_links import PayLink, open_link, pay_link, request_payment
from .payments import (
    Inquiry,
    MethodOffer,
    ask,
    complete,
    expires_at,
    find,
    find_for,
    inquire,
    methods,
    postpone,
    settle,
    start,
)
from .refunds import book_refund, finish_refund, refund, request_refund, resume_refund, send_refund
from .saved_methods import (
    Consent,
    check_input,
    consent,
    forget,
    saved_of,
)
from .webhooks import Received, Unanswered, process, process_again, receive

__all__ = [
    "Consent",
    "Inquiry",
    "MethodOffer",
    "PayLink",
    "Received",
    "Unanswered",
    "are_offline",
    "ask",
    "book_refund",
    "cancel",
    "capture",
    "capture_up_to",
    "check_input",
    "complete",
    "consent",
    "expires_at",
    "find",
    "find_for",
    "finish_capture",
    "finish_refund",
    "forget",
    "inquire",
    "methods",
    "open_first",
    "open_link",
    "open_offline",
    "open_payment",
    "pay_link",
    "postpone",
    "process",
    "process_again",
    "receive",
    "refund",
    "request_payment",
    "request_refund",
    "resume_capture",
    "resume_refund",
    "saved_of",
    "send_refund",
    "settle",
    "shortfall",
    "start",
]
