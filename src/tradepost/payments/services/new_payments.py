"""New payments: opened with their order, or for one that is still to be paid; begun at once where nobody needs to be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.money import ZERO, exact, plain
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

from .. import conf
from ..base import AbstractPayment
from ..call_log.calls import noted
from ..errors import AmountError, PaymentInProgress, PaymentUnavailable
from ..interface import GatewayError, Price, Result
from ..models import Payment
from .payments import ASK_AFTER, parameters_of, start_request
from .settlement import book_new

__all__ = ["are_offline", "open_first", "open_offline", "open_payment"]


def open_first(order: AbstractOrder, shares: Sequence[tuple[str, Decimal | None]]) -> list[AbstractPayment]:
    """Payments of an order that is made in this very transaction, before any provider is called.

    Args:
        order: New, so nobody else has it.
        shares: Method and amount of each; ``None`` takes the rest, and may stand last only.

    Raises:
        MethodUnknown: No such method.
        AmountError: They don't sum to what is due.
        PaymentUnavailable: A gateway can't take its amount.
    """
    opened = _built(order, shares)
    for payment in opened:
        payment.save(force_insert=True)
    return opened


def _built(order: AbstractOrder, shares: Sequence[tuple[str, Decimal | None]]) -> list[AbstractPayment]:
    rest, built = order.due, []
    for method, amount in shares:
        payment = _build(order, method, amount, rest)
        rest -= payment.amount
        built.append(payment)
    if rest:
        raise AmountError(
            _("The payments don't cover the total."), most=plain(order.due, order.currency), attr="payments"
        )
    return built


def are_offline(methods: Iterable[str]) -> bool:
    """Whether nobody needs to be asked to begin payments by these methods, so that it may be done in a transaction.

    Raises:
        MethodUnknown: No such method.
    """
    return all(conf.gateway(method).capabilities.offline for method in methods)


def open_offline(
    order: AbstractOrder,
    shares: Sequence[tuple[str, Decimal | None]],
    *,
    return_url_of: Callable[[AbstractPayment], str],
    client_input: Mapping[str, Any],
    by: By,
) -> tuple[list[AbstractPayment], list[str]]:
    """Open and begin the payments of a new order in the transaction that makes it: :func:`open_first` and :func:`start` in one.

    Args:
        order: New; what its payments come to is set, and not saved.
        shares: As for :func:`open_first`, by methods that are offline (:func:`are_offline`).
        return_url_of: Where the browser comes back to from a payment.
        client_input: What the methods' form posted (untrusted).
        by: Who pays.

    Returns:
        The payments, and the order's fields to be saved. Where a gateway raises, none is begun; :func:`start` will meet it again.

    Raises:
        MethodUnknown, AmountError, PaymentUnavailable: As :func:`open_first`.
    """
    opened = _built(order, shares)
    answers: list[tuple[AbstractPayment, Result]] = []
    for payment in opened:
        payment.state = {"start": parameters_of(payment, return_url_of(payment), client_input, by)}
        try:
            answers.append((payment, noted(payment, conf.gateway(payment.method).start, start_request(payment))))
        except GatewayError:
            return _saved_unbegun(opened), []
    return opened, book_new(order, answers)


def _saved_unbegun(opened: list[AbstractPayment]) -> list[AbstractPayment]:
    for payment in opened:
        payment.state = {}
        payment.save(force_insert=True)
    return opened


@db.atomic
def open_payment(order: AbstractOrder, *, method: str, amount: Decimal | None = None) -> AbstractPayment:
    """One more payment for an order that is still to be paid. Locks the order.

    Args:
        order: Whichever.
        method: Alias of a gateway.
        amount: In the order's currency; all that is still to be paid if ``None``.

    Raises:
        MethodUnknown: No such method.
        PaymentInProgress: Live payments cover what is due already.
        AmountError: More than is due, or nothing.
        PaymentUnavailable: The gateway can't take the amount.
    """
    locked = Order.objects.filter(pk=order.pk).locked().get()
    live = sum((payment.amount for payment in Payment.objects.of_order(locked.pk).live()), ZERO)
    rest = locked.due - locked.net_paid - live
    if live and rest <= 0:
        raise PaymentInProgress(_("Another payment for this order is under way."), order=locked.number)
    payment = _build(locked, method, amount, rest)
    payment.save(force_insert=True)
    return payment


def _build(order: AbstractOrder, method: str, amount: Decimal | None, rest: Decimal) -> AbstractPayment:
    chosen, gateway = conf.method(method), conf.gateway(method)
    amount = rest if amount is None else exact(amount, order.currency)
    if not ZERO < amount <= rest:
        raise AmountError(_("You can't pay more than is due."), most=plain(rest, order.currency), attr="amount")
    reason = gateway.unavailable(Price(amount, order.currency), country=order.tax_country)
    if reason:
        raise PaymentUnavailable(reason, method=method)
    payment = Payment(
        order_id=order.pk,
        method=method,
        amount=amount,
        currency=order.currency,
        confirm_on=chosen.CONFIRM_ON,
        capture_at_once=chosen.CAPTURE == "at_once",
        reference=f"{order.number}-{get_random_string(8, 'ABCDEFGHJKMNPQRSTUVWXYZ23456789')}",
        key=uuid4().hex,
        ask_at=clock.now() + ASK_AFTER[0],
    )
    payment.order = order  # type: ignore[assignment]
    return payment
