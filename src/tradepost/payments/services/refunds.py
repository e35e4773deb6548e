"""Giving money back: written down with its key and its sender's lease, asked for outside any transaction, then booked.

What a refund means for its order is the same however it became known: see :mod:`~tradepost.payments.services.refund_credits`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.money import ZERO, exact, plain
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder

from .. import (
    conf,
    lease,
    ledger,
)
from ..base import AbstractPayment, AbstractTransaction
from ..call_log.calls import noted
from ..errors import AmountError, NotRefundable
from ..interface import (
    Entry,
    EntryKind,
    EntryState,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    Price,
    RefundResult,
    Rejected,
)
from ..models import Transaction
from . import disputes
from .payments import find
from .requests import (
    asked_before,
    fail,
    write_down,
)
from .settlement import lock_payments, recompute

__all__ = ["book_refund", "finish_refund", "refund", "request_refund", "resume_refund", "send_refund"]

_OPEN = (EntryState.REQUESTED.value, EntryState.PENDING.value)


def refund(
    payment: AbstractPayment, amount: Decimal | None = None, *, by: By, reason: str = "", idempotency_key: str = ""
) -> AbstractTransaction:
    """Give money back.

    Args:
        payment: Captured.
        amount: In the payment's currency, at most what is refundable; all of that if ``None``.
        by: For the history.
        reason: For people.
        idempotency_key: Of who asks. The same one again moves nothing: what became of the first refund is given.

    Returns:
        The refund's row: succeeded, pending, or requested where no answer came; a job asks on.

    Raises:
        NotRefundable: A dispute is open, the method can't refund, or the provider refused.
        AmountError: Nothing, or more than is refundable. The gateway was not called.
        IdempotencyKeyReused: The key stands for another amount, or for a capture. The gateway was not called.
    """
    db.outside("refund()")
    return send_refund(_ask_refund(payment, amount, by, reason, idempotency_key))


@db.durable
def _ask_refund(
    payment: AbstractPayment, amount: Decimal | None, by: By, reason: str, idempotency_key: str
) -> AbstractTransaction:
    order, payments = lock_payments(payment.order_id)
    return request_refund(order, payments[payment.pk], amount, by=by, reason=reason, idempotency_key=idempotency_key)


def request_refund(
    order: AbstractOrder,
    row: AbstractPayment,
    amount: Decimal | None,
    *,
    by: By,
    reason: str,
    idempotency_key: str = "",
) -> AbstractTransaction:
    """Write a refund down in its caller's transaction; :func:`send_refund` asks the provider for it after the commit.

    Args:
        order: Locked.
        row: A payment of it, locked.
        amount: See :func:`refund`, for what is raised, too.
    """
    before = asked_before(row, EntryKind.REFUND, amount, idempotency_key)
    if before is not None:
        return before
    sums, abilities = ledger.balance_of(row), conf.gateway(row.method).capabilities
    if disputes.block_refunds(row, sums):
        raise NotRefundable(_("A dispute is open for this payment."), payment=row.reference)
    if not abilities.refund:
        raise NotRefundable(_("This method can't refund."), payment=row.reference)
    most = sums.refundable
    amount = most if amount is None else exact(amount, row.currency)
    if not ZERO < amount <= most:
        raise AmountError(_("You can't refund more than is left."), most=plain(most, row.currency), attr="amount")
    if amount < sums.captured and not abilities.partial_refund:
        raise NotRefundable(_("This method refunds all or nothing."), payment=row.reference)
    facts: dict[str, Any] = {"amount": plain(amount, row.currency), "payment": row.reference}
    orders.note(order, "refund_requested", by=by, reason=reason, facts=facts)
    return write_down(row, EntryKind.REFUND, amount, by, reason=reason, idempotency_key=idempotency_key)


def send_refund(asked: AbstractTransaction) -> AbstractTransaction:
    """Ask the provider for a refund that :func:`request_refund` wrote down.

    Args:
        asked: With its sender's lease. One that was asked for before, under the same key, is given as it is.

    Raises:
        NotRefundable: The provider refused it: nothing was given back, and the amount is refundable again.
    """
    db.outside("send_refund()")
    if lease.renew(asked):
        return _call(asked, is_new=True)
    row = Transaction.objects.get(pk=asked.pk)
    if row.state == EntryState.FAILED.value:
        raise NotRefundable(_("The provider refused the refund."), payment=asked.payment.reference)
    return row


def finish_refund(asked: AbstractTransaction) -> AbstractTransaction:
    """Bring a refund that was asked for to its end, or as near as the provider lets us; safe to repeat.

    While somebody else's call for it is running, nothing is sent, and the row is given as it is.

    Raises:
        NotRefundable: The provider refused it: nothing was given back, and the amount is refundable again.
    """
    db.outside("finish_refund()")
    if lease.take(asked, as_seen=True):
        return resume_refund(asked)
    row = Transaction.objects.select_related("payment").get(pk=asked.pk)
    return _find_again(row) if row.error and row.state in _OPEN and not row.provider_ref else row


def resume_refund(held: AbstractTransaction) -> AbstractTransaction:
    """Finish a refund whose lease is held."""
    row = Transaction.objects.select_related("payment").get(pk=held.pk)
    row.held_lease = held.held_lease
    if row.state in _OPEN:
        return _call(row, is_new=False)
    lease.release(row)
    return row


def _call(asked: AbstractTransaction, *, is_new: bool) -> AbstractTransaction:
    payment = find(asked.payment.uuid)
    try:
        result = _ask_provider(asked, payment, is_new=is_new)
    except (OutcomeUnknown, Misconfigured) as error:
        Transaction.objects.filter(pk=asked.pk).update(error=str(error)[:500] or "no answer")
        asked.error = str(error)[:500]
        if conf.gateway(payment.method).capabilities.keyed_refunds or isinstance(error, Misconfigured):
            lease.release(asked)  # else it may be running there, and nothing but time keeps a second one away
        return asked
    except (Rejected, NotSupported) as error:
        fail(asked, str(error))
        raise NotRefundable(_("The provider refused the refund."), payment=payment.reference) from error
    if result is None:
        why = "its refund was never answered, and the provider can't be asked for it: check there whether it was made"
        ledger.list_stuck_refund(payment, why, key=f"refund {asked.pk}")
        lease.release(asked)
        return asked
    booked = book_refund(payment, result, asked=asked)
    lease.release(asked)
    return booked


def _ask_provider(asked: AbstractTransaction, payment: AbstractPayment, *, is_new: bool) -> RefundResult | None:
    """Ask the provider for a refund's state; ``None`` where it can neither be looked for nor safely asked for again."""
    gateway, price = conf.gateway(payment.method), Price(asked.amount, asked.currency)
    assert asked.key is not None
    if asked.provider_ref:
        return noted(payment, gateway.fetch_refund, payment.ref, asked.provider_ref)
    if not is_new:
        try:
            if answer := noted(payment, gateway.find_refund, payment.ref, asked.key, price):
                return answer
        except NotSupported:
            if not gateway.capabilities.keyed_refunds:
                return None
        if not lease.renew(asked):
            raise OutcomeUnknown("Looking for it took too long.")
    return noted(payment, gateway.refund, payment.ref, price, asked.key, asked.reason)


