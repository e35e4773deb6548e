"""Models of accounts: which mailbox is whose, and the single-use tokens that are mailed."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import JsonField

from .access_models import AbstractApiKey, AbstractSession
from .querysets import AccountTokenQuerySet, EmailIdentityQuerySet

__all__ = ["AbstractAccountToken", "AbstractApiKey", "AbstractEmailIdentity", "AbstractSession"]


class AbstractEmailIdentity(models.Model):
    """A mailbox that was proven to be a user's. There is none before the proof.

    Attributes:
        key: What is compared: :func:`tradepost.core.inputs.email_keys.email_key` of the address.
        address: To which mail is sent.
        is_current: ``True`` for the one address of a user; ``None``, and never false, for an earlier one that is kept for them.
        kept_until: Until when nobody else may have an earlier address; ``None`` for the current one.
    """

    key = models.CharField(max_length=254, unique=True)
    address = models.EmailField(max_length=254)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_current = models.BooleanField(_("current"), null=True, default=True)
    verified_at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[EmailIdentityQuerySet[Self]] = EmailIdentityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("e-mail identity")
        verbose_name_plural = _("e-mail identities")
        constraints = [
            # A nullable unique key is a partial one on every database: any number of earlier addresses, one current.
            models.UniqueConstraint(fields=["user", "is_current"], name="%(app_label)s_%(class)s_one_current"),
            models.CheckConstraint(
                condition=Q(is_current__isnull=False, is_current=True, kept_until=None)
                | Q(is_current=None, kept_until__isnull=False),
                name="%(app_label)s_%(class)s_current_or_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class AbstractAccountToken(models.Model):
    """A secret that was mailed, of which only the hash is kept. It is used once, and before it expires.

    Attributes:
        digest: SHA-256 of the secret, as hexadecimal digits.
        email_key: Of the mailbox that it was sent to.
        user: Whose account it is about; ``None`` where there is none yet.
        data: What the purpose needs besides, such as the name that was typed.
        used_at: When it was used, or ended by a newer one.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register", _("registration")
        RESET = "reset", _("new password")
        CHANGE_EMAIL = "change_email", _("new address")
        UNDO_EMAIL = "undo_email", _("undo a new address")

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    email_key = models.CharField(max_length=254, db_index=True)
    address = models.EmailField(max_length=254)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    data = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountTokenQuerySet[Self]] = AccountTokenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("account token")
        verbose_name_plural = _("account tokens")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.address}"
