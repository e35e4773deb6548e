"""What stands beside the ledger: a log of the calls to providers. No balance is made of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["AbstractPaymentCall"]


class AbstractPaymentCall(models.Model):
    """One call of a gateway, with what was asked and answered as far as it is on the list of what may be kept.

    Never a secret, a card number, or anything that names the customer: see :mod:`tradepost.payments.redaction`.
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
    http_status = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Of the last answer."))
    duration = models.PositiveIntegerField(help_text=_("Milliseconds."))
    request = models.JSONField(default=dict, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    exchanges = models.JSONField(default=list, blank=True, help_text=_("What went over the wire, redacted."))
    at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("call of a provider")
        verbose_name_plural = _("calls of providers")

    def __str__(self) -> str:
        return f"{self.gateway} {self.operation} ({self.outcome})"