def _find_again(asked: AbstractTransaction) -> AbstractTransaction:
    """A call that ended without an answer may have made the refund all the same; looking for it sends nothing."""
    payment = find(asked.payment.uuid)
    price = Price(asked.amount, asked.currency)
    try:
        answer = noted(payment, conf.gateway(payment.method).find_refund, payment.ref, asked.key or "", price)
    except (OutcomeUnknown, Misconfigured, Rejected, NotSupported):
        return asked
    return asked if answer is None else book_refund(payment, answer, asked=asked)


@db.durable
def book_refund(
    payment: AbstractPayment, result: RefundResult, *, asked: AbstractTransaction | None = None
) -> AbstractTransaction:
    """Book what a provider says of one refund, and of each of its parts where it made several.

    Args:
        payment: Whichever; it is locked and read again.
        result: Of a call.
        asked: Our own request that it answers; it becomes the first part, and the others get rows of their own.
    """
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    price = result.price or (Price(asked.amount, asked.currency) if asked else payment.price)
    key = (asked.key or "") if asked else ""
    entries = [_entry(result, price, key)]
    for number, part in enumerate(result.more, start=2):
        assert part.price is not None  # a part says how much of the whole it is
        entries.append(_entry(part, part.price, f"{key}.{number}" if key else ""))
    ledger.book(row, entries, asked=asked)
    recompute(order, payments, changed=row)
    return Transaction.objects.get(gateway=row.method, kind=EntryKind.REFUND.value, provider_ref=result.provider_ref)


def _entry(result: RefundResult, price: Price, key: str) -> Entry:
    return Entry(
        kind=EntryKind.REFUND,
        provider_ref=result.provider_ref,
        amount=price.amount,
        currency=price.currency,
        state=result.state,
        key=key,
    )
