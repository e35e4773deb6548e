"""Models of shipments: how an order's goods reach the customer."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import Actor
from tradepost.core.db.fields import CountField
from tradepost.core.db.querysets import LockableQuerySet
from tradepost.core.fsm import StateField, StatefulModel, transition

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = ["AbstractShipment", "AbstractShipmentLine", "ShipmentAllows", "ShipmentStatus"]


class ShipmentStatus(str, enum.Enum):
    """pending → shipped → delivered; pending → cancelled."""

    PENDING = "pending"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAllows:
    """The use of a shipment's units in a state. A state of your own says so beside its transition: ``custom={"allows": …}``.

    Attributes:
        is_packed: They are in it and haven't left: nobody else may pack them.
        can_ship: It may leave.
        can_cancel: It may be unpacked.
    """

    is_packed: bool = False
    can_ship: bool = False
    can_cancel: bool = False


_PACKED = ShipmentAllows(is_packed=True, can_ship=True, can_cancel=True)
_BY_STAFF = {Actor.STAFF, Actor.SYSTEM, Actor.VENDOR}


class AbstractShipment(StatefulModel):
    """One parcel, pickup or download of an order."""

    class Kind(models.TextChoices):
        PARCEL = "parcel", _("Parcel")
        PICKUP = "pickup", _("Pickup")
        DIGITAL = "digital", _("Digital")

    order = models.ForeignKey("tradepost_orders.Order", models.PROTECT, related_name="shipments")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PARCEL)
    group = models.CharField(max_length=40, blank=True, default="")
    location = models.ForeignKey(
        "tradepost_inventory.Location", models.PROTECT, null=True, blank=True, related_name="shipments"
    )
    status = StateField(
        default=ShipmentStatus.PENDING.value,
        max_length=12,
        db_index=True,
        rules={ShipmentStatus.PENDING: _PACKED, **dict.fromkeys(list(ShipmentStatus)[1:], ShipmentAllows())},
        undeclared=ShipmentAllows(),
    )
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    tracking_url = models.URLField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[LockableQuerySet[Self]] = LockableQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        lines: RelatedManager[AbstractShipmentLine]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")

    def __str__(self) -> str:
        return self.tracking_number or str(self.uuid)

    @transition(
        field=status,
        source=ShipmentStatus.PENDING.value,
        target=ShipmentStatus.SHIPPED.value,
        custom={"actors": _BY_STAFF, "verb": _("Mark as shipped"), "also_from": "can_ship"},
    )
    def ship(self) -> None:
        """It has left."""

    @transition(
        field=status,
        source=ShipmentStatus.SHIPPED.value,
        target=ShipmentStatus.DELIVERED.value,
        custom={"actors": _BY_STAFF, "verb": _("Mark as delivered")},
    )
    def deliver(self) -> None:
        """It has arrived."""

    @transition(
        field=status,
        source=ShipmentStatus.PENDING.value,
        target=ShipmentStatus.CANCELLED.value,
        custom={"actors": _BY_STAFF, "verb": _("Cancel"), "also_from": "can_cancel"},
    )
    def cancel(self) -> None:
        """It won't leave."""


class AbstractShipmentLine(models.Model):
    """A quantity of an order's line in a shipment."""

    shipment = models.ForeignKey("tradepost_fulfilment.Shipment", models.CASCADE, related_name="lines")
    line = models.ForeignKey("tradepost_orders.OrderLine", models.PROTECT, related_name="shipment_lines")
    quantity = CountField()

    class Meta:
        abstract = True
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="%(app_label)s_%(class)s_some"),
            models.UniqueConstraint(fields=["shipment", "line"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.sku}"
