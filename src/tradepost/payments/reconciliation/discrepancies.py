"""Discrepancies, resolved: what staff can do about money that doesn't fit, each act once and with who did it and why.

An open discrepancy keeps a payment from counting for its order. Resolving one lets the order follow at once: one that is
covered is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.core.money import ZERO
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder

from .. import ledger, services
from ..base import (
    AbstractDiscrepancy,
    AbstractPayment,
    AbstractTransaction,
)
from ..errors import (
    AlreadyResolved,
    AmountError,
    NotRefundable,
)
from ..events import DiscrepancyResolved
from ..interface import EntryState
from ..models import Discrepancy, Transaction
from ..services.settlement import lock_payments, recompute
from . import by_hand

__all__ = [
    "accept",
    "advice",
    "book",
    "dismiss",
    "give_up",
    "refund_surplus",
    "reinstate",
    "remedies",
    "strike",
    "surplus",
]

_Kind = AbstractDiscrepancy.Kind
_ADVICE: Mapping[str, Any] = {
    _Kind.AMOUNT: _(
        "The amount paid isn't the amount that was asked for. If it is more, refund the surplus. If it is less, accept it, and "
        "the rest is credited; or dismiss this, and the customer can pay the rest."
    ),
    _Kind.CURRENCY: _(
        "The provider reports another currency, so nothing was booked. Check the payment there. Book by hand what it is worth "
        "in the order's currency, or refund it there and dismiss this."
    ),
    _Kind.REFERENCE: _(
        "The provider's answer is about another payment, so nothing was booked. Check that no two shops share its account; book "
        "by hand what belongs to this order, or dismiss this."
    ),
    _Kind.PAID_LATE: _(
        "Money was received after the order had been cancelled or had expired. Reinstate the order if its goods are still "
        "available; otherwise refund the money."
    ),
    _Kind.PAID_TWICE: _("The order was paid more than once. Refund the surplus."),
    _Kind.REFUND_UNASKED: _("A refund was made that the shop didn't ask for. It is booked; find out who made it."),
    _Kind.STUCK: _(
        "This can't be finished without you: the reason is shown with it. Check the payment at the provider, then say that it "
        "wasn't made, book by hand what happened there, refund, or dismiss this."
    ),
    _Kind.BOOKED_TWICE: _(
        "Staff booked this by hand, and now the provider reports the same amount. If it is the same money, strike out the "
        "booking by hand; if both happened, dismiss this."
    ),
    _Kind.DIFFERS: _(
        "The ledger and the provider differ. Compare them; book by hand what is missing, or dismiss this with a reason."
    ),
}


@dataclass(frozen=True, slots=True)
class _Open:
    """An open discrepancy with its order and payments, all locked."""

    row: AbstractDiscrepancy
    order: AbstractOrder
    payments: dict[int, AbstractPayment]

    @property
    def payment(self) -> AbstractPayment:
        assert self.row.payment_id is not None
        return self.payments[self.row.payment_id]


def advice(row: AbstractDiscrepancy) -> str:
    """Advise staff what to do about it, in plain words."""
    return str(_ADVICE[row.kind])


def surplus(row: AbstractDiscrepancy) -> Decimal:
    """The amount paid beyond what its order owes, as far as its payment can give it back; in the payment's currency."""
    if row.payment is None:
        return ZERO
    order = row.payment.order
    return max(ZERO, min(order.net_paid - order.due, ledger.balance_of(row.payment).refundable))


def remedies(row: AbstractDiscrepancy) -> list[str]:
    """Names of what can be done now: ``refund``, ``accept``, ``reinstate``, ``give_up``, ``book``, ``strike``, ``dismiss``."""
    if row.resolved_at is not None:
        return []
    names = [name for name, fits in _FITS.items() if row.payment is not None and fits(row)]
    return [*names, "dismiss"]


def _is_short(row: AbstractDiscrepancy) -> bool:
    order = row.payment.order if row.payment else None
    return order is not None and order.net_paid > ZERO and services.shortfall(order) > ZERO


def _may_come_back(row: AbstractDiscrepancy) -> bool:
    return row.payment is not None and row.payment.order.allows.is_expired


def _struck(row: AbstractDiscrepancy) -> AbstractTransaction | None:
    """The entry that was booked by hand, and reported by the provider as well."""
    if row.payment_id is None:
        return None
    reported = Transaction.objects.filter(
        payment_id=row.payment_id,
        kind=row.facts.get("entry", ""),
        state=EntryState.SUCCEEDED.value,
        provider_ref__startswith=Transaction.BY_HAND,
    )
    return reported.select_related("payment").filter(amount=Decimal(row.facts.get("amount") or 0)).first()


