"""The customer of a user, and what customers say of themselves."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid, Misused
from tradepost.core.inputs.phones import Phone, read_phone

from ..base import AbstractCustomer
from ..birth_dates import check_birth_date
from ..models import Address, Customer
from ..querysets import CustomerQuerySet

__all__ = ["customer_for", "find_customer", "read_phone_of", "update"]

UNSET: Any = object()
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
    customer: AbstractCustomer,
    *,
    name: str | None = None,
    phone: str | None = None,
    language: str | None = None,
    birth_date: date | None = UNSET,
) -> AbstractCustomer:
    """Change what customers say of themselves; ``None`` leaves a text as it is.

    Args:
        phone: Read by the country of the customer's default address where it has no code of its own. One that is the same as
            before is left alone, so that an old one that nobody can read doesn't stand in the way of a new name.
        language: One of the project's ``LANGUAGES``, in which mail is written; empty for none.
        birth_date: ``None`` takes it away; what isn't given stays.

    Raises:
        Invalid: The project doesn't have the language, or nobody who buys was born on that day. Nothing has changed.
        PhoneInvalid: Nobody can be called by it. Nothing has changed.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid(
            _("This shop isn't available in this language."), attr="language", languages=[*dict(settings.LANGUAGES)]
        )
    texts = {"name": name, "language": language}
    changed: dict[str, Any] = {field: value for field, value in texts.items() if value is not None}
    if birth_date is not UNSET:
        changed["birth_date"] = _checked_birth_date(birth_date)
    if phone is not None and phone != customer.phone:
        number = read_phone_of(customer, phone)
        changed |= {"phone": number.text, "phone_e164": number.e164, "phone_extension": number.extension}
    for field, value in changed.items():
        setattr(customer, field, value)
    if changed:
        customer.save(update_fields=[*changed])
    return customer


def read_phone_of(customer: AbstractCustomer, phone: str) -> Phone:
    """Read a number by the country of the customer's default address; that isn't looked for where the number has its own code.

    Raises:
        PhoneInvalid: Nobody can be called by it.
    """
    has_code = phone.lstrip().startswith(("+", "＋"))
    return read_phone(phone, region="" if has_code or customer.pk is None else _country_of(customer))


def _country_of(customer: AbstractCustomer) -> str:
    rows = Address.objects.filter(customer_id=customer.pk).order_by(
        F("is_default_billing").desc(nulls_last=True), F("is_default_shipping").desc(nulls_last=True), "pk"
    )
    return rows.values_list("country", flat=True).first() or ""


def _checked_birth_date(day: date | None) -> date | None:
    try:
        if day is not None:
            check_birth_date(day)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="birth_date") from None
    return day


def _known_of(user: Any) -> dict[str, str]:
    """Read a person's data from a user model that may be the project's own."""
    email = getattr(user, user.get_email_field_name(), "") if hasattr(user, "get_email_field_name") else ""
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    limit = cast(int, Customer._meta.get_field("name").max_length)
    return {"email": str(email or ""), "name": str(name or "")[:limit]}
