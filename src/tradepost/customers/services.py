"""Use cases of customers."""

from __future__ import annotations

from typing import Any, cast

from tradepost.core import db
from tradepost.core.errors import Misused

from .base import AbstractCustomer
from .models import Customer

__all__ = ["customer_for", "find_customer"]


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
    found = find_customer(user)
    return found or Customer.objects.get_or_create(user=user, defaults=_known_of(user))[0]


def find_customer(user: Any) -> AbstractCustomer | None:
    """The customer of a user, if there is one; none for an anonymous user. Writes nothing."""
    return Customer.objects.for_user(user).first()


def _known_of(user: Any) -> dict[str, str]:
    """What a user model that may be the project's own tells about a person."""
    email = getattr(user, user.get_email_field_name(), "") if hasattr(user, "get_email_field_name") else ""
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    limit = cast(int, Customer._meta.get_field("name").max_length)
    return {"email": str(email or ""), "name": str(name or "")[:limit]}