_FITS: Mapping[str, Callable[[AbstractDiscrepancy], bool]] = {
    "refund": lambda row: surplus(row) > ZERO,
    "accept": lambda row: row.kind in (_Kind.AMOUNT, _Kind.STUCK) and _is_short(row),
    "reinstate": lambda row: row.kind == _Kind.PAID_LATE and _may_come_back(row),
    "give_up": lambda row: row.kind == _Kind.STUCK and row.payment is not None and row.payment.outcome_unknown,
    "book": lambda row: row.kind in (_Kind.CURRENCY, _Kind.REFERENCE, _Kind.STUCK, _Kind.DIFFERS),
    "strike": lambda row: row.kind == _Kind.BOOKED_TWICE and _struck(row) is not None,
}


def _claim(row: AbstractDiscrepancy, name: str) -> _Open:
    """Lock everything, and be the only one who resolves it.

    Raises:
        AlreadyResolved: It is resolved, or this doesn't fit it.
    """
    order_id = row.payment.order_id if row.payment else row.order_id
    if order_id is None:
        raise AlreadyResolved(_("There is nothing that this could be done to."), resolution="")
    order, payments = lock_payments(order_id)
    current = Discrepancy.objects.get(pk=row.pk)
    if current.payment_id is not None:
        current.payment = payments[current.payment_id]  # type: ignore[assignment]
    if name not in remedies(current):
        raise AlreadyResolved(_("This is resolved, or can't be done with it."), resolution=current.resolution)
    return _Open(current, order, payments)


def _resolve(claimed: _Open, how: str, *, by: By, note: str) -> AbstractDiscrepancy:
    row = claimed.row
    row.resolved_at, row.resolved_by_id = clock.now(), by.user_id
    row.resolution, row.note = how, note.strip()[:500]
    row.save(update_fields=["resolved_at", "resolved_by", "resolution", "note"])
    facts = {"kind": row.kind, "how": how, "payment": row.payment.reference if row.payment else ""}
    orders.note(claimed.order, "discrepancy_resolved", by=by, reason=row.note, facts=facts)
    events.publish(DiscrepancyResolved(discrepancy_id=row.pk, resolution=how))
    if row.payment_id is not None:
        getattr(claimed.payment, "_prefetched_objects_cache", {}).clear()
        recompute(claimed.order, claimed.payments, changed=claimed.payment)
    return row


@db.atomic
def dismiss(row: AbstractDiscrepancy, *, by: By, note: str) -> AbstractDiscrepancy:
    """Close it: nothing needs to be done, or it was done elsewhere; from now on the payment counts for its order.

    Args:
        row: Open.
        by: Who says so.
        note: Why; not empty.

    Raises:
        AlreadyResolved: Somebody was faster.
        Invalid: No reason was given.
    """
    if not note.strip():
        raise Invalid(_("Say why nothing needs to be done."), attr="note")
    if row.payment is None and row.order_id is None:
        return _dismiss_alone(row, by=by, note=note)
    return _resolve(_claim(row, "dismiss"), "dismissed", by=by, note=note)


def _dismiss_alone(row: AbstractDiscrepancy, *, by: By, note: str) -> AbstractDiscrepancy:
    done = Discrepancy.objects.filter(pk=row.pk, resolved_at=None).update(
        resolved_at=clock.now(), resolved_by=by.user_id, resolution="dismissed", note=note.strip()[:500]
    )
    if not done:
        raise AlreadyResolved(_("This has already been resolved."), resolution=row.resolution)
    events.publish(DiscrepancyResolved(discrepancy_id=row.pk, resolution="dismissed"))
    return Discrepancy.objects.get(pk=row.pk)


@db.atomic
def accept(row: AbstractDiscrepancy, *, by: By, note: str = "") -> AbstractDiscrepancy:
    """Take less than was asked for: what is missing is credited as goodwill, so that the order is covered.

    Raises:
        AlreadyResolved: Somebody was faster, or nothing is missing.
    """
    claimed = _claim(row, "accept")
    missing = services.shortfall(claimed.order)
    orders.credit_goodwill(claimed.order, missing, by=by, note=note or "less was paid, and accepted")
    order, payments = lock_payments(claimed.order.pk)
    return _resolve(_Open(claimed.row, order, payments), "accepted", by=by, note=note)


@db.atomic
def reinstate(row: AbstractDiscrepancy, *, by: By, note: str = "") -> AbstractDiscrepancy:
    """Bring an expired order back that was paid late.

    Raises:
        Conflict: Its goods or coupons can't be had any more; nothing has changed.
        AlreadyResolved: Somebody was faster, or the order isn't expired.
    """
    claimed = _claim(row, "reinstate")
    order = orders.apply(claimed.order, "reinstate", by=by, reason=note or "paid late")
    return _resolve(_Open(claimed.row, order, claimed.payments), "reinstated", by=by, note=note)


