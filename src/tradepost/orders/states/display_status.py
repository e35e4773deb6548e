"""An order's axes, flattened for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from tradepost.core.fsm import states_that

from .statuses import (
    FulfilmentStatus,
    PaymentStatus,
    Status,
)

if TYPE_CHECKING:
    from ..base import AbstractOrder

__all__ = ["Stage", "is_emptied", "stage", "stage_choices", "stage_column", "stage_label", "status_choices"]


class Stage(models.TextChoices):
    """The status that customers see."""

    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    CONFIRMED = "confirmed", _("Confirmed")
    PAID = "paid", _("Paid")
    PROCESSING = "processing", _("In preparation")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    PARTLY_DELIVERED = "partly_delivered", _("Partly delivered")
    DELIVERED = "delivered", _("Delivered")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    ON_HOLD = "on_hold", _("On hold")
    REFUND_DUE = "refund_due", _("Refund due")
    REFUNDED = "refunded", _("Refunded")
    PARTLY_RETURNED = "partly_returned", _("Partly returned")
    RETURNED = "returned", _("Returned")


_GOODS = {
    FulfilmentStatus.RETURNED: Stage.RETURNED,
    FulfilmentStatus.DELIVERED: Stage.DELIVERED,
    FulfilmentStatus.SHIPPED: Stage.SHIPPED,
    FulfilmentStatus.PARTLY_DELIVERED: Stage.PARTLY_DELIVERED,
    FulfilmentStatus.PARTLY_RETURNED: Stage.PARTLY_RETURNED,
    FulfilmentStatus.PARTLY_SHIPPED: Stage.PARTLY_SHIPPED,
}
# What the customer owes is there: a part that was given back leaves an order as paid as it was.
_PAID = {PaymentStatus.PAID, PaymentStatus.PARTLY_REFUNDED}


def stage(order: AbstractOrder) -> str:
    """The stage of an order. An unknown status (a project's own) is its own stage.

    It comes from the order's own columns; of one that was credited and not shipped the lines are asked, too, unless it was
    fetched by :meth:`~tradepost.orders.querysets.OrderQuerySet.with_open_units`.
    """
    if order.payment_status == PaymentStatus.OVERPAID:
        return Stage.REFUND_DUE
    if order.payment_status == PaymentStatus.REFUNDED:
        return Stage.REFUNDED
    if order.allows.is_final:
        return str(order.status)
    if order.hold:
        return Stage.ON_HOLD
    if is_emptied(order):
        return Stage.CANCELLED
    if order.status == Status.PENDING:
        return Stage.AWAITING_PAYMENT
    if order.fulfilment_status in _GOODS:
        return _GOODS[FulfilmentStatus(order.fulfilment_status)]
    if order.status == Status.PROCESSING:
        return Stage.PROCESSING
    if order.status == Status.CONFIRMED:
        return Stage.PAID if order.payment_status in _PAID else Stage.CONFIRMED
    return str(order.status)


def stage_column(model: type[AbstractOrder]) -> Case:
    """The same as an expression, for queries; of orders fetched by ``with_open_units()``."""
    emptied = Q(fulfilment_status=FulfilmentStatus.UNFULFILLED) & (Q(credited__gt=0) | Q(total=0))

    def when(condition: Q, stage: object) -> When:
        return When(condition, then=stage if isinstance(stage, F) else Value(str(stage)))

    return Case(
        when(Q(payment_status=PaymentStatus.OVERPAID), Stage.REFUND_DUE),
        when(Q(payment_status=PaymentStatus.REFUNDED), Stage.REFUNDED),
        when(Q(status__in=states_that(model, "is_final")), F("status")),
        when(~Q(hold=""), Stage.ON_HOLD),
        When(emptied & Q(_no_open_units()), then=Value(str(Stage.CANCELLED))),
        when(Q(status=Status.PENDING), Stage.AWAITING_PAYMENT),
        *(when(Q(fulfilment_status=there), stage) for there, stage in _GOODS.items()),
        when(Q(status=Status.PROCESSING), Stage.PROCESSING),
        when(Q(status=Status.CONFIRMED, payment_status__in=_PAID), Stage.PAID),
        when(Q(status=Status.CONFIRMED), Stage.CONFIRMED),
        default=F("status"),
        output_field=CharField(),
    )


def _no_open_units() -> Any:
    """An order without lines has none, and no sum of them either."""
    return Exact(Coalesce(F("open_units"), 0), 0)


def is_emptied(order: AbstractOrder) -> bool:
    """Whether all units were called off one by one: nothing is left to pack, whatever the order's own state."""
    may_be = order.credited > 0 or order.total == 0
    if not may_be or order.fulfilment_status != FulfilmentStatus.UNFULFILLED:
        return False
    units = order.__dict__.get("open_units")
    if units is None:
        units = sum(line.open_quantity for line in order.lines.all())
    return int(units) == 0


def status_choices(model: type[AbstractOrder]) -> list[tuple[str, str]]:
    """Each status of a project's orders with its label, those that it added included."""
    return [(str(value), str(label)) for value, label in model._meta.get_field("status").choices or ()]


def stage_choices(model: type[AbstractOrder]) -> list[tuple[str, str]]:
    """Each stage that a project's orders may be at with its label, those that it added included."""
    own = [(value, label) for value, label in status_choices(model) if value not in {*Status, *Stage.values}]
    return [*((value, str(label)) for value, label in Stage.choices), *own]


def stage_label(order: AbstractOrder) -> str:
    """The stage for people; a status that a project added is called by its own label."""
    return dict(stage_choices(type(order))).get(order.stage, str(order.stage))
