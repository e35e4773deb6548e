"""Models of stock: where it is, what is reserved of it, and how it changed."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.counters import without_counters
from tradepost.core.db.fields import (
    CountField,
    SmallNumberField,
    WholeField,
)

from .querysets import ReservationQuerySet, StockQuerySet

__all__ = ["AbstractLocation", "AbstractReservation", "AbstractStockLevel", "AbstractStockMovement"]


class AbstractLocation(models.Model):
    """A place that holds stock."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    priority = SmallNumberField(default=0, help_text=_("Locations with the lowest number are used first."))
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["priority", "pk"]
        verbose_name = _("stock location")
        verbose_name_plural = _("stock locations")

    def __str__(self) -> str:
        return self.name


class AbstractStockLevel(models.Model):
    """Stock of one variant at one location, in sellable units."""

    variant = models.ForeignKey("tradepost_catalogue.Variant", models.CASCADE, related_name="stock_levels")
    location = models.ForeignKey("tradepost_inventory.Location", models.PROTECT, related_name="levels")
    on_hand = WholeField(default=0, help_text=_("A count may find less than is reserved."))
    reserved = CountField(default=0, editable=False)
    backorder_limit = CountField(default=0, help_text=_("Units that may be sold before they are in stock."))
    low_stock_at = CountField(null=True, blank=True, help_text=_("Low stock is reported at this number or fewer."))

    objects: ClassVar[StockQuerySet[Self]] = StockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="%(app_label)s_%(class)s_place"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="%(app_label)s_%(class)s_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.variant.sku}, {self.location.name}: {self.on_hand} − {self.reserved}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Units are booked by services alone: a form that changes a limit would write those that it was opened with."""
        super().save(*args, **without_counters(self, ("on_hand", "reserved"), kwargs))

    @property
    def available(self) -> int:
        """Units on the shelf that nobody was promised; below zero after a count that found too few."""
        return self.on_hand - self.reserved

    @property
    def sellable(self) -> int:
        """Units that may still be promised, backorders included; never below zero."""
        return max(0, self.available + self.backorder_limit)

    @property
    def threshold(self) -> int:
        """Available units at which staff are told: where none was set, when more is promised than may be."""
        return -self.backorder_limit - 1 if self.low_stock_at is None else self.low_stock_at


class AbstractReservation(models.Model):
    """Units held for an owner: an order, or whatever a project sells by. Their sum is ``StockLevel.reserved``."""

    variant = models.ForeignKey("tradepost_catalogue.Variant", models.PROTECT, related_name="+")
    location = models.ForeignKey("tradepost_inventory.Location", models.PROTECT, related_name="+")
    quantity = CountField()
    owner_kind = models.CharField(max_length=20)
    owner_key = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ReservationQuerySet[Self]] = ReservationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_kind", "owner_key", "variant", "location"], name="%(app_label)s_%(class)s_owner"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="%(app_label)s_%(class)s_some"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant.sku}, {self.location.name} ({self.owner_kind} {self.owner_key})"


class AbstractStockMovement(models.Model):
    """One change of a level, for ever: the sums of the deltas are the level."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Received")
        RESERVED = "reserved", _("Reserved")
        RELEASED = "released", _("Released")
        SHIPPED = "shipped", _("Shipped")
        RETURNED = "returned", _("Returned")
        ADJUSTED = "adjusted", _("Adjusted")
        MOVED = "moved", _("Moved")

    variant = models.ForeignKey("tradepost_catalogue.Variant", models.PROTECT, related_name="stock_movements")
    location = models.ForeignKey("tradepost_inventory.Location", models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on_hand_delta = WholeField(default=0)
    reserved_delta = WholeField(default=0)
    cause_kind = models.CharField(max_length=20, blank=True)
    cause_key = models.CharField(max_length=64, blank=True)
    actor = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [models.Index(fields=["cause_kind", "cause_key"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(on_hand_delta=0) | ~Q(reserved_delta=0), name="%(app_label)s_%(class)s_moves"
            )
        ]

    def __str__(self) -> str:
        change = f"{self.get_kind_display()} {self.on_hand_delta:+d}/{self.reserved_delta:+d}"
        return f"{self.variant.sku}, {self.location.name}: {change}"
