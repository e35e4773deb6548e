"""A gateway that plays what a test tells it, and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from django.conf import settings
from django.test import override_settings

from tradepost.payments import conf
from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    EntryState,
    Event,
    Gateway,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
)

__all__ = [
    "ALIAS",
    "Call",
    "ScriptedGateway",
    "authorised",
    "cancelled",
    "captured",
    "declined",
    "refunded",
    "scripted",
    "waiting",
]

ALIAS = "scripted"
"""Of the payment method that :func:`scripted` adds."""

Asked: TypeAlias = StartRequest | PaymentRef
Answer: TypeAlias = Result | RefundResult | Sequence[Event] | Exception | None
Playable: TypeAlias = Answer | Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the gateway, with the arguments it was made with."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


class ScriptedGateway(Gateway):
    """Answers with what :meth:`play` was given, in that order, whichever method is called.

    A callable is called with the request or the payment, so that ``play(captured)`` answers with the right reference and
    amount; an exception is raised. An answer that nobody wrote fails the test::

        gateway.play(captured, OutcomeUnknown("no answer"))

    Attributes:
        calls: What it was asked so far.
    """

    code = "scripted"
    capabilities = Capabilities(
        authorise=True,
        partial_capture=True,
        multi_capture=True,
        void=True,
        refund=True,
        partial_refund=True,
        webhooks=True,
    )

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._script: deque[Playable] = deque()

    def play(self, *answers: Playable) -> None:
        """Add answers to the end of the script."""
        self._script.extend(answers)

    def called(self, name: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.name == name]

    def start(self, request: StartRequest) -> Result:
        """From the script."""
        return self._result("start", request)

    def fetch(self, payment: PaymentRef) -> Result:
        """From the script."""
        return self._result("fetch", payment)

    def complete(self, payment: PaymentRef, data: Mapping[str, str]) -> Result:
        """From the script."""
        return self._result("complete", payment, data=data)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """From the script."""
        return self._result("capture", payment, price=price, key=key, final=final)

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """From the script."""
        return self._result("cancel", payment, key=key)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """From the script."""
        return self._refund("refund", payment, price=price, key=key, reason=reason)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """From the script."""
        return self._refund("fetch_refund", payment, provider_ref=provider_ref)

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """From the script; ``None`` is an answer, too."""
        answer = self._answer("find_refund", payment, key=key, price=price)
        assert answer is None or isinstance(answer, RefundResult)
        return answer

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """From the script."""
        answer = self._answer("parse_webhook", None, request=request)
        assert isinstance(answer, Sequence)
        return answer

    def _result(self, name: str, asked: Asked, **values: Any) -> Result:
        answer = self._answer(name, asked, **values)
        assert isinstance(answer, Result), f"{name} was to answer {answer!r}"
        return answer

    def _refund(self, name: str, asked: Asked, **values: Any) -> RefundResult:
        answer = self._answer(name, asked, **values)
        assert isinstance(answer, RefundResult), f"{name} was to answer {answer!r}"
        return answer

    def _answer(self, name: str, asked: Asked | None, **values: Any) -> Answer:
        self.calls.append(Call(name, {**({} if asked is None else {"asked": asked}), **values}))
        assert self._script, f"The script has no answer left for {name}."
        answer = self._script.popleft()
        if callable(answer):
            assert asked is not None, f"{name} has nothing that an answer could be made of."
            answer = answer(asked)
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def scripted(**method: Any) -> Iterator[ScriptedGateway]:
    """Add a payment method called ``scripted`` to the project's, beside its own; within another call it is the same one.

    Args:
        method: Further keys of it, such as ``CONFIRM_ON`` or ``CAPTURE``.
    """
    configured = getattr(settings, "TRADEPOST_PAYMENTS", {})
    methods = configured.get("GATEWAYS", {})
    if ALIAS in methods:
        yield cast("ScriptedGateway", conf.gateway(ALIAS))
        return
    entry = {"BACKEND": f"{__name__}.ScriptedGateway", "LABEL": "Scripted", **method}
    with override_settings(TRADEPOST_PAYMENTS={**configured, "GATEWAYS": {**methods, ALIAS: entry}}):
        yield cast("ScriptedGateway", conf.gateway(ALIAS))


def captured(asked: Asked) -> Result:
    """Paid in full."""
    return _result(asked, Status.CAPTURED, EntryKind.CAPTURE)


def authorised(asked: Asked) -> Result:
    """Authorised in full, nothing taken."""
    return _result(asked, Status.AUTHORISED, EntryKind.AUTHORISE)


def declined(asked: Asked) -> Result:
    """The bank said no."""
    return _result(asked, Status.FAILED, error_code="declined")


def cancelled(asked: Asked) -> Result:
    """Let go before anything was taken."""
    return _result(asked, Status.CANCELLED)


def waiting(asked: Asked) -> Result:
    """The provider has it, and doesn't know yet."""
    return _result(asked, Status.PENDING)


def refunded(price: Price, key: str, state: EntryState = EntryState.SUCCEEDED) -> RefundResult:
    """An answer to a refund."""
    return RefundResult(state=state, provider_ref=f"refund-{key}", price=price)


def _result(asked: Asked, status: Status, kind: EntryKind | None = None, error_code: str = "") -> Result:
    price, reference = asked.price, asked.reference
    entries = []
    if kind is not None:
        ref = f"{kind.value}-{reference}"
        entries.append(Entry(kind=kind, provider_ref=ref, amount=price.amount, currency=price.currency))
    return Result(
        status=status,
        provider_ref=f"scripted-{reference}",
        reference=reference,
        amount=price.amount,
        currency=price.currency,
        entries=entries,
        error_code=error_code,
    )
