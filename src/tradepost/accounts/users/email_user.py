"""A user model for new projects: people sign in by their e-mail address, and have no other name to remember."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import InvalidEmail
from tradepost.core.inputs.email_keys import email_key

__all__ = ["AbstractEmailUser", "EmailUserManager"]


class EmailUserManager(BaseUserManager[Any]):
    """Makes users by their address, which is kept as its key: one mailbox, one user."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Make a user; without a password they can't sign in by one.

        Raises:
            InvalidEmail: The address can't be used.
            django.db.IntegrityError: There is such a user.
        """
        user = self.model(email=email_key(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Make a user who may do everything."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> Any:
        """Find by address, however it is written."""
        try:
            return super().get_by_natural_key(email_key(username or ""))
        except InvalidEmail:
            raise self.model.DoesNotExist from None


class AbstractEmailUser(AbstractBaseUser, PermissionsMixin):
    """A user whose e-mail address is their name. Subclass it, and set ``AUTH_USER_MODEL`` before the first migration."""

    email = models.EmailField(
        _("e-mail address"), unique=True, error_messages={"unique": _("There is already a user with this address.")}
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the admin."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("May sign in."))
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now)

    objects: ClassVar[EmailUserManager] = EmailUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def clean(self) -> None:
        """Keep the address as its key.

        Raises:
            ValidationError: It can't be used.
        """
        super().clean()
        try:
            self.email = email_key(self.email)
        except InvalidEmail as refusal:
            raise ValidationError({"email": str(refusal)}) from None

    def get_full_name(self) -> str:
        """As the person wrote it; the address where they didn't."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The same: names aren't taken apart."""
        return self.get_full_name()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Addresses were read already."""
        return username
