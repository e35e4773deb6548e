"""Money that is taken when goods leave: what payments and shipments have to do with each other, who don't know each other."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from tradepost.core.actors import SYSTEM
from tradepost.core.money import ZERO, quantise
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

if TYPE_CHECKING:
    from tradepost.fulfilment.events import ShipmentShipped
    from tradepost.payments.base import AbstractPayment

__all__ = ["capture_shipped", "value_of"]


def capture_shipped(event: ShipmentShipped) -> None:
    """Take the money for what has left, for methods whose ``CAPTURE`` is ``on_shipment``. Once for each shipment.

    Never more than is due, whichever shipment it is: a credit may have taken off what its goods are worth.

    The last shipment takes all that is due, and lets the rest of the authorisation go. Before it a part is taken where the
    method captures several times; where it captures once, nothing is taken until the last one.
    """
    from tradepost.payments import services
    from tradepost.payments.ledger import balance_of

    held = _held(event.order_id)
    if not held:
        return
    order = Order.objects.prefetch_related("lines", "charges").get(pk=event.order_id)
    is_last = not any(line.open_quantity for line in order.lines.all())
    worth = value_of(order, _units(event.shipment_id), first=_is_first(event))
    rest = _due(order) if is_last else min(worth, _due(order))
    reason = f"shipment {event.shipment_id}"
    for payment in held:
        amount = min(rest, balance_of(payment).authorised)
        if _was_asked(payment, reason) or not (is_last or _captures_often(payment)):
            continue
        if amount > 0:
            key = f"{reason}, {_failures(payment, reason)}"
            services.capture_up_to(payment, amount, by=SYSTEM, final=is_last, reason=reason, idempotency_key=key)
            rest -= amount
        elif is_last and _can_let_go(payment):
            services.cancel(payment, by=SYSTEM, reason=reason)


def value_of(order: AbstractOrder, units: Mapping[int, int], *, first: bool) -> Decimal:
    """The worth of some units of an order, in its currency: their share of their lines' totals.

    Args:
        order: With its lines and charges.
        units: By the primary key of a line.
        first: With the charges as well: delivery and fees are paid with the first shipment.
    """
    shares = [line.total * units[line.pk] / line.quantity for line in order.lines.all() if line.pk in units]
    charges = sum((charge.total for charge in order.charges.all()), ZERO) if first else ZERO
    return sum((quantise(share, order.currency) for share in shares), ZERO) + charges


def _held(order_id: int) -> list[AbstractPayment]:
    from tradepost.payments import conf
    from tradepost.payments.ledger import balance_of
    from tradepost.payments.models import Payment

    aliases = [alias for alias, method in conf.methods().items() if method.CAPTURE == "on_shipment"]
    if not aliases:
        return []
    payments = Payment.objects.of_order(order_id).filter(method__in=aliases).prefetch_related("transactions")
    return [payment for payment in payments if balance_of(payment).authorised > 0]


def _due(order: AbstractOrder) -> Decimal:
    """The amount that is neither captured nor about to be."""
    from tradepost.payments.ledger import balance_of
    from tradepost.payments.models import Payment

    balances = [balance_of(payment) for payment in Payment.objects.of_order(order.pk).prefetch_related("transactions")]
    return order.due - sum((sums.net + sums.capture_pending for sums in balances), ZERO)


def _units(shipment_id: int) -> dict[int, int]:
    from tradepost.fulfilment.models import Shipment

    return dict(Shipment.objects.get(pk=shipment_id).lines.values_list("line_id", "quantity"))


def _is_first(event: ShipmentShipped) -> bool:
    from tradepost.fulfilment.models import Shipment

    shipped = Shipment.objects.filter(order_id=event.order_id, shipped_at__isnull=False)
    return shipped.order_by("shipped_at", "pk").values_list("pk", flat=True).first() == event.shipment_id


def _was_asked(payment: AbstractPayment, reason: str) -> bool:
    """Whether this shipment's money was asked for before: events come at least once."""
    rows = payment.transactions.all()
    return any(row.kind == "capture" and row.state != "failed" and row.reason == reason for row in rows)


def _failures(payment: AbstractPayment, reason: str) -> int:
    """How often this shipment's money was asked for in vain: each new attempt has a key of its own."""
    return sum(row.state == "failed" and row.reason == reason for row in payment.transactions.all())


def _can_let_go(payment: AbstractPayment) -> bool:
    from tradepost.payments import conf

    return conf.gateway(payment.method).capabilities.void


def _captures_often(payment: AbstractPayment) -> bool:
    from tradepost.payments import conf

    return conf.gateway(payment.method).capabilities.multi_capture
