"""Payments and their ledger. Balances and status are recomputed from the ledger, so that order of arrival doesn't matter."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    CurrencyField,
    JsonField,
    SmallCountField,
)
from tradepost.core.db.querysets import LockableQuerySet

from .interface import (
    Entry,
    EntryKind,
    EntryState,
    PaymentRef,
    Price,
)
from .lease import Leased
from .querysets import PaymentQuerySet, SavedMethodQuerySet
from .records import AbstractDispute, AbstractPaymentCall

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractDiscrepancy",
    "AbstractDispute",
    "AbstractPayment",
    "AbstractPaymentCall",
    "AbstractSavedMethod",
    "AbstractTransaction",
    "AbstractWebhookReceipt",
]


_PAID = frozenset({"captured", "partly_refunded", "refunded", "charged_back"})


class AbstractPayment(Leased):
    """One attempt or arrangement to pay for an order."""

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        PENDING = "pending", _("Pending")
        REQUIRES_ACTION = "requires_action", _("Waiting for the customer")
        AUTHORISED = "authorised", _("Authorised")
        CAPTURED = "captured", _("Paid")
        PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
        REFUNDED = "refunded", _("Refunded")
        CHARGED_BACK = "charged_back", _("Charged back")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class ConfirmOn(models.TextChoices):
        PLACEMENT = "placement", _("Placement")
        AUTHORISED = "authorised", _("Authorisation")
        CAPTURED = "captured", _("Capture")

    order = models.ForeignKey("tradepost_orders.Order", models.PROTECT, related_name="payments")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    method = models.SlugField(max_length=50, help_text=_("Alias of the gateway."))
    amount = AmountField()
    currency = CurrencyField()
    status = models.CharField(
        max_length=16, choices=Status.choices, default=Status.CREATED, db_index=True, editable=False
    )
    told_status = models.CharField(
        _("status at the provider"),
        max_length=16,
        blank=True,
        editable=False,
        help_text=_("What the provider last reported."),
    )
    outcome_unknown = models.BooleanField(default=False, editable=False)
    confirm_on = models.CharField(max_length=10, choices=ConfirmOn.choices, default=ConfirmOn.CAPTURED)
    capture_at_once = models.BooleanField(default=True)
    reference = models.CharField(max_length=40, unique=True, editable=False)
    provider_ref = models.CharField(max_length=200, null=True, blank=True, editable=False)
    key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Idempotency key of the start."))
    state = JsonField(default=dict, blank=True, editable=False)
    next_action = JsonField(default=dict, blank=True, editable=False)
    error_code = models.CharField(max_length=60, blank=True, editable=False)
    error_message = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ask_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    compare_at = models.DateTimeField(
        null=True, blank=True, db_index=True, editable=False, help_text=_("When it is compared with the provider next.")
    )
    asked = SmallCountField(default=0, editable=False)
    missing = models.CharField(
        max_length=100, blank=True, editable=False, help_text=_("What the provider left out of its last answer.")
    )

    objects: ClassVar[PaymentQuerySet[Self]] = PaymentQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        transactions: RelatedManager[AbstractTransaction]
        discrepancies: RelatedManager[AbstractDiscrepancy]
        calls: RelatedManager[AbstractPaymentCall]
        disputes: RelatedManager[AbstractDispute]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = [
            ("move_money", "Can capture, refund and cancel payments at the provider"),
            ("book_by_hand", "Can book money that moved past the provider"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="%(app_label)s_%(class)s_positive"),
            models.UniqueConstraint(fields=["method", "provider_ref"], name="%(app_label)s_%(class)s_provider_ref"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def price(self) -> Price:
        """The amount that is asked for."""
        return Price(self.amount, self.currency)

    @property
    def ref(self) -> PaymentRef:
        """The reference by which a gateway finds it."""
        return PaymentRef(
            reference=self.reference,
            provider_ref=self.provider_ref or "",
            price=self.price,
            state=dict(self.state),
            refunds=self._refunds() if self.status in _PAID else (),
        )

    def _refunds(self) -> tuple[Entry, ...]:
        rows = [row for row in self.transactions.all() if row.kind == EntryKind.REFUND.value and not row.is_by_hand]
        return tuple(
            Entry(
                kind=EntryKind.REFUND,
                provider_ref=row.provider_ref or "",
                amount=row.amount,
                currency=row.currency,
                state=EntryState(row.state),
                key=row.key or "",
            )
            for row in rows
        )


class AbstractTransaction(Leased):
    """One row of the ledger for each object at the provider. Never deleted; its state only moves forward."""

    payment = models.ForeignKey("tradepost_payments.Payment", models.PROTECT, related_name="transactions")
    gateway = models.SlugField(max_length=50)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value.replace("_", " ")) for k in EntryKind])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in EntryState])
    provider_ref = models.CharField(max_length=200, null=True, blank=True)
    key = models.CharField(max_length=64, null=True, blank=True, unique=True, help_text=_("Of a request of ours."))
    idempotency_key = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Of who asked: the same again moves nothing."),
    )
    amount = AmountField()
    followed_amount = AmountField(
        default=0, editable=False, help_text=_("Of a refund: how much of it the order's credits have taken account of.")
    )
    currency = CurrencyField()
    final = models.BooleanField(default=True, help_text=_("Of a capture: whether the rest is released."))
    reason = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    error = models.CharField(max_length=500, blank=True)
    raw = JsonField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[LockableQuerySet[Self]] = LockableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "provider_ref"], name="%(app_label)s_%(class)s_provider_ref"
            ),
            models.UniqueConstraint(fields=["payment", "idempotency_key"], name="%(app_label)s_%(class)s_asked_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="%(app_label)s_%(class)s_not_negative"),
        ]

    BY_HAND = "hand:"

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency} ({self.state})"

    @property
    def is_by_hand(self) -> bool:
        """Staff booked it; no provider knows of it."""
        return (self.provider_ref or "").startswith(self.BY_HAND)


class AbstractWebhookReceipt(models.Model):
    """A verified event of a provider, stored once before it is processed."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        UNMATCHED = "unmatched", _("No payment of ours")
        FAILED = "failed", _("Failed")

    gateway = models.SlugField(max_length=50)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    payload = JsonField(default=dict, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED, db_index=True)
    tries = SmallCountField(default=0)
    error = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(
        null=True, blank=True, db_index=True, editable=False, help_text=_("When it is processed again.")
    )

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("webhook receipt")
        verbose_name_plural = _("webhook receipts")
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class AbstractDiscrepancy(models.Model):
    """Payment discrepancy; staff resolve it, we never do so behind their backs."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("Wrong amount")
        CURRENCY = "currency", _("Wrong currency")
        REFERENCE = "reference", _("Wrong reference")
        PAID_LATE = "paid_late", _("Paid after the order had closed")
        PAID_TWICE = "paid_twice", _("Paid twice")
        REFUND_UNASKED = "refund_unasked", _("Refund that we didn't ask for")
        BOOKED_TWICE = "booked_twice", _("Booked by hand, and reported by the provider")
        DIFFERS = "differs", _("Provider and ledger differ")
        STUCK = "stuck", _("Can't be finished")

    order = models.ForeignKey(
        "tradepost_orders.Order", models.PROTECT, null=True, blank=True, related_name="discrepancies"
    )
    payment = models.ForeignKey(
        "tradepost_payments.Payment", models.PROTECT, null=True, blank=True, related_name="discrepancies"
    )
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    facts = JsonField(default=dict, blank=True)
    key = models.CharField(max_length=120, unique=True, editable=False, help_text=_("The same finding is listed once."))
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    resolution = models.CharField(max_length=200, blank=True, help_text=_("What was done."))
    note = models.CharField(max_length=500, blank=True, help_text=_("Why."))

    class Meta:
        abstract = True
        ordering = ["resolved_at", "-pk"]
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")

    def __str__(self) -> str:
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.get_kind_display()}: {facts}" if facts else str(self.get_kind_display())


class AbstractSavedMethod(models.Model):
    """A card or account that a customer let the provider keep. It holds what people know it by, never the number itself.

    Forgetting is written down first (``forget_asked_at``): from then on nobody can pay with it. ``forgotten_at`` is when the
    provider had let it go as well. The row stays, for it is the record of a consent.
    """

    customer = models.ForeignKey(
        "tradepost_customers.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="saved_methods",
        help_text=_("One that nobody has any more is forgotten at the provider by a job."),
    )
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    gateway = models.SlugField(max_length=50, help_text=_("Alias of the gateway."))
    provider_ref = models.CharField(max_length=200, editable=False)
    customer_ref = models.CharField(max_length=200, blank=True, editable=False, help_text=_("The customer there."))
    fingerprint = models.CharField(max_length=100, blank=True, editable=False, help_text=_("The same for one card."))
    brand = models.CharField(max_length=40, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    exp_month = SmallCountField(null=True, blank=True)
    exp_year = SmallCountField(null=True, blank=True)
    label = models.CharField(max_length=100, blank=True, help_text=_("What people read where it isn't a card."))
    consent_text = models.TextField(editable=False, help_text=_("What the customer agreed to, as they read it."))
    consent_version = models.CharField(max_length=20, editable=False)
    consented_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    forget_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    forget_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    forget_tries = SmallCountField(default=0, editable=False)
    forget_error = models.CharField(max_length=500, blank=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[SavedMethodQuerySet[Self]] = SavedMethodQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("saved payment method")
        verbose_name_plural = _("saved payment methods")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_ref"], name="%(app_label)s_%(class)s_provider_ref"),
            models.CheckConstraint(
                condition=~Q(consent_text="") & ~Q(consent_version=""), name="%(app_label)s_%(class)s_consent"
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(forget_asked_at__isnull=False, forget_at__isnull=True),
                name="%(app_label)s_%(class)s_forgotten",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name by which people know it: “Visa •••• 4242”."""
        if self.last4:
            return f"{self.brand.replace('_', ' ').title() or _('Card')} •••• {self.last4}"
        return self.label or self.brand or str(_("Saved payment method"))

    @property
    def expiry(self) -> str:
        """As on the card, ``04/30``; empty where it has none."""
        return f"{self.exp_month:02}/{self.exp_year % 100:02}" if self.exp_month and self.exp_year else ""

    def is_expired(self, today: date) -> bool:
        """Whether its last month is over."""
        return bool(self.exp_month and self.exp_year) and (self.exp_year, self.exp_month) < (today.year, today.month)
