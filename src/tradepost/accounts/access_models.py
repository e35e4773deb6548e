"""Abstract models of access: sessions of devices, and keys of integrations."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import JsonField

from .querysets import ApiKeyQuerySet, SessionQuerySet

__all__ = ["AbstractApiKey", "AbstractSession"]


class AbstractSession(models.Model):
    """A device on which somebody signed in: by token, for as long as it refreshes, or by Django's session in a browser.

    Its refresh token is used once and gives the next one; of both only the hash is kept.

    Attributes:
        current: SHA-256 of the secret that is good now, as hexadecimal digits.
        previous: Of the one before it, empty before the first refresh. Older ones are kept nowhere: whatever is neither is one.
        rotated_at: When the current secret was given.
        last_used_at: When it was refreshed, or begun.
        expires_at: When it ends however often it is refreshed.
        label: The device, as its user reads it in a list.
        address: IP address of the sign-in.
        browser_key: Key of Django's session, of a browser that signed in without a token; ``None`` for all others, and once that
            session is deleted.
    """

    class End(models.TextChoices):
        SIGNED_OUT = "signed_out", _("signed out")
        ENDED = "ended", _("ended from another device")
        CREDENTIALS = "credentials", _("password or address changed")
        INACTIVE = "inactive", _("account closed or deactivated")
        REUSED = "reused", _("an old refresh token was used again")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    current = models.CharField(max_length=64, unique=True, editable=False)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=End.choices, blank=True)
    label = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    browser_key = models.CharField(max_length=40, null=True, unique=True, editable=False)

    objects: ClassVar[SessionQuerySet[Self]] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="%(app_label)s_%(class)s_ended_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.uuid)


class AbstractApiKey(models.Model):
    """A key by which another system calls the API. Only the hash of its secret is kept.

    Attributes:
        prefix: The part of the key that is no secret, by which it is found and recognised.
        digest: SHA-256 of the whole key, as hexadecimal digits.
        scopes: Permissions (``"tradepost_orders.view_order"``). It may do what is in them and in the role of its user.
        user: With whose role it works; without them, or once they are inactive, it opens nothing.
        last_used_at: Written once a minute at most.
    """

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = JsonField(default=list, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty for no end."))
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    is_integration = True
    """A mark on ``request.auth``, for views that aren't for integrations."""

    objects: ClassVar[ApiKeyQuerySet[Self]] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name
