"""Reconciliation: each payment as the ledger has it, beside what its provider says. What is safe is mended, the rest is listed.

Safe is to book what the provider says, as a webhook or the customer's return would. What only the ledger holds, or what the
provider says of another amount, currency or payment, is for staff: a discrepancy.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Q, QuerySet

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.money import plain

from .. import conf, ledger
from ..base import (
    AbstractDiscrepancy,
    AbstractDispute,
    AbstractPayment,
    AbstractTransaction,
)
from ..call_log.calls import noted
from ..errors import NotRefundable
from ..interface import (
    EntryKind,
    EntryState,
    GatewayError,
    NotSupported,
    Result,
)
from ..ledger.balance import Balance, balance
from ..models import (
    Discrepancy,
    Payment,
    Transaction,
)
from ..services.cancellation import finish_refund
from ..services.payments import Inquiry, inquire
from ..services.settlement import lock_payments, settle

__all__ = ["Comparison", "Verdict", "compare", "compare_each", "due", "postpone", "select"]

logger = logging.getLogger(__name__)
_OPEN = (EntryState.REQUESTED.value, EntryState.PENDING.value)
_Status = AbstractPayment.Status
_DAY = timedelta(days=1)
_WATCHED_FOR = {
    _Status.AUTHORISED: timedelta(days=40),
    _Status.CAPTURED: timedelta(days=180),
    _Status.PARTLY_REFUNDED: timedelta(days=180),
    _Status.REFUNDED: timedelta(days=180),
    _Status.CHARGED_BACK: timedelta(days=180),
    _Status.FAILED: timedelta(days=7),
    _Status.CANCELLED: timedelta(days=7),
}
"""How long after its creation a payment in that state is compared by the job: refunds and disputes come late, too."""
_DAILY = frozenset({_Status.AUTHORISED, _Status.CHARGED_BACK})


_UNTOLD = {"refunded": "refunds", "charged_back": "disputes"}
"""Which sums nobody can compare while a gateway says that it couldn't ask for that."""


class Verdict(str, enum.Enum):
    """The outcome of a comparison."""

    AGREES = "agrees"
    MENDED = "mended"  # the provider knew more; it is booked
    BEHIND = "behind"  # the provider knows more, which a dry run doesn't book
    KNOWN = "known"  # they differ as they did when staff resolved it
    DIFFERS = "differs"
    NO_ANSWER = "no_answer"
    FAILED = "failed"  # comparing it raised an error of ours; the log has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One payment, as the ledger and as its provider have it.

    Attributes:
        ours: Sums of the ledger without what was booked by hand, or the status where there is no money; afterwards.
        theirs: The same of the provider; its silence in words.
        detail: What differs, for staff.
    """

    reference: str
    order: str
    gateway: str
    ours: str
    theirs: str
    verdict: Verdict
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "verdict": self.verdict.value}


@dataclass(frozen=True, slots=True)
class _Sums:
    authorised: Decimal
    captured: Decimal
    refunded: Decimal
    charged_back: Decimal

    def shown(self, currency: str) -> str:
        """The sums that aren't zero, as text."""
        named = {"authorised": self.authorised, "captured": self.captured, "refunded": self.refunded}
        named["charged back"] = self.charged_back
        return ", ".join(f"{name} {plain(amount, currency)}" for name, amount in named.items() if amount)


def select(*, since: datetime | None = None, gateway: str = "") -> QuerySet[Payment]:
    """Payments that a provider can be asked about, oldest first.

    Args:
        since: Made then or later.
        gateway: Alias; all by default.

    Raises:
        MethodUnknown: No such alias.
    """
    aliases = [gateway] if gateway else list(conf.methods())
    asked = [alias for alias in aliases if conf.gateway(alias).capabilities.poll]
    never_started = Q(status=_Status.CREATED, outcome_unknown=False)
    payments = Payment.objects.filter(method__in=asked).exclude(never_started).select_related("order").order_by("pk")
    return payments.filter(created_at__gte=since) if since else payments


