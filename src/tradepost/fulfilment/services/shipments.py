"""Use cases of shipments. The order is locked first, then the shipment; it learns of units through its own services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.core.fsm import fire, states_that
from tradepost.core.one_time_keys import once
from tradepost.inventory import services as inventory
from tradepost.inventory.ports import Owner
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order, OrderLine
from tradepost.orders.selectors import units_by_variant

from ..base import AbstractShipment
from ..errors import NotShippable, TooManyUnits
from ..events import ShipmentDelivered, ShipmentShipped
from ..models import Shipment, ShipmentLine

__all__ = ["cancel_shipment", "create_shipment", "deliver", "left_to_ship", "set_tracking", "ship", "ship_now"]


S = TypeVar("S", bound=AbstractShipment)


def left_to_ship(order: AbstractOrder) -> dict[int, int]:
    """Units by line that are neither cancelled nor in a shipment, pending ones included; two queries.

    Units that were packed and then cancelled are counted once: of their line nothing is left.
    """
    packed = _packed(order)
    return {line.pk: max(0, line.open_quantity - packed[line.pk]) for line in order.lines.all()}


def _packed(order: AbstractOrder) -> Counter[int]:
    states = states_that(Shipment, "is_packed")
    packed = ShipmentLine.objects.filter(shipment__order_id=order.pk, shipment__status__in=states)
    return Counter(dict(packed.values("line_id").annotate(units=Sum("quantity")).values_list("line_id", "units")))


@once("fulfilment.create_shipment")
@db.atomic
def create_shipment(
    order: AbstractOrder,
    units: Mapping[int, int],
    *,
    by: By,
    kind: str = "parcel",
    carrier: str = "",
    tracking_number: str = "",
    tracking_url: str = "",
    group: str = "",
    location_id: int | None = None,
    idempotency_key: str = "",
) -> AbstractShipment:
    """Pack units of an order, which is processed from now on.

    Args:
        order: In a state that says ``can_ship`` (confirmed, processing), and not on hold.
        units: By the primary key of a line, each greater than zero.
        by: Who packs.
        kind: A value of ``Shipment.Kind``.
        group: The delivery group that it serves.
        location_id: Where it leaves from; where the stock was reserved, if ``None``.
        idempotency_key: The same one again packs nothing more, and gives the first's shipment.

    Raises:
        NotShippable: The order isn't confirmed, or on hold.
        TooManyUnits: Fewer units of a line are left; nothing was written.
        Invalid: No units, less than one, a line of another order.
    """
    row = _locked_order(order.pk)
    _check_shippable(row)
    _check_packable(row, units)
    shipment = Shipment.objects.create(
        order_id=row.pk,
        kind=kind,
        carrier=carrier,
        tracking_number=tracking_number,
        tracking_url=tracking_url,
        group=group,
        location_id=location_id,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line_id=pk, quantity=quantity) for pk, quantity in units.items()
    )
    if any(step.name == "start_processing" for step in orders.available_transitions(row, SYSTEM)):
        orders.apply(row, "start_processing", by=SYSTEM, reason=str(_("A shipment was packed.")))
    return shipment


@db.atomic
def ship(shipment: S, *, by: By) -> S:
    """Book that a shipment has left: its units leave the stock. Again it is a no-op.

    Raises:
        TransitionRefused: It was cancelled, or by the wrong actor.
        NotShippable: The order isn't confirmed any more, or on hold.
        TooManyUnits: Units of it were cancelled since it was packed.
    """
    order, row = _locked(shipment)
    if not fire(row, "ship", by):
        return row
    _check_shippable(order)
    units = _units(row)
    lines = {line.pk: line for line in OrderLine.objects.filter(order_id=order.pk, pk__in=units)}
    _check_units({pk: line.open_quantity for pk, line in lines.items()}, units, lines)
    row.shipped_at = clock.now()
    row.save(update_fields=["status", "shipped_at"])
    by_variant = units_by_variant((lines[pk], quantity) for pk, quantity in units.items())
    inventory.ship(Owner("order", str(order.pk)), by_variant, by=by, location_id=row.location_id)
    orders.record_fulfilment(order.pk, _counted(lines, units, shipped=True))
    facts = {"shipment": str(row.uuid), "units": {lines[pk].sku: quantity for pk, quantity in units.items()}}
    orders.note(order, "ship", by=by, facts=facts)
    events.publish(ShipmentShipped(row.pk, order.pk))
    return row


@db.atomic
def deliver(shipment: S, *, by: By) -> S:
    """Book that a shipment has arrived. Again it is a no-op.

    Raises:
        TransitionRefused: It has not left, or by the wrong actor.
    """
    order, row = _locked(shipment)
    if not fire(row, "deliver", by):
        return row
    row.delivered_at = clock.now()
    row.save(update_fields=["status", "delivered_at"])
    units = _units(row)
    lines = {line.pk: line for line in OrderLine.objects.filter(order_id=order.pk, pk__in=units)}
    orders.record_fulfilment(order.pk, _counted(lines, units, shipped=False))
    orders.note(order, "deliver", by=by, facts={"shipment": str(row.uuid)})
    events.publish(ShipmentDelivered(row.pk, order.pk))
    return row


@db.atomic
def cancel_shipment(shipment: S, *, by: By) -> S:
    """Unpack a shipment that has not left; its units may be packed again. Again it is a no-op.

    Raises:
        TransitionRefused: It has left, or by the wrong actor.
    """
    order, row = _locked(shipment)
    if fire(row, "cancel", by):
        row.save(update_fields=["status"])
        orders.note(order, "cancel_shipment", by=by, facts={"shipment": str(row.uuid)})
    return row


@db.atomic
def set_tracking(
    shipment: S,
    *,
    by: By,
    carrier: str | None = None,
    tracking_number: str | None = None,
    tracking_url: str | None = None,
) -> S:
    """Change who carries a shipment and how it is followed, whether it has left or not; ``None`` leaves a value as it is.

    Raises:
        Invalid: The link isn't one, or a text is too long; nothing was written.
    """
    order, row = _locked(shipment)
    values = {"carrier": carrier, "tracking_number": tracking_number, "tracking_url": tracking_url}
    changed = {name: value for name, value in values.items() if value is not None and value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        _check_details(row, changed)
        row.save(update_fields=[*changed])
        orders.note(order, "tracking", by=by, facts={"shipment": str(row.uuid), **changed})
    return row


def _check_details(row: AbstractShipment, names: Iterable[str]) -> None:
    for name in names:
        try:
            row._meta.get_field(name).clean(getattr(row, name), row)  # type: ignore[union-attr]
        except ValidationError as error:
            raise Invalid(" ".join(error.messages), attr=name) from error


@db.atomic
def ship_now(order: AbstractOrder, units: Mapping[int, int], *, by: By, **details: Any) -> AbstractShipment:
    """Pack units and book that they have left. Arguments and refusals are those of :func:`create_shipment`.

    With an ``idempotency_key`` that packed before, the shipment of then is given, and has left once.
    """
    return ship(create_shipment(order, units, by=by, **details), by=by)


def _locked_order(order_id: int) -> Order:
    return Order.objects.locked().get(pk=order_id)


def _locked(shipment: S) -> tuple[Order, S]:
    order = _locked_order(shipment.order_id)
    return order, db.lock(type(shipment)._base_manager.filter(pk=shipment.pk)).get()


def _check_shippable(order: AbstractOrder) -> None:
    if not order.allows.can_ship:
        raise NotShippable(_("The order is not confirmed."), reason="wrong_state", state=str(order.status))
    if order.hold:
        raise NotShippable(_("The order is on hold."), reason="on_hold", hold=order.hold)


def _check_packable(order: AbstractOrder, units: Mapping[int, int]) -> None:
    if not units or any(quantity < 1 for quantity in units.values()):
        raise Invalid(_("A quantity is at least one."), attr="quantity")
    lines = {line.pk: line for line in OrderLine.objects.filter(order_id=order.pk)}
    if not units.keys() <= lines.keys():
        raise Invalid(_("Name lines of this order."), attr="units")
    packed = _packed(order)
    _check_units({pk: max(0, lines[pk].open_quantity - packed[pk]) for pk in units}, units, lines)


def _check_units(open_units: Mapping[int, int], units: Mapping[int, int], lines: Mapping[int, OrderLine]) -> None:
    short = {str(lines[pk].uuid): open_units[pk] for pk, quantity in units.items() if quantity > open_units[pk]}
    if short:
        raise TooManyUnits(_("You can't ship more units than are left."), lines=short)


def _units(shipment: AbstractShipment) -> dict[int, int]:
    return dict(ShipmentLine.objects.filter(shipment_id=shipment.pk).values_list("line_id", "quantity"))


def _counted(
    lines: Mapping[int, OrderLine], units: Mapping[int, int], *, shipped: bool
) -> dict[int, tuple[int, int, int]]:
    """All three counters of each line, with these units added to the shipped or to the delivered."""
    return {
        pk: (
            line.shipped_quantity + (units[pk] if shipped else 0),
            line.delivered_quantity + (0 if shipped else units[pk]),
            line.returned_quantity,
        )
        for pk, line in lines.items()
    }
