"""Money that comes outside the shop: bank transfers, and cash on delivery. Staff book what came.

There is no provider to ask, so the shop's own word counts: ``capture`` and ``refund`` record what staff say that happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar

from django.utils.translation import gettext as _

from tradepost.core.money import plain
from tradepost.core.money.format import money_text
from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    EntryState,
    Gateway,
    NextAction,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    StartRequest,
    Status,
)

__all__ = ["BankTransfer", "CashOnDelivery", "ManualGateway"]


class ManualGateway(Gateway):
    """The base of both: no provider is asked, and what staff book is kept in the payment's own state.

    Args:
        currencies: ISO codes that are accepted; empty for any.
        countries: Of buyers who may pay like this; empty for any.
        instructions: For the customer, below what the gateway says itself.
    """

    waiting: ClassVar[Status] = Status.PENDING
    capabilities = Capabilities(
        partial_capture=True,
        multi_capture=True,
        void=True,
        refund=True,
        partial_refund=True,
        poll=False,
        offline=True,
    )

    def __init__(
        self, *, currencies: Collection[str] = (), countries: Collection[str] = (), instructions: str = ""
    ) -> None:
        self.currencies = frozenset(currencies)
        self.capabilities = replace(
            self.capabilities, currencies=self.currencies or None, countries=frozenset(countries) or None
        )
        self.instructions = instructions

    def message(self, price: Price, reference: str) -> str:
        """The instructions for the customer."""
        return self.instructions

    def client_data(self, price: Price, reference: str) -> dict[str, str]:
        """The same in parts, for a page that shows them as it likes."""
        return {"amount": plain(price.amount, price.currency), "currency": price.currency, "reference": reference}

    def start(self, request: StartRequest) -> Result:
        """Tell the customer how to pay."""
        request.price.minor()  # refuses what can't be paid exactly
        return self._result(self.waiting, PaymentRef(reference=request.reference, provider_ref="", price=request.price))

    def fetch(self, payment: PaymentRef) -> Result:
        """The result that was booked last, since nobody else knows."""
        return self._result(Status(payment.state.get("status", self.waiting.value)), payment)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Staff say that money came."""
        price.minor()
        return self._result(Status.CAPTURED, payment, _entry(EntryKind.CAPTURE, price, key))

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Wait for it no longer."""
        return self._result(Status.CANCELLED, payment)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Staff say that they gave money back."""
        price.minor()
        return RefundResult(state=EntryState.SUCCEEDED, provider_ref=key, price=price)

    def _result(self, status: Status, payment: PaymentRef, *entries: Entry) -> Result:
        price, reference = payment.price, payment.reference
        action = None
        if status is self.waiting:
            message, data = self.message(price, reference), self.client_data(price, reference)
            action = NextAction(kind="instructions", message=message, client_data=data)
        return Result(
            status=status,
            provider_ref=reference,
            reference=reference,
            amount=price.amount,
            currency=price.currency,
            entries=entries,
            next_action=action,
            state={"status": status.value},
        )


class BankTransfer(ManualGateway):
    """The customer transfers the amount to the shop's account, and states the payment's reference.

    Args:
        account_holder: Whose account it is.
        iban: Or another account number.
        bic: The bank's code, where it is needed.
        bank: The bank's name.
        currencies: See :class:`ManualGateway`.
        countries: See :class:`ManualGateway`.
        instructions: See :class:`ManualGateway`.
    """

    code = "bank_transfer"
    waiting = Status.REQUIRES_ACTION

    def __init__(
        self,
        *,
        account_holder: str,
        iban: str,
        bic: str = "",
        bank: str = "",
        currencies: Collection[str] = (),
        countries: Collection[str] = (),
        instructions: str = "",
    ) -> None:
        super().__init__(currencies=currencies, countries=countries, instructions=instructions)
        self.account = {"account_holder": account_holder, "iban": iban, "bic": bic, "bank": bank}

    def problem(self) -> str:
        """There is no account to pay to."""
        if self.account["account_holder"] and self.account["iban"]:
            return ""
        return "A bank transfer needs the options account_holder and iban."

    def message(self, price: Price, reference: str) -> str:
        """Account, amount and reference, one below the other."""
        lines = [
            _("Please transfer %(amount)s to this account, and state the reference.")
            % {"amount": money_text(price.amount, price.currency)},
            _("Account holder: %(name)s") % {"name": self.account["account_holder"]},
            f"IBAN: {self.account['iban']}",
            *([f"BIC: {self.account['bic']}"] if self.account["bic"] else []),
            *([_("Bank: %(name)s") % {"name": self.account["bank"]}] if self.account["bank"] else []),
            _("Reference: %(reference)s") % {"reference": reference},
            *([self.instructions] if self.instructions else []),
        ]
        return "\n".join(lines)

    def client_data(self, price: Price, reference: str) -> dict[str, str]:
        """The account, too."""
        return {**super().client_data(price, reference), **{key: part for key, part in self.account.items() if part}}


class CashOnDelivery(ManualGateway):
    """The customer pays whoever brings the parcel. Its method confirms the order on placement."""

    code = "cash_on_delivery"

    def message(self, price: Price, reference: str) -> str:
        """The amount to have ready."""
        message = _("Please have %(amount)s ready when your parcel arrives.") % {
            "amount": money_text(price.amount, price.currency)
        }
        return f"{message}\n{self.instructions}".strip()


def _entry(kind: EntryKind, price: Price, key: str) -> Entry:
    return Entry(kind=kind, provider_ref=key, amount=price.amount, currency=price.currency, key=key)
