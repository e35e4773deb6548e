"""Money that moved past the provider, booked by staff: a transfer back, a reversal in a dashboard, cash at the counter.

Nobody is asked, and nothing is moved: it is written down that it has happened. The rows are like any other of the ledger, and
say who booked them and why. Don't book what a provider tells of by itself: should it do so after all, staff are asked.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.core.money import ZERO, plain, quantise
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder

from .. import ledger
from ..base import AbstractPayment, AbstractTransaction
from ..errors import AlreadyBooked, AmountError
from ..interface import EntryKind, EntryState
from ..models import Transaction
from ..services.requests import check_room
from ..services.settlement import lock_payments, recompute

__all__ = ["book", "book_capture", "book_refund", "book_whole", "strike"]

_REFERENCE = 150


@db.atomic
def book_capture(
    payment: AbstractPayment, amount: Decimal, *, reference: str, reason: str, by: By
) -> AbstractTransaction:
    """Book money received outside the provider.

    Args:
        payment: Whichever.
        amount: In the payment's currency, greater than zero; more or less than was asked for is booked, for it has happened.
        reference: Of the transfer or receipt. The same one again is the same money.
        reason: Why it came that way.
        by: For the ledger and the history.

    Raises:
        AmountError: Nothing, or more decimal places than the currency has.
        AlreadyBooked: The reference stands for other money, or for a row that failed or was struck out.
        Invalid: No reference, or no reason.

    Side effects: those of :func:`~tradepost.payments.services.settlement.settle`: the order may be confirmed.
    """
    order, payments = lock_payments(payment.order_id)
    return book(order, payments, payment.pk, EntryKind.CAPTURE, amount, reference=reference, reason=reason, by=by)


@db.atomic
def book_whole(payment: AbstractPayment, *, reference: str, reason: str, by: By) -> AbstractTransaction:
    """Book all that was asked for, as :func:`book_capture`, unless it has come already: two who are told of the same money don't
    book it twice.

    Raises:
        AlreadyBooked: It is paid, and not by this reference.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    if row.status == row.Status.CAPTURED and _known(row, EntryKind.CAPTURE, reference.strip()) is None:
        raise AlreadyBooked(_("This payment was made already."), payment=str(row))
    return book(order, payments, row.pk, EntryKind.CAPTURE, row.amount, reference=reference, reason=reason, by=by)


@db.atomic
def book_refund(
    payment: AbstractPayment, amount: Decimal, *, reference: str, reason: str, by: By
) -> AbstractTransaction:
    """Book money that was given back past the provider; arguments and refusals as of :func:`book_capture`.

    Raises:
        AmountError: Also: more than is refundable.

    Side effects: a goodwill credit, where it wasn't an overpayment that went back.
    """
    order, payments = lock_payments(payment.order_id)
    return book(order, payments, payment.pk, EntryKind.REFUND, amount, reference=reference, reason=reason, by=by)


def book(
    order: AbstractOrder,
    payments: dict[int, AbstractPayment],
    pk: int,
    kind: EntryKind,
    amount: Decimal,
    *,
    reference: str,
    reason: str,
    by: By,
) -> AbstractTransaction:
    """Book one row in its caller's transaction.

    Args:
        order: Locked.
        payments: All of it, locked.
        pk: Of the one that it is about.
        kind: A capture or a refund.
    """
    payment, reference, reason = payments[pk], reference.strip(), reason.strip()
    for attr, text in (("reference", reference), ("reason", reason)):
        if not text or len(text) > _REFERENCE or "\x00" in text:
            raise Invalid(_("A reference and a reason are needed, each of 150 characters at most."), attr=attr)
    existing = _known(payment, kind, reference)
    if existing is not None:
        if (existing.payment_id, existing.amount) != (pk, amount):
            raise AlreadyBooked(_("This reference is booked already."), payment=str(existing.payment))
        if existing.state == EntryState.FAILED.value:
            message = _("This reference was struck out, or its money never moved. Book it under another one.")
            raise AlreadyBooked(message, payment=str(existing.payment))
        return existing
    _check(payment, kind, amount)
    if kind is EntryKind.CAPTURE:
        check_room(order, amount)
    row = Transaction.objects.create(
        payment_id=pk,
        gateway=payment.method,
        kind=kind.value,
        state=EntryState.SUCCEEDED.value,
        provider_ref=f"{Transaction.BY_HAND}{reference}",
        amount=amount,
        currency=payment.currency,
        reason=reason,
        actor_label=by.label,
    )
    facts = {"amount": plain(amount, payment.currency), "payment": payment.reference, "reference": reference}
    orders.note(order, f"{kind.value}_by_hand", by=by, reason=reason, facts=facts)
    _follow(order, payments, payment)
    return row


def _known(payment: AbstractPayment, kind: EntryKind, reference: str) -> AbstractTransaction | None:
    """The row of that reference, whether staff booked it or the provider told of it."""
    refs = [reference, f"{Transaction.BY_HAND}{reference}"]
    rows = Transaction.objects.filter(gateway=payment.method, kind=kind.value, provider_ref__in=refs)
    return rows.select_related("payment").first()


def _check(payment: AbstractPayment, kind: EntryKind, amount: Decimal) -> None:
    most = ledger.balance_of(payment).refundable if kind is EntryKind.REFUND else None
    if amount <= 0 or amount != quantise(amount, payment.currency) or (most is not None and amount > most):
        limit = "" if most is None else plain(most, payment.currency)
        raise AmountError(_("This amount can't be booked."), most=limit, attr="amount")


def _follow(order: AbstractOrder, payments: dict[int, AbstractPayment], payment: AbstractPayment) -> None:
    getattr(payment, "_prefetched_objects_cache", {}).clear()
    if ledger.balance_of(payment).net > ZERO:
        payment.outcome_unknown = False  # the money is there, however the provider's answer was lost
    recompute(order, payments, changed=payment)


@db.atomic
def strike(row: AbstractTransaction, *, reason: str, by: By) -> AbstractTransaction:
    """Take back what was booked by hand, because it didn't happen, or the provider told of it after all.

    The row stays, as failed.

    Raises:
        Invalid: It wasn't booked by hand.
    """
    order, payments = lock_payments(row.payment.order_id)
    row = Transaction.objects.select_related("payment").get(pk=row.pk)
    if not row.is_by_hand:
        raise Invalid(_("Only what was booked by hand can be struck."), attr="")
    if row.state == EntryState.FAILED.value:
        return row
    row.state, row.error = EntryState.FAILED.value, reason.strip()[:500]
    row.save(update_fields=["state", "error", "updated_at"])
    facts = {"amount": plain(row.amount, row.currency), "payment": row.payment.reference, "kind": row.kind}
    orders.note(order, "struck_by_hand", by=by, reason=reason, facts=facts)
    _follow(order, payments, payments[row.payment_id])
    return row
