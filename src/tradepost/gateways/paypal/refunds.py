"""Refunds at PayPal. Each is of one capture, so one of a payment that was captured in parts is several at PayPal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tradepost.core.money import ZERO
from tradepost.gateways.http import segment
from tradepost.gateways.responses import Json
from tradepost.payments.interface import (
    OutcomeUnknown,
    Price,
    RefundResult,
    Rejected,
)

from .client import PayPalClient
from .money import amount_of, price_of
from .parse import (
    Order,
    has_failed,
    invoice_id,
    read_refund,
)

__all__ = ["made_refund", "refund_over_captures"]


def refund_over_captures(api: PayPalClient, order: Order, price: Price, key: str) -> RefundResult:
    """Refund what isn't refunded yet of an amount, from as few captures as possible. The same key again is the same refund.

    Args:
        api: Asked once for each capture.
        order: As it is now, with what was made of the refund before.
        price: Of the whole refund.
        key: Ours; the parts have keys that begin with it.

    Raises:
        Rejected: More than is left, or PayPal refused the first part; nothing was given back.
        OutcomeUnknown: No answer to one of the parts. Called again, those that were made are counted.
    """
    refunds = _made(order, key)
    if not refunds and order.refunds_with(key):
        return read_refund(order.refunds_with(key)[0])  # it failed at the bank
    rest = price.amount - _sum(refunds)
    refundable = {capture["id"]: order.refundable(capture) for capture in order.parts("captures")}
    if rest > sum(refundable.values()):
        raise Rejected("refund_too_large", f"At most {sum(refundable.values())} {price.currency} can be refunded.")
    is_split = bool(refunds) or not any(amount >= rest for amount in refundable.values())
    for capture, amount in _shares(refundable, rest):
        part = f"{key}.{len(refunds) + 1}" if is_split else key
        try:
            refunds.append(_refund(api, order, capture, Price(amount, price.currency), part))
        except Rejected as refusal:
            if not refunds:
                raise
            raise OutcomeUnknown(f"PayPal refunded a part only: {refusal}") from None
    return _as_one(refunds)


def made_refund(order: Order, price: Price, key: str) -> RefundResult | None:
    """The refund of a key, if all of it was made."""
    refunds = _made(order, key)
    if refunds and _sum(refunds) == price.amount:
        return _as_one(refunds)
    failed = order.refunds_with(key)
    return read_refund(failed[0]) if failed and not refunds else None


def _made(order: Order, key: str) -> list[Json]:
    return [refund for refund in order.refunds_with(key) if not has_failed(refund)]


def _sum(refunds: Sequence[Json]) -> Decimal:
    return sum((price_of(refund["amount"]).amount for refund in refunds), ZERO)


def _shares(refundable: dict[str, Decimal], rest: Decimal) -> list[tuple[str, Decimal]]:
    """Captures with what each gives: the first that has enough, else all of the greatest, and so on."""
    shares, captures = [], dict(refundable)
    while rest > 0:
        enough = next((capture for capture, amount in captures.items() if amount >= rest), "")
        capture = enough or max(captures, key=lambda ref: captures[ref])
        amount = min(rest, captures.pop(capture))
        shares.append((capture, amount))
        rest -= amount
    return shares


def _refund(api: PayPalClient, order: Order, capture: str, price: Price, key: str) -> Json:
    payload = {
        "amount": amount_of(price),
        "custom_id": order.reference,
        "invoice_id": invoice_id(order.reference, key),
    }
    return api.move(f"/v2/payments/captures/{segment(capture)}/refund", key, payload)


def _as_one(refunds: Sequence[Json]) -> RefundResult:
    first, *others = [read_refund(refund) for refund in refunds]
    return replace(first, more=others)