def compare(payment: AbstractPayment, *, mend: bool = True) -> Comparison:
    """Ask the provider for a payment and its refunds, and compare. Calls the gateway, outside any transaction.

    Args:
        payment: Of :func:`select`.
        mend: Book what the provider says, and list what can't be booked; else nothing is written.
    """
    db.outside("compare()")
    before = Payment.objects.get(pk=payment.pk)
    listed = _open_discrepancies(before)
    if mend:
        _finish_refunds(before)
    try:
        result = _asked(before, mend=mend)
    except GatewayError as error:
        return _made(before, f"{type(error).__name__}: {error}", Verdict.NO_ANSWER)
    if isinstance(result, Inquiry):  # it was started again, or given up
        after = Payment.objects.get(pk=payment.pk)
        is_known = result.answered and not after.outcome_unknown
        return _made(after, after.status, Verdict.MENDED if is_known else Verdict.NO_ANSWER)
    if mend:
        settle(before, result)
    after = Payment.objects.get(pk=payment.pk)
    try:
        return _judged(before, after, result, mend=mend, has_new=_open_discrepancies(after) > listed)
    except GatewayError as error:  # a refund of it couldn't be asked for
        return _made(after, f"{type(error).__name__}: {error}", Verdict.NO_ANSWER)


def compare_each(payments: Iterable[AbstractPayment], *, mend: bool = True) -> Iterator[Comparison]:
    """Compare one payment after the other; one that fails is logged and told, and doesn't keep the others waiting."""
    for payment in payments:
        try:
            yield compare(payment, mend=mend)
        except Exception as error:
            logger.exception("Payment %s could not be compared", payment.reference)
            yield Comparison(
                reference=payment.reference,
                order=payment.order.number,
                gateway=payment.method,
                ours=payment.status,
                theirs="",
                verdict=Verdict.FAILED,
                detail=f"{type(error).__name__}: see the log",
            )


def _asked(payment: AbstractPayment, *, mend: bool) -> Result | Inquiry:
    gateway = conf.gateway(payment.method)
    if mend and not payment.provider_ref:
        return inquire(payment)
    return noted(payment, gateway.fetch, payment.ref)


def _open_discrepancies(payment: AbstractPayment) -> int:
    return Discrepancy.objects.filter(payment_id=payment.pk, resolved_at=None).count()


def _finish_refunds(payment: AbstractPayment) -> None:
    for row in payment.transactions.filter(kind=EntryKind.REFUND.value, state__in=_OPEN):
        try:
            finish_refund(row)
        except NotRefundable as refusal:
            ledger.list_stuck_refund(payment, str(refusal), key=f"refund {row.pk}")


def _judged(
    before: AbstractPayment, after: AbstractPayment, result: Result, *, mend: bool, has_new: bool
) -> Comparison:
    reported = _theirs(after, result)
    theirs = reported.shown(after.currency) or result.status.value
    now, detail = _ours(after), _differences(after, result, reported)
    if not detail and result.missing:
        return _made(after, theirs, Verdict.NO_ANSWER, f"not reported: {', '.join(result.missing)}")
    if not detail:
        changed = mend and (_ours(before), before.status) != (now, after.status)
        return _made(after, theirs, Verdict.MENDED if changed else Verdict.AGREES)
    if not mend:
        return _made(
            after, theirs, Verdict.BEHIND if _could_book(now, reported, after, result) else Verdict.DIFFERS, detail
        )
    is_known = not has_new and _list(after, theirs, detail)
    return _made(after, theirs, Verdict.KNOWN if is_known else Verdict.DIFFERS, detail)


def _could_book(ours: _Sums, theirs: _Sums, payment: AbstractPayment, result: Result) -> bool:
    """Whether booking what the provider says would make both agree, as far as one can tell without doing it."""
    is_ours = result.reference in ("", payment.reference)
    less_here = all(getattr(ours, name) <= getattr(theirs, name) for name in ("captured", "refunded", "charged_back"))
    return is_ours and less_here and {entry.currency for entry in result.entries} <= {payment.currency}


