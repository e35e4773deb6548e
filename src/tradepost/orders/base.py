"""Models of orders. An order copies what it needs, and its money is frozen when it is placed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import Actor
from tradepost.core.addresses import PostalAddress
from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    JsonField,
    NumberField,
)
from tradepost.core.db.versioned import VersionedModel
from tradepost.core.fsm import StateField, StatefulModel, allows, transition

from .events import (
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderExpired,
    OrderProcessing,
    OrderReinstated,
)
from .querysets import OrderQuerySet
from .row_models import (
    AbstractCredit,
    AbstractCreditLine,
    AbstractOrderAdjustment,
    AbstractOrderCharge,
    AbstractOrderEvent,
    AbstractOrderLine,
    AbstractOrderTax,
)
from .states import guards
from .states.display_status import stage
from .states.statuses import (
    RULES,
    Allows,
    FulfilmentStatus,
    PaymentStatus,
    Status,
    Sums,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractCredit",
    "AbstractCreditLine",
    "AbstractOrder",
    "AbstractOrderAdjustment",
    "AbstractOrderCharge",
    "AbstractOrderEvent",
    "AbstractOrderLine",
    "AbstractOrderTax",
]

_ZERO = Decimal(0)
_BY_STAFF = {Actor.SYSTEM, Actor.STAFF}


class AbstractOrder(VersionedModel, StatefulModel):
    """One order in one currency, on one basis (net or gross prices)."""

    Status = Status

    number = models.CharField(max_length=32, unique=True)
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    access_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    source_key = models.CharField(max_length=100, null=True, blank=True, unique=True, editable=False)
    source = models.CharField(max_length=20, default="basket")
    parent = models.ForeignKey(
        "tradepost_orders.Order", models.PROTECT, null=True, blank=True, related_name="children", editable=False
    )
    replaces = models.OneToOneField(
        "tradepost_orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        editable=False,
        help_text=_("The order that was cancelled for this one, as staff changed it before it was paid."),
    )
    channel = models.SlugField(max_length=50, default="web")
    language = models.CharField(max_length=10, blank=True)

    customer = models.ForeignKey(
        "tradepost_customers.Customer", models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    email = models.EmailField(blank=True, db_index=True)
    phone = models.CharField(max_length=40, blank=True)
    company = models.CharField(max_length=200, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    tax_id_check = models.CharField(max_length=40, blank=True)
    shipping_address = JsonField(default=dict, blank=True)
    billing_address = JsonField(default=dict, blank=True)

    currency = CurrencyField()
    base_currency = CurrencyField()
    exchange_rate = NumberField(max_digits=20, decimal_places=10, default=Decimal(1))
    prices_include_tax = models.BooleanField()
    tax_rounding = models.CharField(max_length=5, default="line")
    tax_country = models.CharField(max_length=2, blank=True)
    tax_region = models.CharField(max_length=80, blank=True)
    tax_postcode = models.CharField(max_length=20, blank=True)

    goods_net = AmountField(default=_ZERO)
    goods_tax = AmountField(default=_ZERO)
    goods_total = AmountField(default=_ZERO)
    charges_net = AmountField(default=_ZERO)
    charges_tax = AmountField(default=_ZERO)
    charges_total = AmountField(default=_ZERO)
    discount = AmountField(default=_ZERO)
    total = AmountField(default=_ZERO)
    credited = AmountField(default=_ZERO)

    amount_authorised = AmountField(default=_ZERO, editable=False)
    amount_captured = AmountField(default=_ZERO, editable=False)
    amount_refunded = AmountField(default=_ZERO, editable=False)
    amount_charged_back = AmountField(default=_ZERO, editable=False)
    amount_secured = AmountField(default=_ZERO, editable=False)
    payments_open = CountField(default=0, editable=False)
    payments_unknown = CountField(default=0, editable=False)

    status = StateField(
        default=Status.PENDING.value,
        max_length=20,
        db_index=True,
        rules=RULES,
        undeclared=Allows(),
        labels={
            Status.PENDING: _("Pending"),
            Status.CONFIRMED: _("Confirmed"),
            Status.PROCESSING: _("Processing"),
            Status.COMPLETED: _("Completed"),
            Status.CANCELLED: _("Cancelled"),
            Status.EXPIRED: _("Expired"),
        },
    )
    payment_status = models.CharField(
        max_length=16, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID, db_index=True, editable=False
    )
    fulfilment_status = models.CharField(
        max_length=16,
        choices=FulfilmentStatus.choices,
        default=FulfilmentStatus.UNFULFILLED,
        db_index=True,
        editable=False,
    )
    hold = models.CharField(
        max_length=40, blank=True, help_text=_("Why nothing may be done with it; empty for no hold.")
    )

    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    terms_version = models.CharField(max_length=40, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    customer_note = models.TextField(blank=True)
    client_ip = models.GenericIPAddressField(null=True, blank=True, editable=False)
    metadata = JsonField(default=dict, blank=True)
    visitor_key = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_index=True,
        editable=False,
        help_text=_("Of the guest who placed it, hashed."),
    )
    email_key = models.CharField(
        max_length=254,
        blank=True,
        default="",
        db_index=True,
        editable=False,
        help_text=_("Of the mailbox, by which a guest's order is joined to an account."),
    )

    objects: ClassVar[OrderQuerySet[Self]] = OrderQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        lines: RelatedManager[AbstractOrderLine]
        charges: RelatedManager[AbstractOrderCharge]
        taxes: RelatedManager[AbstractOrderTax]
        adjustments: RelatedManager[AbstractOrderAdjustment]
        events: RelatedManager[AbstractOrderEvent]
        credits: RelatedManager[AbstractCredit]

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [models.Index(fields=["status", "expires_at"])]
        permissions = [
            ("override_order", "Can pass over the guards of an order"),
            ("credit_order", "Can take an amount off what is due for an order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=db.equals("goods_total", "goods_net", "goods_tax"), name="%(app_label)s_%(class)s_goods"
            ),
            models.CheckConstraint(
                condition=db.equals("charges_total", "charges_net", "charges_tax"),
                name="%(app_label)s_%(class)s_charges",
            ),
            models.CheckConstraint(
                condition=db.equals("total", "goods_total", "charges_total"), name="%(app_label)s_%(class)s_total"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0) & Q(credited__gte=0) & Q(credited__lte=F("total")),
                name="%(app_label)s_%(class)s_credited",
            ),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="%(app_label)s_%(class)s_rate"),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(
        field=status,
        source=Status.PENDING.value,
        target=Status.CONFIRMED.value,
        conditions=[guards.is_covered],
        custom={
            "actors": _BY_STAFF,
            "overridable": True,
            "verb": _("Confirm"),
            "event": OrderConfirmed,
            "also_from": "awaits_payment",
        },
    )
    def confirm(self) -> None:
        """Accept it: it is paid, authorised, or to be paid later."""

    @transition(
        field=status,
        source=Status.CONFIRMED.value,
        target=Status.PROCESSING.value,
        conditions=[guards.no_hold],
        custom={"actors": _BY_STAFF | {Actor.VENDOR}, "verb": _("Start processing"), "event": OrderProcessing},
    )
    def start_processing(self) -> None:
        """Somebody packs it; the customer can't cancel any more."""

    @transition(
        field=status,
        source=[Status.CONFIRMED.value, Status.PROCESSING.value],
        target=Status.COMPLETED.value,
        conditions=[guards.is_fulfilled, guards.is_settled],
        custom={"actors": _BY_STAFF, "verb": _("Complete"), "event": OrderCompleted, "also_from": "can_complete"},
    )
    def complete(self) -> None:
        """All is delivered and paid."""

    @transition(
        field=status,
        source=Status.PROCESSING.value,
        target=Status.CANCELLED.value,
        conditions=[guards.nothing_shipped, guards.payments_settled],
        custom={
            "actors": {Actor.STAFF},
            "verb": _("Cancel"),
            "event": OrderCancelled,
            "also_from": "only_staff_can_cancel",
        },
    )
    @transition(
        field=status,
        source=[Status.PENDING.value, Status.CONFIRMED.value],
        target=Status.CANCELLED.value,
        conditions=[guards.nothing_shipped, guards.payments_settled],
        custom={
            "actors": _BY_STAFF | {Actor.CUSTOMER},
            "verb": _("Cancel"),
            "event": OrderCancelled,
            "also_from": "customer_can_cancel",
        },
    )
    def cancel(self) -> None:
        """Call it off: stock and coupons are given back, what was paid is refunded by a durable handler."""

    @transition(
        field=status,
        source=Status.PENDING.value,
        target=Status.EXPIRED.value,
        conditions=[guards.is_due_to_expire, guards.unpaid],
        custom={
            "actors": {Actor.SYSTEM},
            "verb": _("Expire"),
            "event": OrderExpired,
            "also_from": "awaits_payment",
        },
    )
    def expire(self) -> None:
        """End an order that nobody paid in time."""

    @transition(
        field=status,
        source=Status.EXPIRED.value,
        target=Status.CONFIRMED.value,
        conditions=[guards.payments_cover],
        custom={"actors": _BY_STAFF, "verb": _("Reinstate"), "event": OrderReinstated, "also_from": "is_expired"},
    )
    def reinstate(self) -> None:
        """Take it back: it was paid late, and its stock could be had again."""

    @property
    def allows(self) -> Allows:
        """The actions that its state allows."""
        rule: Allows = allows(self)
        return rule

    @property
    def due(self) -> Decimal:
        """The customer's debt in all, in the order's currency: nothing once the order is cancelled or expired."""
        return _ZERO if self.allows.is_called_off else self.total - self.credited

    @property
    def tax(self) -> Decimal:
        """Of goods and charges."""
        return self.goods_tax + self.charges_tax

    @property
    def net_paid(self) -> Decimal:
        """The amount received, less refunds and chargebacks."""
        return self.amount_captured - self.amount_refunded - self.amount_charged_back

    @property
    def sums(self) -> Sums:
        """The sums that payments last reported."""
        return Sums(
            authorised=self.amount_authorised,
            captured=self.amount_captured,
            refunded=self.amount_refunded,
            charged_back=self.amount_charged_back,
            secured=self.amount_secured,
            open=self.payments_open,
        )

    @property
    def ship_to(self) -> PostalAddress | None:
        """The delivery address; ``None`` where nothing is shipped."""
        return PostalAddress.stored(self.shipping_address)

    @property
    def bill_to(self) -> PostalAddress | None:
        """The billing address; the shipping address where no other was given."""
        return PostalAddress.stored(self.billing_address) or self.ship_to

    @property
    def stage(self) -> str:
        """The three axes flattened for people: a stable code such as ``awaiting_payment`` or ``shipped``."""
        return stage(self)
