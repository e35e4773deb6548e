"""Records beside the ledger: disputes, and a log of the calls to providers. No balance is made of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    JsonField,
    SmallCountField,
)

__all__ = ["AbstractDispute", "AbstractPaymentCall"]


class AbstractDispute(models.Model):
    """A customer's bank, or the provider, wants money back or asks about it. What it takes stands in the ledger."""

    class Status(models.TextChoices):
        NEEDS_RESPONSE = "needs_response", _("Needs an answer")
        UNDER_REVIEW = "under_review", _("Under review")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        CLOSED = "closed", _("Closed without a decision")

    OPEN = (Status.NEEDS_RESPONSE, Status.UNDER_REVIEW)

    payment = models.ForeignKey("tradepost_payments.Payment", models.PROTECT, related_name="disputes")
    gateway = models.SlugField(max_length=50)
    provider_ref = models.CharField(max_length=200)
    status = models.CharField(max_length=15, choices=Status.choices, db_index=True)
    is_inquiry = models.BooleanField(
        _("inquiry"), default=False, help_text=_("The bank only asks: the payment can still be refunded.")
    )
    reason = models.CharField(max_length=60, blank=True)
    amount = AmountField()
    currency = CurrencyField()
    evidence_due = models.DateTimeField(null=True, blank=True, help_text=_("Until when it can be answered."))
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["closed_at", "evidence_due", "pk"]
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_ref"], name="%(app_label)s_%(class)s_provider_ref")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.provider_ref}"

    @property
    def is_open(self) -> bool:
        """Not decided."""
        return self.status in self.OPEN


class AbstractPaymentCall(models.Model):
    """One call of a gateway, with what was asked and answered as far as it is on the list of what may be kept.

    Never a secret, a card number, or anything that names the customer: see :mod:`tradepost.payments.call_log.redaction`.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        REJECTED = "rejected", _("Refused: nothing happened")
        UNKNOWN = "unknown", _("No answer: money may have moved")
        MISCONFIGURED = "misconfigured", _("Keys or account are wrong")
        FAILED = "failed", _("Failed in the shop")

    payment = models.ForeignKey("tradepost_payments.Payment", models.CASCADE, related_name="calls")
    gateway = models.SlugField(max_length=50)
    operation = models.CharField(max_length=30)
    key = models.CharField(max_length=108, blank=True, help_text=_("Idempotency key."))
    outcome = models.CharField(max_length=15, choices=Outcome.choices)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=500, blank=True)
    http_status = SmallCountField(null=True, blank=True, help_text=_("Of the last answer."))
    duration = CountField(help_text=_("Milliseconds."))
    request = JsonField(default=dict, blank=True)
    answer = JsonField(default=dict, blank=True)
    exchanges = JsonField(default=list, blank=True, help_text=_("What went over the wire, redacted."))
    at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("call to a provider")
        verbose_name_plural = _("calls to providers")

    def __str__(self) -> str:
        return f"{self.gateway} {self.operation} ({self.outcome})"
