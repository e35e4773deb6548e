"""The rows of an order: lines, charges, adjustments, taxes, history, credits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.fields import (
    AmountField,
    CountField,
    JsonField,
    RateField,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

_ZERO = Decimal(0)
_ORDER = "tradepost_orders.Order"


class AbstractOrderLine(models.Model):
    """A quantity of one thing, as it was sold. Amounts in the order's currency, ``unit_price`` on its basis."""

    order = models.ForeignKey(_ORDER, models.CASCADE, related_name="lines")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    position = CountField(default=0)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", editable=False)
    group = models.CharField(max_length=40, blank=True, default="")
    variant = models.ForeignKey(
        "tradepost_catalogue.Variant", models.SET_NULL, null=True, blank=True, related_name="order_lines"
    )
    sku = models.CharField(_("SKU"), max_length=255)
    name = models.CharField(max_length=255)
    variant_name = models.CharField(max_length=255, blank=True)
    options = JsonField(default=dict, blank=True)
    image = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=12, default="physical")
    weight = CountField(default=0, help_text=_("Of one unit, in grams."))
    quantity = CountField()
    cancelled_quantity = CountField(default=0, editable=False)
    shipped_quantity = CountField(default=0, editable=False)
    delivered_quantity = CountField(default=0, editable=False)
    returned_quantity = CountField(default=0, editable=False)
    list_price = AmountField(null=True, blank=True)
    unit_price = AmountField()
    price_source = models.CharField(max_length=100, blank=True)
    tax_class = models.CharField(max_length=50, blank=True)
    subtotal = AmountField(help_text=_("Before discounts, on the order's basis."))
    discount = AmountField(default=_ZERO)
    net = AmountField()
    tax = AmountField(default=_ZERO)
    total = AmountField()
    unit_cost = AmountField(null=True, blank=True)
    metadata = JsonField(default=dict, blank=True)

    if TYPE_CHECKING:
        adjustments: RelatedManager[AbstractOrderAdjustment]
        taxes: RelatedManager[AbstractOrderTax]

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [models.Index(fields=["sku"])]  # staff find orders by what is in them
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="%(app_label)s_%(class)s_some"),
            models.CheckConstraint(condition=db.equals("total", "net", "tax"), name="%(app_label)s_%(class)s_sum"),
            models.CheckConstraint(
                condition=Q(total__gte=0) & Q(discount__gte=0), name="%(app_label)s_%(class)s_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_quantity__lte=F("quantity") - F("shipped_quantity")),
                name="%(app_label)s_%(class)s_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def open_quantity(self) -> int:
        """Units that are neither cancelled nor shipped."""
        return self.quantity - self.cancelled_quantity - self.shipped_quantity


class AbstractOrderCharge(models.Model):
    """A charge beside the goods: shipping (one for each delivery group), fees, wrapping, rounding."""

    order = models.ForeignKey(_ORDER, models.CASCADE, related_name="charges")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    group = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=20, default="shipping")
    code = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    tax_class = models.CharField(max_length=50, blank=True)
    amount = AmountField(help_text=_("Before discounts, on the order's basis."))
    discount = AmountField(default=_ZERO)
    net = AmountField()
    tax = AmountField(default=_ZERO)
    total = AmountField()

    if TYPE_CHECKING:
        adjustments: RelatedManager[AbstractOrderAdjustment]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.CheckConstraint(condition=db.equals("total", "net", "tax"), name="%(app_label)s_%(class)s_sum"),
            models.CheckConstraint(
                condition=Q(total__gte=0) & Q(discount__gte=0), name="%(app_label)s_%(class)s_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AbstractOrderAdjustment(models.Model):
    """A discount on one line or charge. An order-level discount is stored as its shares, with one ``application``."""

    order = models.ForeignKey(_ORDER, models.CASCADE, related_name="adjustments")
    line = models.ForeignKey(
        "tradepost_orders.OrderLine", models.CASCADE, null=True, blank=True, related_name="adjustments"
    )
    charge = models.ForeignKey(
        "tradepost_orders.OrderCharge", models.CASCADE, null=True, blank=True, related_name="adjustments"
    )
    kind = models.CharField(max_length=12, default="promotion")
    application = models.CharField(max_length=80, blank=True)
    promotion_key = models.CharField(max_length=60, blank=True)
    promotion_name = models.CharField(max_length=100, blank=True)
    coupon = models.ForeignKey(
        "tradepost_promotions.Coupon", models.SET_NULL, null=True, blank=True, related_name="order_adjustments"
    )
    coupon_code = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=100)
    amount = AmountField(help_text=_("At most zero."))
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__lte=0), name="%(app_label)s_%(class)s_lowers"),
            models.CheckConstraint(
                condition=Q(line=None) ^ Q(charge=None), name="%(app_label)s_%(class)s_line_or_charge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.amount}"


class AbstractOrderTax(models.Model):
    """A tax on one line or charge; written for 0 % too, with the reason."""

    order = models.ForeignKey(_ORDER, models.CASCADE, related_name="taxes")
    line = models.ForeignKey("tradepost_orders.OrderLine", models.CASCADE, null=True, blank=True, related_name="taxes")
    charge = models.ForeignKey(
        "tradepost_orders.OrderCharge", models.CASCADE, null=True, blank=True, related_name="taxes"
    )
    name = models.CharField(max_length=100)
    jurisdiction = models.CharField(max_length=50, blank=True)
    rate = RateField()
    base = AmountField()
    amount = AmountField()
    compound = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.CheckConstraint(
                condition=Q(line=None) ^ Q(charge=None), name="%(app_label)s_%(class)s_line_or_charge"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"


class AbstractOrderEvent(models.Model):
    """One entry of an order's history: a transition, or an act of staff with money. Never changed."""

    order = models.ForeignKey(_ORDER, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    facts = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("history entry")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return f"{self.kind} {self.from_state}→{self.to_state}" if self.to_state else self.kind


class AbstractCredit(models.Model):
    """An amount taken off a placed order; append-only."""

    class Reason(models.TextChoices):
        CANCELLED = "cancelled", _("Cancelled")
        RETURNED = "returned", _("Returned")
        GOODWILL = "goodwill", _("Goodwill")
        PRICE = "price", _("Price")

    order = models.ForeignKey(_ORDER, models.PROTECT, related_name="credits")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=200, blank=True)
    net = AmountField()
    tax = AmountField(default=_ZERO)
    total = AmountField()
    actor_label = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        lines: RelatedManager[AbstractCreditLine]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.CheckConstraint(condition=db.equals("total", "net", "tax"), name="%(app_label)s_%(class)s_sum"),
            models.CheckConstraint(condition=Q(total__gte=0), name="%(app_label)s_%(class)s_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.total}"


class AbstractCreditLine(models.Model):
    """The share of one line or charge in a credit; ``taxes`` maps the id of each of its taxes to the share of it."""

    credit = models.ForeignKey("tradepost_orders.Credit", models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        "tradepost_orders.OrderLine", models.PROTECT, null=True, blank=True, related_name="credit_lines"
    )
    charge = models.ForeignKey(
        "tradepost_orders.OrderCharge", models.PROTECT, null=True, blank=True, related_name="credit_lines"
    )
    quantity = CountField(default=0)
    net = AmountField()
    tax = AmountField(default=_ZERO)
    total = AmountField()
    taxes = JsonField(default=dict, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("credit line")
        verbose_name_plural = _("credit lines")
        constraints = [
            models.CheckConstraint(condition=db.equals("total", "net", "tax"), name="%(app_label)s_%(class)s_sum"),
            models.CheckConstraint(
                condition=Q(line=None) | Q(charge=None), name="%(app_label)s_%(class)s_line_or_charge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.total}"
