"""Payments of an order as staff read them: how each stands, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.payments import conf, ledger
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import Capabilities

__all__ = ["PaymentFacts", "method_name", "payments_of"]


def method_name(alias: str) -> str:
    """The name that customers read; the alias of a method that the settings don't have any more."""
    method = conf.methods().get(alias)
    return str(method.LABEL or alias) if method is not None else alias


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One payment, its sums, and the abilities of its gateway; ``None`` for a method that was taken out of the settings."""

    payment: AbstractPayment
    balance: ledger.Balance
    abilities: Capabilities | None

    @property
    def method(self) -> str:
        """Its name for people."""
        return method_name(self.payment.method)

    @property
    def is_offline(self) -> bool:
        """The shop moves no money: staff say what came and went."""
        return self.abilities is not None and self.abilities.offline

    @property
    def refundable(self) -> Decimal:
        """The amount that its method can give back."""
        can = self.abilities is not None and self.abilities.refund
        return self.balance.refundable if can else ZERO

    @property
    def can_capture(self) -> bool:
        """There is a hold to be taken, or an offline payment whose money may come."""
        if self.abilities is None or self.payment.status in ("cancelled", "failed"):
            return False
        return self.balance.authorised > 0 or (self.is_offline and self.balance.captured < self.payment.amount)

    @property
    def can_cancel(self) -> bool:
        """It isn't made yet, or is a hold."""
        is_open = self.payment.status in ("created", "pending", "requires_action", "authorised")
        return self.abilities is not None and is_open and self.balance.captured == 0

    @property
    def can_ask(self) -> bool:
        """Its provider can be asked how it stands, and that isn't sure yet."""
        is_waiting = self.payment.outcome_unknown or self.payment.status in ("pending", "requires_action")
        is_moving = self.balance.refund_pending > 0 or self.balance.capture_pending > 0
        return self.abilities is not None and self.abilities.poll and not self.is_offline and (is_waiting or is_moving)

    @property
    def status(self) -> str:
        """In words; with a warning where nobody knows yet."""
        if self.payment.outcome_unknown:
            return _("Outcome unknown")
        return str(self.payment.get_status_display())

    @property
    def tone(self) -> str:
        """Of its badge."""
        if self.payment.outcome_unknown or self.payment.status == "charged_back":
            return "bad"
        waiting = ("created", "pending", "requires_action")
        return (
            "good"
            if self.payment.status in ("captured", "authorised")
            else "warn"
            if self.payment.status in waiting
            else ""
        )


def payments_of(order: Any) -> list[PaymentFacts]:
    """All payments of an order, which were fetched with it and with their transactions; no query."""
    methods = conf.methods()
    return [
        PaymentFacts(
            payment,
            ledger.balance(payment.transactions.all()),
            conf.gateway(payment.method).capabilities if payment.method in methods else None,
        )
        for payment in order.payments.all()
    ]
