"""A payment method of the shop's own: schools buy on account, and are billed at the end of the month."""

from __future__ import annotations

from decimal import Decimal

from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    Gateway,
    PaymentRef,
    Price,
    Result,
    StartRequest,
    Status,
)


class SchoolAccount(Gateway):
    """Up to a limit for each order. Nobody has to be asked, so that an order is paid when it is placed."""

    code = "school_account"
    capabilities = Capabilities(currencies=frozenset({"EUR"}), poll=False)

    def __init__(self, *, limit: str) -> None:
        self.limit = Decimal(limit)

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Above the limit, too."""
        if price.amount > self.limit:
            return f"Schools buy on account up to {self.limit} {price.currency}."
        return super().unavailable(price, country=country)

    def start(self, request: StartRequest) -> Result:
        """The amount stands on the account."""
        return self._booked(request.reference, request.price)

    def fetch(self, payment: PaymentRef) -> Result:
        """As it was booked."""
        return self._booked(payment.reference, payment.price)

    def _booked(self, reference: str, price: Price) -> Result:
        entry = Entry(kind=EntryKind.CAPTURE, provider_ref=reference, amount=price.amount, currency=price.currency)
        return Result(
            status=Status.CAPTURED,
            provider_ref=reference,
            reference=reference,
            amount=price.amount,
            currency=price.currency,
            entries=[entry],
        )