@db.atomic
def give_up(row: AbstractDiscrepancy, *, by: By, note: str) -> AbstractDiscrepancy:
    """Staff looked at the provider: the payment whose start was never answered wasn't made. The order may be paid anew.

    Should the provider tell of it after all, it is booked like any late payment.

    Raises:
        AlreadyResolved: Somebody was faster, or its outcome is known by now.
        Invalid: It isn't said how that is known.
    """
    if not note.strip():
        raise Invalid(_("Say how you know that it wasn't made."), attr="note")
    claimed = _claim(row, "give_up")
    payment = claimed.payment
    payment.outcome_unknown, payment.told_status = False, AbstractPayment.Status.FAILED.value
    payment.error_code, payment.next_action = "given_up", {}
    return _resolve(claimed, "given_up", by=by, note=note)


@db.atomic
def book(
    row: AbstractDiscrepancy, amount: Decimal, *, reference: str, by: By, note: str, refunded: bool = False
) -> AbstractDiscrepancy:
    """Book by hand what happened at the provider.

    Args:
        row: Open.
        amount: See :func:`tradepost.payments.reconciliation.by_hand.book_capture`.
        reference: Of the money there.
        by: Who books it.
        note: Why; not empty.
        refunded: It was given back; else it came.

    Raises:
        AlreadyResolved: Somebody was faster.
        AmountError: The amount can't be booked.
        AlreadyBooked: The reference stands for other money.
        Invalid: No reference, or no reason.
    """
    claimed = _claim(row, "book")
    call = by_hand.book_refund if refunded else by_hand.book_capture
    call(claimed.payment, amount, reference=reference, reason=note, by=by)
    order, payments = lock_payments(claimed.order.pk)
    return _resolve(_Open(claimed.row, order, payments), "booked", by=by, note=note)


@db.atomic
def strike(row: AbstractDiscrepancy, *, by: By, note: str = "") -> AbstractDiscrepancy:
    """The provider tells of what staff had booked by hand: one of both goes.

    Raises:
        AlreadyResolved: Somebody was faster, or nothing of it is booked by hand any more.
    """
    claimed = _claim(row, "strike")
    booked = _struck(claimed.row)
    assert booked is not None
    by_hand.strike(booked, reason=note or "the provider reported it", by=by)
    order, payments = lock_payments(claimed.order.pk)
    return _resolve(_Open(claimed.row, order, payments), "struck", by=by, note=note)


def refund_surplus(
    row: AbstractDiscrepancy, amount: Decimal | None = None, *, by: By, note: str = ""
) -> AbstractTransaction:
    """Give back what was paid too much. Asks the provider, outside any transaction.

    Args:
        row: Open.
        amount: At most the surplus; all of it if ``None``.
        by: For the ledger and the history.
        note: For the refund's reason.

    Returns:
        The refund's row; a job finishes one that wasn't answered.

    Raises:
        AlreadyResolved: Somebody was faster, or nothing is left to refund. The gateway was not called.
        AmountError: More than the surplus. The gateway was not called.
        NotRefundable: The method can't refund, or the provider refused; the discrepancy is open again.
    """
    db.outside("refund_surplus()")
    asked = _claim_refund(row, amount, by, note)
    try:
        return services.send_refund(asked)
    except NotRefundable:
        _open_again(row, by)
        raise


@db.durable
def _claim_refund(row: AbstractDiscrepancy, amount: Decimal | None, by: By, note: str) -> AbstractTransaction:
    claimed = _claim(row, "refund")
    most = surplus(claimed.row)
    if amount is not None and not ZERO < amount <= most:
        raise AmountError(_("You can't refund more than the surplus here."), most=str(most), attr="amount")
    refunded = most if amount is None else amount
    asked = services.request_refund(claimed.order, claimed.payment, refunded, by=by, reason=note or "surplus")
    _resolve(claimed, "refunded", by=by, note=note)
    return asked


@db.durable
def _open_again(row: AbstractDiscrepancy, by: By) -> None:
    order_id = row.payment.order_id if row.payment else row.order_id
    assert order_id is not None
    order, _payments = lock_payments(order_id)
    Discrepancy.objects.filter(pk=row.pk).update(resolved_at=None, resolved_by=None, resolution="", note="")
    orders.note(order, "discrepancy_reopened", by=by, reason="the refund was refused", facts={"kind": row.kind})
