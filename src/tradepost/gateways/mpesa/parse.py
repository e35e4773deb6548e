"""M-Pesa's answers and callbacks as our values. Nothing here asks M-Pesa."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tradepost.gateways.responses import Json, amount_in, loads
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    InvalidWebhook,
    NextAction,
    Price,
    Rejected,
    Result,
    Status,
)

__all__ = ["Callback", "phone_number", "read_callback", "read_query", "waiting"]

_PHONE = re.compile(r"(?:\+?254|0)?([17]\d{8})", re.ASCII)
# What ends a push: status and normalised code. Any other code isn't known to be an end (4999 is none).
_ENDS = {
    "0": (Status.CAPTURED, ""),
    "1": (Status.FAILED, "insufficient_funds"),
    "17": (Status.FAILED, "declined"),
    "26": (Status.FAILED, "declined"),
    "1001": (Status.FAILED, "declined"),
    "1019": (Status.CANCELLED, "expired"),
    "1025": (Status.FAILED, "declined"),
    "1032": (Status.CANCELLED, "cancelled_by_customer"),
    "1037": (Status.CANCELLED, "expired"),
    "2001": (Status.FAILED, "authentication_failed"),
    "9999": (Status.FAILED, "declined"),
}


@dataclass(frozen=True, slots=True)
class Callback:
    """An unconfirmed callback of M-Pesa.

    Attributes:
        checkout: M-Pesa's id of the push.
        code: Of its result.
        price: What was paid; ``None`` where nothing was.
        facts: What a later question doesn't tell: the amount, and M-Pesa's receipt.
    """

    checkout: str
    code: str
    price: Price | None
    facts: Mapping[str, str]


def phone_number(text: str) -> str:
    """A Kenyan mobile number as M-Pesa has it: ``2547…`` or ``2541…``.

    Raises:
        Rejected: It isn't one.
    """
    match = _PHONE.fullmatch(re.sub(r"[\s().-]", "", text))
    if match is None:
        raise Rejected("phone_invalid", "M-Pesa needs a Kenyan mobile number.")
    return f"254{match[1]}"


def waiting(checkout: str, reference: str, price: Price | None, status: Status = Status.PENDING) -> Result:
    """The phone asks for the PIN, or the customer has just given it."""
    message = _("Check your phone, and enter your M-Pesa PIN.")
    return Result(
        status=status,
        provider_ref=checkout,
        reference=reference,
        amount=price.amount if price else None,
        currency="KES",
        next_action=NextAction(kind="phone_prompt", message=message),
    )


def read_query(answer: Json, reference: str, price: Price | None) -> Result:
    """Read M-Pesa's answer to a query about a push; it states no amount.

    Args:
        answer: The answer.
        reference: Ours.
        price: What was paid, if anything was.
    """
    checkout, code, text = (
        str(answer["CheckoutRequestID"]),
        str(answer["ResultCode"]),
        str(answer.get("ResultDesc") or ""),
    )
    if code not in _ENDS:
        return waiting(checkout, reference, price)
    status, error = _ENDS[code]
    entries = []
    if price and status is Status.CAPTURED:  # the receipt is in callbacks only, so it can't be the entry's reference
        entries.append(
            Entry(kind=EntryKind.CAPTURE, provider_ref=checkout, amount=price.amount, currency=price.currency)
        )
    return Result(
        status=status,
        provider_ref=checkout,
        reference=reference,
        amount=price.amount if price else None,
        currency="KES",
        entries=entries,
        error_code=error,
        error_message=f"{code}: {text}" if error else "",
        raw={"ResultCode": code, "ResultDesc": text},
    )


def read_callback(body: bytes) -> Callback:
    """Read a callback. Its items come in any order, some without a value, and none where nothing was paid.

    Raises:
        InvalidWebhook: It isn't one.
    """
    try:
        callback = loads(body)["Body"]["stkCallback"]
        items = (callback.get("CallbackMetadata") or {}).get("Item", [])
        facts = {item["Name"]: item.get("Value") for item in items}
        checkout, code = str(callback["CheckoutRequestID"]), str(callback["ResultCode"])
        if code != "0":
            return Callback(checkout, code, None, {})
        paid = amount_in(facts["Amount"])
        receipt = str(facts.get("MpesaReceiptNumber") or "")
        return Callback(checkout, code, Price(paid, "KES"), {"paid": str(paid), "receipt": receipt})
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        raise InvalidWebhook("To an address of ours, but not a callback that can be read.") from None
