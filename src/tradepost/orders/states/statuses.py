"""The words of an order's three axes, what each state allows, and the formulas of the two that are derived. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = [
    "RULES",
    "Allows",
    "End",
    "FulfilmentStatus",
    "PaymentStatus",
    "Status",
    "Sums",
    "Units",
    "fulfilment_status",
    "payment_status",
]


class Status(str, enum.Enum):
    """pending → confirmed → processing → completed; cancelled; expired, and back by ``reinstate``."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class End(str, enum.Enum):
    """The way in which an order has ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allows:
    """The actions that a state of an order allows. A state of your own says so beside its transition: ``custom={"allows": …}``.

    Attributes:
        awaits_payment: It is placed and not accepted yet: it can be paid, taken back to the basket, confirmed once it is
            covered, and expires.
        can_ship: Its units may be packed and leave.
        can_cancel_units: Part of it may be called off.
        can_cancel: Staff may call all of it off.
        customer_can_cancel: Its customer, too.
        can_complete: It may be completed, once all is shipped and paid.
        end: How it is over; ``None`` while it is open.
    """

    awaits_payment: bool = False
    can_ship: bool = False
    can_cancel_units: bool = False
    can_cancel: bool = False
    customer_can_cancel: bool = False
    can_complete: bool = False
    end: End | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.end is None

    @property
    def is_final(self) -> bool:
        """Whether it is over."""
        return self.end is not None

    @property
    def is_called_off(self) -> bool:
        """Whether nothing is due any more: it was cancelled, or nobody paid in time."""
        return self.end in (End.CANCELLED, End.EXPIRED)

    @property
    def is_expired(self) -> bool:
        """Whether nobody paid in time; it may be reinstated."""
        return self.end is End.EXPIRED

    @property
    def is_sold(self) -> bool:
        """Whether it was accepted and stands."""
        return not self.awaits_payment and not self.is_called_off

    @property
    def only_staff_can_cancel(self) -> bool:
        """Whether staff may call it off, and its customer may not."""
        return self.can_cancel and not self.customer_can_cancel


RULES = {
    Status.PENDING: Allows(awaits_payment=True, can_cancel_units=True, can_cancel=True, customer_can_cancel=True),
    Status.CONFIRMED: Allows(
        can_ship=True, can_cancel_units=True, can_cancel=True, customer_can_cancel=True, can_complete=True
    ),
    Status.PROCESSING: Allows(can_ship=True, can_cancel_units=True, can_cancel=True, can_complete=True),
    Status.COMPLETED: Allows(end=End.COMPLETED),
    Status.CANCELLED: Allows(end=End.CANCELLED),
    Status.EXPIRED: Allows(end=End.EXPIRED),
}
"""The acts that our states allow."""


class PaymentStatus(models.TextChoices):
    """The state of an order's money."""

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
    """The state of an order's goods."""

    UNFULFILLED = "unfulfilled", _("Unfulfilled")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    PARTLY_DELIVERED = "partly_delivered", _("Partly delivered")
    DELIVERED = "delivered", _("Delivered")
    PARTLY_RETURNED = "partly_returned", _("Partly returned")
    RETURNED = "returned", _("Returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sums that payments report to an order, in its currency.

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
        """The amount received, less refunds and chargebacks."""
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
