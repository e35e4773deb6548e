"""Rows of the core: tokens of changes, the outbox, the jobs' memory, keys that are used once, counters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .db.fields import JsonField, SmallCountField

__all__ = ["AbstractChange", "AbstractDelivery", "AbstractJobState", "AbstractOneTimeKey", "AbstractSequence"]


class AbstractChange(models.Model):
    """One or more changes of what is frozen: see :mod:`tradepost.core.versions`."""

    kind = models.CharField(max_length=40, db_index=True)
    token = models.PositiveBigIntegerField()

    class Meta:
        abstract = True
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.kind}: {self.token}"


class AbstractDelivery(models.Model):
    """One event on its way to one durable handler."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    event = models.CharField(max_length=200)
    payload = JsonField(default=dict)
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due = models.DateTimeField()
    tries = SmallCountField(default=0)
    claim = models.CharField(max_length=32, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("event delivery")
        verbose_name_plural = _("event deliveries")
        indexes = [models.Index(fields=["state", "due"]), models.Index(fields=["claim"])]

    def __str__(self) -> str:
        return f"{self.event.rsplit('.', 1)[-1]} → {self.handler.rsplit('.', 1)[-1]}"


class AbstractJobState(models.Model):
    """The last run of a job, so that several schedulers don't run it at once."""

    name = models.CharField(max_length=100, unique=True)
    due = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=200, blank=True, default="")
    error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.name


class AbstractOneTimeKey(models.Model):
    """A key that was used: see :mod:`tradepost.core.one_time_keys`."""

    action = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    facts = models.CharField(max_length=64, blank=True, default="")
    result = JsonField(default=dict, blank=True)
    used_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("one-time key")
        verbose_name_plural = _("one-time keys")
        constraints = [models.UniqueConstraint(fields=["action", "key"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.key}"


class AbstractSequence(models.Model):
    """A counter without gaps: :func:`tradepost.core.db.sequences.next_value` locks it until the transaction ends."""

    name = models.CharField(max_length=100, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
