"""The words of an order's three axes, and the formulas of the two that are derived. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["FulfilmentStatus", "PaymentStatus", "Status", "Sums", "Units", "fulfilment_status", "payment_status"]


class Status(str, enum.Enum):
    """pending → confirmed → processing → completed; cancelled; expired, and back by ``reinstate``."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentStatus(models.TextChoices):
    """How an order stands with its money."""

    UNPAID = "unpaid", _("Unpaid")
    PENDING = "pending", _("Payment pending")
    AUTHORISED = "authorised", _("Authorised")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")
    OVERPAID = "overpaid", _("Overpaid")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    CHARGED_BACK = "charged_back", _("Charged back")


class FulfilmentStatus(models.TextChoices):
    """How an order stands with its goods."""

    UNFULFILLED = "unfulfilled", _("Unfulfilled")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    PARTLY_DELIVERED = "partly_delivered", _("Partly delivered")
    DELIVERED = "delivered", _("Delivered")
    PARTLY_RETURNED = "partly_returned", _("Partly returned")
    RETURNED = "returned", _("Returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What payments tell an order, in its currency.

    Attributes:
        authorised: Held and not captured yet.
        captured: Taken in all.
        refunded: Given back.
        charged_back: Taken back by the bank.
        secured: What counts as covering the order, by each payment method's ``confirm_on``; without discrepancies.
        open: Payments whose outcome is awaited.
    """

    authorised: Decimal = Decimal(0)
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    charged_back: Decimal = Decimal(0)
    secured: Decimal = Decimal(0)
    open: int = 0

    @property
    def net(self) -> Decimal:
        """What we have."""
        return self.captured - self.refunded - self.charged_back


def payment_status(sums: Sums, *, total: Decimal, credited: Decimal, due: Decimal) -> PaymentStatus:
    """The first that matches, in the order of the documentation."""
    net, authorised = sums.net, sums.authorised
    if net > due:
        return PaymentStatus.OVERPAID
    if sums.charged_back > 0 and (net < due or due == 0):
        return PaymentStatus.CHARGED_BACK
    if sums.captured > 0 and net == due:
        if sums.refunded > 0 and due == 0:
            return PaymentStatus.REFUNDED
        return PaymentStatus.PARTLY_REFUNDED if sums.refunded > 0 and credited > 0 else PaymentStatus.PAID
    if due == sums.captured == authorised == 0:
        return PaymentStatus.PAID if total == 0 else PaymentStatus.UNPAID
    if authorised > 0 and net + authorised >= due:
        return PaymentStatus.AUTHORISED
    if net > 0 or authorised > 0:
        return PaymentStatus.PARTLY_PAID
    return PaymentStatus.PENDING if sums.open else PaymentStatus.UNPAID


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one line: not cancelled, shipped, delivered, back."""

    ordered: int
    shipped: int
    delivered: int
    returned: int


def fulfilment_status(lines: Iterable[Units]) -> FulfilmentStatus:
    """The first that matches, in the order of the documentation."""
    rows = list(lines)
    q, s = sum(row.ordered for row in rows), sum(row.shipped for row in rows)
    d, r = sum(row.delivered for row in rows), sum(row.returned for row in rows)
    if s == 0:
        return FulfilmentStatus.UNFULFILLED
    if r == s == q:
        return FulfilmentStatus.RETURNED
    if r > 0:
        return FulfilmentStatus.PARTLY_RETURNED
    if d == q:
        return FulfilmentStatus.DELIVERED
    if d > 0:
        return FulfilmentStatus.PARTLY_DELIVERED
    return FulfilmentStatus.SHIPPED if s == q else FulfilmentStatus.PARTLY_SHIPPED
