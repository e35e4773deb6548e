"""Taking what was authorised, at once or in parts; what was asked for and never answered is finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock
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
from ..errors import AmountError, NotCapturable
from ..interface import (
    EntryKind,
    EntryState,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    Price,
    Rejected,
)
from ..models import Transaction
from .payments import (
    REPEATABLE_FOR,
    find,
    inquire,
    postpone,
)
from .requests import (
    asked_before,
    check_room,
    fail,
    write_down,
)
from .settlement import (
    lock_payments,
    recompute,
    settle,
)

__all__ = ["capture", "capture_up_to", "finish_capture", "resume_capture", "still_due"]

_OPEN = (EntryState.REQUESTED.value, EntryState.PENDING.value)


def capture(
    payment: AbstractPayment,
    amount: Decimal | None = None,
    *,
    by: By,
    final: bool = True,
    reason: str = "",
    idempotency_key: str = "",
) -> AbstractPayment:
    """Take money that was authorised; with an offline method, book money that came.

    Args:
        payment: Authorised, or of an offline method.
        amount: In the payment's currency, at most what is authorised and due; as much as that if ``None``. Offline: what came.
        by: For the history.
        final: Release the rest. With ``False`` it may be captured later, where the provider can (``multi_capture``).
        reason: For people; kept in the ledger.
        idempotency_key: Of who asks. The same one again takes nothing: what became of the first is given.

    Raises:
        IdempotencyKeyReused: The key stands for another amount, or for a refund.
        NotCapturable: Nothing is authorised, the last capture is under way, or the method can't capture like this. The
            gateway was not called, or it refused.
        AmountError: ``amount`` is out of range. The gateway was not called.
    """
    db.outside("capture()")
    asked = _ask_capture(payment, amount, by, final=final, reason=reason, idempotency_key=idempotency_key)
    assert asked is not None
    if not lease.renew(asked):
        _refuse_if_failed(asked)
        return find(payment.uuid)
    return _call(asked, find(payment.uuid))


def capture_up_to(
    payment: AbstractPayment,
    amount: Decimal | None = None,
    *,
    by: By,
    final: bool = True,
    reason: str = "",
    idempotency_key: str = "",
) -> AbstractPayment:
    """Take what is authorised and due, and no more than an amount; where nothing is, nobody is asked.

    Arguments and refusals as of :func:`capture`. The amount is bounded under the lock, so that it may be out of date.
    """
    db.outside("capture_up_to()")
    asked = _ask_capture(
        payment, amount, by, final=final, reason=reason, idempotency_key=idempotency_key, is_bound=True
    )
    if asked is None or not lease.renew(asked):
        return find(payment.uuid)
    return _call(asked, find(payment.uuid))


def _refuse_if_failed(asked: AbstractTransaction) -> None:
    """Asked twice under one key, it is refused twice."""
    if Transaction.objects.filter(pk=asked.pk, state=EntryState.FAILED.value).exists():
        raise NotCapturable(_("The provider refused the capture."), payment=asked.payment.reference)


def _call(asked: AbstractTransaction, payment: AbstractPayment) -> AbstractPayment:
    gateway, price = conf.gateway(payment.method), Price(asked.amount, asked.currency)
    assert asked.key is not None
    try:
        result = noted(payment, gateway.capture, payment.ref, price, asked.key, final=asked.final)
    except OutcomeUnknown as error:
        if gateway.capabilities.keyed_captures:
            lease.release(asked)  # else it may be running there, and nothing but time keeps a second one away
        return postpone(payment, str(error))
    except (Rejected, Misconfigured, NotSupported) as error:
        fail(asked, str(error))
        raise NotCapturable(_("The provider refused the capture."), payment=payment.reference) from error
    return settle(payment, result, asked=asked)


@db.durable
def _ask_capture(
    payment: AbstractPayment,
    amount: Decimal | None,
    by: By,
    *,
    final: bool,
    reason: str,
    idempotency_key: str,
    is_bound: bool = False,
) -> AbstractTransaction | None:
    """Write a capture down; ``None`` where its amount is a bound, and nothing of it is left to take."""
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    before = asked_before(row, EntryKind.CAPTURE, None if is_bound else amount, idempotency_key)
    if before is not None:
        return before
    if is_bound:
        most = min(ledger.balance_of(row).authorised, still_due(order, payments.values()))
        amount = most if amount is None else min(amount, most)
        if amount <= 0:
            return None
    if conf.gateway(row.method).capabilities.offline:
        amount = _received(row, amount, still_due(order, payments.values()))
        check_room(order, amount)
    else:
        amount, final = _capturable(order, payments, row, amount, final=final)
    facts = {"amount": plain(amount, row.currency), "payment": row.reference}
    orders.note(order, "capture_requested", by=by, reason=reason, facts=facts)
    return write_down(row, EntryKind.CAPTURE, amount, by, final=final, reason=reason, idempotency_key=idempotency_key)


def _received(payment: AbstractPayment, amount: Decimal | None, due: Decimal) -> Decimal:
    """Book an amount that staff report as received; more or less than was asked for is booked as well, for it has happened."""
    amount = min(payment.amount - ledger.balance_of(payment).captured, due) if amount is None else amount
    if amount <= 0:
        raise AmountError(_("An amount greater than zero is expected."), most="", attr="amount")
    return exact(amount, payment.currency)


def _capturable(
    order: AbstractOrder,
    payments: Mapping[int, AbstractPayment],
    payment: AbstractPayment,
    amount: Decimal | None,
    *,
    final: bool,
) -> tuple[Decimal, bool]:
    """The amount, and whether nothing is left after it. All are locked."""
    held = ledger.balance_of(payment).authorised
    most = min(held, still_due(order, payments.values()))
    if order.hold:
        raise NotCapturable(_("The order is on hold."), hold=order.hold)
    if held <= 0 and amount is None:
        raise NotCapturable(_("Nothing is authorised."), payment=payment.reference)
    if most <= 0 and amount is None:
        raise NotCapturable(_("Nothing is due."), payment=payment.reference)
    amount = most if amount is None else exact(amount, payment.currency)
    if not ZERO < amount <= most:
        facts = {"most": plain(max(ZERO, most), payment.currency), "attr": "amount"}
        raise AmountError(_("You can't capture more than is authorised and due."), **facts)
    final = final or amount == held
    _refuse_what_the_method_cannot(payment, amount, final=final)
    return amount, final


def still_due(order: AbstractOrder, payments: Iterable[AbstractPayment]) -> Decimal:
    """The part of an order's due that is neither captured nor about to be; less than zero where more is.

    Args:
        order: As it is now.
        payments: All of it.
    """
    sums = [ledger.balance_of(payment) for payment in payments]
    return order.due - sum((payment_sums.net + payment_sums.capture_pending for payment_sums in sums), ZERO)


def _refuse_what_the_method_cannot(payment: AbstractPayment, amount: Decimal, *, final: bool) -> None:
    abilities, why = conf.gateway(payment.method).capabilities, {"payment": payment.reference}
    captures = payment.transactions.filter(kind=EntryKind.CAPTURE.value).exclude(state=EntryState.FAILED.value)
    if captures.filter(state__in=_OPEN, final=True).exists():
        raise NotCapturable(_("The last capture is under way, and releases the rest."), **why)
    if captures.exists() and not abilities.multi_capture:
        raise NotCapturable(_("This method captures once."), **why)
    if amount < payment.amount and not abilities.partial_capture:
        raise NotCapturable(_("This method captures all or nothing."), **why)
    if not final and not abilities.multi_capture:
        raise NotCapturable(_("This method captures once, and releases the rest."), **why)


def finish_capture(asked: AbstractTransaction) -> AbstractTransaction:
    """Bring a capture that was asked for to its end, or as near as the provider lets us; safe to repeat.

    The provider is asked first, and only by one process at a time. What it doesn't have is asked for again with the same key,
    while providers remember keys; after that it is given up, and the amount may be captured again.

    Raises:
        NotCapturable: The provider refused it: nothing was taken.
    """
    db.outside("finish_capture()")
    if lease.take(asked, as_seen=True):
        resume_capture(asked)
    return Transaction.objects.get(pk=asked.pk)


def resume_capture(held: AbstractTransaction) -> None:
    """Finish a capture whose lease is held; it is released, unless it was sent again.

    Raises:
        NotCapturable: The provider refused it.
    """
    before = find(held.payment.uuid)
    inquiry = inquire(before)
    asked = _booked_without_a_key(inquiry.payment, held)
    if asked.state == EntryState.REQUESTED.value and inquiry.answered and lease.renew(held):
        if clock.now() - asked.created_at < REPEATABLE_FOR:
            _call(held, inquiry.payment)
            return
        fail(asked, "It was never answered, and the provider doesn't have it.")
    lease.release(held)


@db.durable
def _booked_without_a_key(payment: AbstractPayment, asked: AbstractTransaction) -> AbstractTransaction:
    """End a request whose capture the provider told without our key, so that it isn't counted twice."""
    order, payments = lock_payments(payment.order_id)
    row = payments[payment.pk]
    asked = Transaction.objects.select_related("payment").get(pk=asked.pk)
    reported = row.transactions.filter(
        kind=EntryKind.CAPTURE.value, key=None, amount=asked.amount, created_at__gte=asked.created_at
    )
    booked = reported.exclude(state=EntryState.FAILED.value).first()
    if asked.state == EntryState.REQUESTED.value and booked is not None:
        ledger.told_before(asked, booked)
        getattr(row, "_prefetched_objects_cache", {}).clear()
        recompute(order, payments, changed=row)
    return asked
