"""The store of users for any model that Django can sign in: its own, one with an e-mail address as name, one with odd keys."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from tradepost.core.errors import InvalidEmail, Misused
from tradepost.core.inputs.email_keys import email_key

__all__ = ["ModelUsers"]

_NAMES = ("name", "full_name", "first_name")  # the first that the model has; names aren't taken apart
_HEX = 32  # letters of a UUID


class ModelUsers:
    """Reads what the user model declares. A subclass fills further fields in :meth:`values`."""

    def build(self, email: str, name: str) -> AbstractBaseUser:
        """With a name to sign in by that nobody can guess, where that isn't the address itself."""
        user = get_user_model()(**self.values(email, name))
        user.set_unusable_password()
        return user

    def values(self, email: str, name: str) -> dict[str, Any]:
        """Fields of a new user. A model with ``REQUIRED_FIELDS`` of its own has them filled here."""
        model = get_user_model()
        values: dict[str, Any] = {}
        if (email_field := _email_field()) is not None:
            values[email_field.name] = _written(email)
        username: Any = model._meta.get_field(model.USERNAME_FIELD)
        if username.name not in values and not username.has_default():
            values[username.name] = uuid.uuid4() if isinstance(username, models.UUIDField) else uuid.uuid4().hex
        if (name_field := _name_field()) is not None:
            values[name_field.name] = name[: name_field.max_length]
        return values

    def unfilled(self) -> list[str]:
        """Names of fields that the model requires and :meth:`values` leaves empty; for a system check."""
        model = get_user_model()
        values = self.values("someone@example.com", "Someone")
        required = [model.USERNAME_FIELD, *model.REQUIRED_FIELDS]
        fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in required]
        return [field.name for field in fields if not _is_filled(field, values)]

    def save(self, user: Any) -> None:
        """By the model's own ``save()``."""
        user.save(force_insert=True)

    def find(self, email: str) -> Any | None:
        """By the model's e-mail field, which proves nothing; the database may compare accents away, so the key decides."""
        field = _email_field()
        if field is None:
            return None
        rows = get_user_model()._default_manager.filter(**{f"{field.name}__iexact": email}).order_by("pk")[:5]
        same = [user for user in rows if _key_or_none(getattr(user, field.name)) == email_key(email)]
        return same[0] if len(same) == 1 else None

    def set_email(self, user: Any, email: str) -> None:
        """Where the model has a field for it."""
        if (field := _email_field()) is not None:
            setattr(user, field.name, _written(email))
            user.save(update_fields=[field.name])

    def is_active(self, user: Any) -> bool:
        """By Django's name for it."""
        return bool(user.is_active)

    def set_active(self, user: Any, *, active: bool) -> None:
        """By ``is_active``.

        Raises:
            Misused: The model has no such column: whoever is shut out must stay so, whatever links they ask for.
        """
        if not has_field("is_active"):
            raise Misused(f"{get_user_model()._meta.label} has no column is_active, so nobody can be shut out.")
        user.is_active = active
        user.save(update_fields=["is_active"])

    def forget(self, user: Any) -> None:
        """Name and address go, the latter for one that no mail is sent to where the model wants a unique one. So does the name to
        sign in by: it may be an address, and says who it was. Groups and permissions go, too: the row is nobody any more.
        """
        user.set_unusable_password()
        changed = {"password"}
        if has_field("is_active"):
            user.is_active = False
            changed.add("is_active")
        if (field := _email_field()) is not None:
            setattr(user, field.name, f"{uuid.uuid4().hex}@closed.invalid" if field.unique else "")
            changed.add(field.name)
        if (username := _username_field()) is not None and username.name not in changed:
            setattr(user, username.name, uuid.uuid4().hex[: username.max_length])
            changed.add(username.name)
        for name in {*_NAMES, "last_name"} - changed:
            if has_field(name):
                setattr(user, name, "")
                changed.add(name)
        for name in filter(has_field, ("is_staff", "is_superuser")):
            setattr(user, name, False)
            changed.add(name)
        user.save(update_fields=sorted(changed))
        for name in filter(has_field, ("groups", "user_permissions")):
            getattr(user, name).clear()


def has_field(name: str) -> bool:
    """Whether the user model has a column of that name."""
    return _field(name) is not None


def _field(name: str) -> Any | None:
    try:
        return get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _email_field() -> Any | None:
    return _field(get_user_model().get_email_field_name())


def _username_field() -> Any | None:
    """By which people sign in, where that is a text."""
    field = _field(get_user_model().USERNAME_FIELD)
    return field if isinstance(field, models.CharField) else None


def _name_field() -> Any | None:
    return next((field for name in _NAMES if (field := _field(name)) is not None), None)


def _is_filled(field: Any, values: dict[str, Any]) -> bool:
    if field.name not in values:
        return bool(field.has_default() or field.blank or field.null)
    value = values[field.name]
    return not (isinstance(value, str) and field.max_length is not None and field.max_length < min(len(value), _HEX))


def _written(email: str) -> str:
    """An address as the model holds it: where people sign in by it, as its key, for there it is compared letter by letter."""
    model = get_user_model()
    return email_key(email) if model.get_email_field_name() == model.USERNAME_FIELD else email


def _key_or_none(address: str) -> str | None:
    try:
        return email_key(address)
    except InvalidEmail:
        return None
