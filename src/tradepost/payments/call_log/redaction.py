"""Redaction of a call: names on a list are kept, and of those only values that look harmless. Pure.

A list of what is allowed, and not of what is hidden: a field that a provider invents tomorrow is left out until somebody has
looked at it. Free text that is allowed (an error's message) is scrubbed of secrets, mail addresses, phone and card numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["HIDDEN", "Redactor"]

HIDDEN = "…"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUMBERS_AND_WORDS = _words("""
    status state captured disputed livemode mode intent type kind event_type event object outcome final final_capture
    amount amount_captured amount_received amount_refunded amount_capturable amount_paid amount_due amount_to_capture
    amount_deducted requested_amount currency currency_code fee fees capture capture_method capture_mode
    code error_code errorCode decline_code issue reason_code cancellation_reason failure_reason
    ResponseCode ResultCode created created_at create_time update_time paid_at refunded_at attempts refund_status
    verification_status has_more count
""")
_IDS = _words("""
    id reference tx_ref trx_ref ref_id receipt key order_id payment_id payment_intent provider_ref capture_id refund_id
    charge transaction transaction_reference refund_reference invoice_id custom_id reference_id dispute_id
    CheckoutRequestID MerchantRequestID requestId debug_id
""")
_TEXTS = _words("message errorMessage error_message ResponseDescription ResultDesc reason gateway_response description")
_CONTAINERS = _words("""
    data error errors details purchase_units payments captures authorizations refunds entries items amount price
    latest_charge last_payment_error refund payment order Body stkCallback resource capture_options payment_capture
    disputes dispute_outcome amount_refunded cause
""")
_MONEY = frozenset({"amount", "gross_amount", "amount_refunded", "price"})  # whose "value" is a sum and nothing else

_MAIL = re.compile(r"[^\s@<>\"',;:/]+@[^\s@<>\"',;/]+")
_DIGITS = re.compile(r"\+?\d(?:[\s().-]?\d){6,}")  # phone and card numbers, however they are written
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_KEYS = re.compile(
    r"(?i)\b(?:sk|pk|rk|whsec|rzp|acct_secret|chaseck|chapubk|bearer|basic)[_\s-]\S+|\S*_secret_\S+|\beyJ[\w.-]{10,}"
)
_MOST_TEXT, _MOST_ITEMS, _MOST_DEPTH = 300, 20, 8


class Redactor:
    """Redacts for one payment method.

    Args:
        secrets: Texts that may not appear anywhere: whatever stands in the method's options.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    @classmethod
    def of_options(cls, options: Mapping[str, Any]) -> Redactor:
        """With every text in a gateway's options as a secret, but for addresses of the web."""
        return cls(text for text in _texts_in(options) if not text.startswith(("http://", "https://")))

    def text(self, value: object) -> str:
        """Free text without secrets, addresses, phone and card numbers."""
        return _DIGITS.sub(HIDDEN, self._plain(value))[:_MOST_TEXT]

    def word(self, value: object) -> str:
        """An id or a code: digits stay, but for those of a card."""
        return _CARD.sub(_hide_card, self._plain(value))[:_MOST_TEXT]

    def path(self, url: str) -> str:
        """Of an address; its query may hold anything and is left out."""
        return self.word(urlsplit(url).path)

    def body(self, body: bytes) -> Any:
        """A body that is JSON or a form; nothing of another kind."""
        try:
            document = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError):
            try:
                document = dict(parse_qsl(body.decode("ascii"), strict_parsing=True))
            except ValueError:
                return {}
        return self.values(document)

    def values(self, value: Any) -> Any:
        """Redact nested values."""
        return self._kept(value, parent="", depth=0)

    def _kept(self, value: Any, *, parent: str, depth: int) -> Any:
        if depth > _MOST_DEPTH:
            return HIDDEN
        if isinstance(value, Mapping):
            members = {str(name): self._member(str(name), member, parent, depth) for name, member in value.items()}
            return {name: member for name, member in members.items() if member is not _LEFT_OUT}
        if isinstance(value, list | tuple):
            nested = [item for item in value[:_MOST_ITEMS] if isinstance(item, Mapping)]
            return [self._kept(item, parent=parent, depth=depth + 1) for item in nested]
        return {}

    def _member(self, name: str, value: Any, parent: str, depth: int) -> Any:
        if isinstance(value, Mapping | list | tuple):
            return self._kept(value, parent=name, depth=depth + 1) if name in _CONTAINERS else _LEFT_OUT
        if name in _TEXTS:
            return self.text(value) if value is not None else None
        if name in _IDS or name in _NUMBERS_AND_WORDS or (name == "value" and parent in _MONEY):
            return value if value is None or isinstance(value, bool) else self._leaf(value)
        return _LEFT_OUT

    def _leaf(self, value: Any) -> Any:
        kept = self.word(value)
        return value if isinstance(value, int) and kept == str(value) else kept

    def _plain(self, value: object) -> str:
        text = str(value).encode("utf-8", "replace").decode().replace("\x00", "")
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _KEYS.sub(HIDDEN, _MAIL.sub(HIDDEN, text))


_LEFT_OUT = object()


def _texts_in(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _texts_in(item)


def _hide_card(match: re.Match[str]) -> str:
    """Thirteen to nineteen digits whose sum of check digits fits are taken for a card's; other long ids stay."""
    digits = [int(digit) for digit in re.sub(r"\D", "", match[0])][::-1]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return HIDDEN if total % 10 == 0 else match[0]