def _differences(payment: AbstractPayment, result: Result, theirs: _Sums) -> str:
    ours = _ours(payment)
    differences = [
        f"{name.replace('_', ' ')}: {plain(getattr(ours, name), payment.currency)} here, "
        f"{plain(getattr(theirs, name), payment.currency)} there"
        for name in _Sums.__slots__
        if getattr(ours, name) != getattr(theirs, name) and _UNTOLD.get(name) not in result.missing
    ]
    foreign = {entry.currency for entry in result.entries} - {payment.currency}
    differences += [f"entries in {currency}" for currency in sorted(foreign)]
    if result.reference and result.reference != payment.reference:
        differences.append(f"it is about {result.reference}")
    has_money = any(getattr(side, name) for side in (ours, theirs) for name in _Sums.__slots__)
    if not differences and not has_money and _stands(payment) != result.status.value:
        differences.append(f"status: {_stands(payment)} here, {result.status.value} there")
    return "; ".join(differences)


def _stands(payment: AbstractPayment) -> str:
    """The provider's word, unless we gave the payment up by ourselves."""
    return payment.told_status or payment.status


def _ours(payment: AbstractPayment) -> _Sums:
    rows = [row for row in Transaction.objects.filter(payment_id=payment.pk) if not row.is_by_hand]
    return _of(balance(rows))


def _theirs(payment: AbstractPayment, result: Result) -> _Sums:
    rows = [
        SimpleNamespace(kind=entry.kind.value, state=entry.state.value, amount=entry.amount)
        for entry in result.entries
        if entry.currency == payment.currency
    ]
    if "refunds" not in result.missing and not any(row.kind == EntryKind.REFUND.value for row in rows):
        rows += _refunds_there(payment)
    return _of(balance(rows))


def _refunds_there(payment: AbstractPayment) -> Iterator[SimpleNamespace]:
    """Of a provider that doesn't tell of refunds with the payment: each one that we know is asked for by itself."""
    for row in payment.transactions.filter(kind=EntryKind.REFUND.value, state=EntryState.SUCCEEDED.value):
        if row.is_by_hand or row.provider_ref is None:
            continue
        try:
            yield _refund_there(payment, row)
        except NotSupported:
            yield SimpleNamespace(kind=row.kind, state=row.state, amount=row.amount)


def _refund_there(payment: AbstractPayment, row: AbstractTransaction) -> SimpleNamespace:
    answer = noted(payment, conf.gateway(payment.method).fetch_refund, payment.ref, row.provider_ref or "")
    return SimpleNamespace(
        kind=row.kind, state=answer.state.value, amount=answer.price.amount if answer.price else row.amount
    )


def _of(sums: Balance) -> _Sums:
    return _Sums(sums.authorised, sums.captured, sums.refunded, sums.charged_back)


def _made(payment: AbstractPayment, theirs: str, verdict: Verdict, detail: str = "") -> Comparison:
    return Comparison(
        reference=payment.reference,
        order=payment.order.number,
        gateway=payment.method,
        ours=_ours(payment).shown(payment.currency) or payment.status,
        theirs=theirs,
        verdict=verdict,
        detail=detail,
    )


@db.durable
def _list(payment: AbstractPayment, theirs: str, detail: str) -> bool:
    """List a difference once; whether staff have resolved this very one before."""
    _order, payments = lock_payments(payment.order_id)
    key, facts = f"{theirs}|{detail}"[:80], {"theirs": theirs, "differs": detail}
    row = ledger.discrepancy(AbstractDiscrepancy.Kind.DIFFERS, payment=payments[payment.pk], key=key, **facts)
    return row.resolved_at is not None


def due(now: datetime) -> QuerySet[Payment]:
    """Payments that the job compares now: by state, less and less often, and not for ever."""
    watched = Q()
    for status, period in _WATCHED_FOR.items():
        watched |= Q(status=status, created_at__gte=now - period)
    is_due = Q(compare_at__lte=now) | Q(compare_at=None, created_at__lte=now - _DAY)
    return select().filter(watched, is_due).order_by("created_at")


def postpone(payment: AbstractPayment) -> None:
    """Say when a payment is compared next: held, disputed or charged back money daily, other after as long again as it is old."""
    now = clock.now()
    is_hot = payment.status in _DAILY or payment.disputes.filter(status__in=AbstractDispute.OPEN).exists()
    wait = _DAY if is_hot else max(_DAY, now - payment.created_at)
    Payment.objects.filter(pk=payment.pk).update(compare_at=now + wait)
