"""The customer of a user, and what customers say of themselves."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid, Misused

from ..base import AbstractCustomer
from ..models import Customer
from ..querysets import CustomerQuerySet

__all__ = ["customer_for", "find_customer", "update"]

_BY_USER = db.Prepared(lambda p: Customer.objects.filter(user=p.user), user=db.key_of(settings.AUTH_USER_MODEL))


@db.atomic
def customer_for(user: Any) -> AbstractCustomer:
    """The customer of a signed-in user, made at the first call with the user's e-mail address and name.

    Two calls at once give the same customer: the user is unique, and the second one reads what the first one wrote.

    Args:
        user: Of any user model.

    Raises:
        Misused: The user isn't signed in; a guest has no customer.
    """
    if not user.is_authenticated:
        raise Misused("A guest has no customer; ask find_customer().")
    customer = find_customer(user)
    return customer or Customer.objects.get_or_create(user=user, defaults=_known_of(user))[0]


def find_customer(user: Any) -> AbstractCustomer | None:
    """The customer of a user, if there is one; none for an anonymous user. Writes nothing."""
    if type(Customer.objects.all()).for_user is not CustomerQuerySet.for_user:
        return Customer.objects.for_user(user).first()  # a project's may look at more than the user's key
    return _BY_USER.first(user=user.pk) if user.is_authenticated else None


@db.atomic
def update(
    customer: AbstractCustomer, *, name: str | None = None, phone: str | None = None, language: str | None = None
) -> AbstractCustomer:
    """Change what customers say of themselves; ``None`` leaves a value as it is.

    Args:
        language: One of the project's ``LANGUAGES``, in which mail is written; empty for none.

    Raises:
        Invalid: The project doesn't have the language. Nothing has changed.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid(
            _("This shop isn't available in this language."), attr="language", languages=[*dict(settings.LANGUAGES)]
        )
    values = {"name": name, "phone": phone, "language": language}
    changed = {field: value for field, value in values.items() if value is not None}
    for field, value in changed.items():
        setattr(customer, field, value)
    if changed:
        customer.save(update_fields=[*changed])
    return customer


def _known_of(user: Any) -> dict[str, str]:
    """Read a person's data from a user model that may be the project's own."""
    email = getattr(user, user.get_email_field_name(), "") if hasattr(user, "get_email_field_name") else ""
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    limit = cast(int, Customer._meta.get_field("name").max_length)
    return {"email": str(email or ""), "name": str(name or "")[:limit]}
