"""The log of calls: what a provider was asked, what it answered, how long that took. Redacted, and never in the way of money.

A row is written after the call, in a transaction of its own; if that fails the call's answer counts all the same.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.money import quantise

from .. import conf
from ..base import AbstractPayment, AbstractPaymentCall
from ..interface import (
    GatewayError,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
)
from ..interface import exchanges as wire
from ..interface.storable_values import flaw_of
from ..models import PaymentCall
from .redaction import Redactor

__all__ = ["forget", "noted"]

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

_Outcome = AbstractPaymentCall.Outcome
_OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (Rejected, _Outcome.REJECTED),
    (OutcomeUnknown, _Outcome.UNKNOWN),
    (Misconfigured, _Outcome.MISCONFIGURED),
    (NotSupported, _Outcome.REJECTED),
)
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Wire:
    """The begin of a call, by the monotonic clock in nanoseconds, and its exchanges since."""

    began: int
    exchanges: Sequence[wire.Exchange]


def noted(payment: AbstractPayment, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a method of a payment's gateway, and write down how that went.

    What the gateway raises is raised; an answer that can't be stored is an unknown outcome. A method that isn't supported asked
    nobody, nor does an offline gateway: no row.

    Args:
        payment: Whose.
        call: A bound method of its gateway, as in ``noted(payment, gateway.fetch, payment.ref)``.
    """
    settings = conf.settings()
    if not settings.CALL_LOG_KEPT or conf.gateway(payment.method).capabilities.offline:
        return _kept(call(*args, **kwargs))
    before = time.monotonic_ns()
    with wire.listening() as exchanges:

        def note(outcome: object) -> None:
            _write(payment, call, _named(call, args, kwargs), outcome, _Wire(before, exchanges))

        try:
            answer = _kept(call(*args, **kwargs))
        except NotSupported as error:
            if exchanges:
                note(error)
            raise
        except Exception as error:
            note(error)
            raise
    note(answer)
    return answer


def _kept(answer: R) -> R:
    """An answer that can be stored; one that can't says nothing that could be relied on.

    Raises:
        OutcomeUnknown: There is something in it that no database keeps.
    """
    if flaw := flaw_of(answer):
        raise OutcomeUnknown(f"The provider's answer can't be kept: {flaw}.")
    return answer


def _named(call: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return inspect.signature(call).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):  # a gateway whose methods hide their names
        return dict(kwargs)


def _write(
    payment: AbstractPayment,
    call: Callable[..., Any],
    asked: Mapping[str, Any],
    outcome: object,
    over: _Wire,
) -> None:
    took = (time.monotonic_ns() - over.began) // 1_000_000
    exchanges = over.exchanges
    try:
        redactor = Redactor.of_options(conf.method(payment.method).OPTIONS)
        error = outcome if isinstance(outcome, Exception) else None
        request = next((value for value in asked.values() if isinstance(value, StartRequest)), None)
        key = request.key if request is not None else str(asked.get("key") or "")
        _store(
            payment_id=payment.pk,
            gateway=payment.method,
            operation=getattr(call, "__name__", type(call).__name__)[:30],
            key=redactor.word(key)[:108],
            outcome=_outcome(error),
            error_code=redactor.word(getattr(error, "code", "") or "")[:60],
            error=_said(error, redactor),
            http_status=exchanges[-1].status if exchanges else None,
            duration=took,
            request=_request(asked, redactor),
            answer={} if error else _answer(outcome, redactor),
            exchanges=[_exchange(exchange, redactor) for exchange in exchanges],
            at=clock.now(),
        )
    except Exception:  # the log may never stop a payment
        logger.exception("A call of %s could not be logged", payment.method)


@db.atomic
def _store(**row: Any) -> None:
    PaymentCall.objects.create(**row)


def _outcome(error: Exception | None) -> str:
    if error is None:
        return _Outcome.ANSWERED
    return next((outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)), _Outcome.FAILED)


def _said(error: Exception | None, redactor: Redactor) -> str:
    """The text of a gateway's error; of another one its kind only, for its text may quote anything."""
    if error is None:
        return ""
    return redactor.text(error) if isinstance(error, GatewayError) else type(error).__name__


def _request(asked: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Of the arguments, those that we know: never the customer's name, address or form."""
    fields: dict[str, Any] = {}
    for name, value in asked.items():
        if isinstance(value, StartRequest):
            fields |= {"reference": value.reference, "price": _price(value.price), "capture": value.capture}
        elif isinstance(value, PaymentRef):
            fields |= {"reference": value.reference, "provider_ref": redactor.word(value.provider_ref)}
        elif isinstance(value, Price):
            fields[name] = _price(value)
        elif isinstance(value, bool):
            fields[name] = value
        elif name == "provider_ref":
            fields["refund"] = redactor.word(value)
    return fields


def _answer(answer: object, redactor: Redactor) -> dict[str, Any]:
    if isinstance(answer, RefundResult):
        fields: dict[str, Any] = {"state": answer.state.value, "provider_ref": redactor.word(answer.provider_ref)}
        return {**fields, "price": _price(answer.price), "raw": redactor.values(answer.raw)}
    if not isinstance(answer, Result):
        return {}
    return {
        "status": answer.status.value,
        "provider_ref": redactor.word(answer.provider_ref),
        "amount": None if answer.amount is None else _price(Price(answer.amount, answer.currency)),
        "entries": [
            f"{entry.kind.value} {_price(Price(entry.amount, entry.currency))} {entry.state.value} "
            f"{redactor.word(entry.provider_ref)}"
            for entry in answer.entries
        ],
        "next": answer.next_action.kind if answer.next_action else "",
        "error_code": redactor.word(answer.error_code),
        "error_message": redactor.text(answer.error_message),
        "raw": redactor.values(answer.raw),
    }


def _price(price: Price | None) -> str:
    if price is None:
        return ""
    exact = quantise(price.amount, price.currency)  # what a provider tells may have more decimal places: as it is, then
    return f"{exact if exact == price.amount else price.amount} {price.currency}"


def _exchange(exchange: wire.Exchange, redactor: Redactor) -> dict[str, Any]:
    return {
        "method": exchange.method,
        "path": redactor.path(exchange.url),
        "status": exchange.status,
        "sent": redactor.body(exchange.sent) if exchange.sent else {},
        "received": redactor.body(exchange.received) if exchange.received else {},
    }


def forget(*, older_than: timedelta | None = None) -> int:
    """Delete what is older than the log is kept; returns how many rows.

    Args:
        older_than: By default ``TRADEPOST_PAYMENTS["CALL_LOG_KEPT"]``.
    """
    kept = conf.settings().CALL_LOG_KEPT if older_than is None else older_than
    old, done = PaymentCall.objects.filter(at__lt=clock.now() - kept).order_by("pk").values_list("pk", flat=True), 0
    while batch := list(old[:_BATCH]):
        done += PaymentCall.objects.filter(pk__in=batch).delete()[0]
    return done
