"""The address book of a customer: any number of addresses, of which one is the default for each purpose.

The customer's row is locked while it changes, so that two changes at once leave one default; a constraint says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.addresses import PostalAddress
from tradepost.core.errors import Invalid

from ..base import AbstractAddress, AbstractCustomer
from ..errors import AddressNotFound, TooManyAddresses
from ..models import Address, Customer

__all__ = [
    "add_address",
    "addresses_of",
    "change_address",
    "find_address",
    "keep_defaults",
    "make_default",
    "remove_address",
]

MOST_ADDRESSES = 100
_DEFAULTS = ("is_default_shipping", "is_default_billing")


def addresses_of(user: Any) -> QuerySet[Address]:
    """The addresses of a signed-in user's customer, the first one first; none for an anonymous user."""
    return Address.objects.filter(customer__user=user.pk) if user.is_authenticated else Address.objects.none()


def find_address(uuid: Any, *, user: Any) -> AbstractAddress:
    """One of a user's own addresses.

    Raises:
        AddressNotFound: There is none, or it is somebody else's.
    """
    row = addresses_of(user).filter(uuid=uuid).first()
    if row is None:
        raise AddressNotFound(_("There is no such address."))
    return row


@db.atomic
def add_address(
    customer: AbstractCustomer,
    data: Mapping[str, Any],
    *,
    is_default_shipping: bool = False,
    is_default_billing: bool = False,
) -> AbstractAddress:
    """Add an address. The first one of a customer is the default for both purposes.

    Args:
        data: Untrusted fields of :class:`~tradepost.core.addresses.PostalAddress`.
        is_default_shipping: It takes the place of the present default.
        is_default_billing: The same for invoices.

    Raises:
        AddressInvalid: A field is missing or wrong. Nothing has changed.
        TooManyAddresses: There are 100 already. Nothing has changed.
    """
    values = PostalAddress.read(data).as_dict()
    _lock(customer)
    if Address.objects.filter(customer_id=customer.pk).count() >= MOST_ADDRESSES:
        raise TooManyAddresses(_("Your address book is full. Delete an address first."), most=MOST_ADDRESSES)
    row = Address.objects.create(customer_id=customer.pk, **values)
    make_default(row, shipping=is_default_shipping, billing=is_default_billing)
    keep_defaults(customer)
    row.refresh_from_db()
    return row


@db.atomic
def change_address(
    row: AbstractAddress,
    data: Mapping[str, Any],
    *,
    is_default_shipping: bool | None = None,
    is_default_billing: bool | None = None,
) -> AbstractAddress:
    """Change an address, or make it a default. Fields that aren't given stay as they are.

    Raises:
        AddressInvalid: With these fields it lacks something or is wrong. Nothing has changed.
        AddressNotFound: It was deleted in the meantime.
        Invalid: A default can only be passed on, by making another one the default. Nothing has changed.
    """
    _lock(row.customer)
    present = Address.objects.filter(pk=row.pk).first()
    if present is None:
        raise AddressNotFound(_("There is no such address."))
    for name, is_default in zip(_DEFAULTS, (is_default_shipping, is_default_billing), strict=True):
        if is_default is False and getattr(present, name):
            raise Invalid(_("Make another address the default instead."), attr=name)
    kept = present.as_postal().as_dict()
    number = {"phone": data.get("phone", "")}  # one that is kept isn't read again: it may be older than that rule
    values = {**PostalAddress.read({**kept, **data, **number}).as_dict(), **_kept_phone(kept, data)}
    for name, value in values.items():
        setattr(present, name, value)
    present.save(update_fields=[*values])
    make_default(present, shipping=bool(is_default_shipping), billing=bool(is_default_billing))
    present.refresh_from_db()
    return present


@db.atomic
def remove_address(row: AbstractAddress) -> None:
    """Delete an address; the latest of the others becomes the default in its place. Safe to repeat.

    Orders keep the addresses that they were placed with.
    """
    customer = row.customer
    _lock(customer)
    Address.objects.filter(pk=row.pk).delete()
    keep_defaults(customer)


@db.atomic
def make_default(row: AbstractAddress, *, shipping: bool, billing: bool) -> None:
    """Pass the default on to an address, for what is true: the present one is none any more before this one is it.

    Raises:
        AddressNotFound: It was deleted in the meantime. The default stays where it was.
    """
    _lock(row.customer)
    for name, is_chosen in zip(_DEFAULTS, (shipping, billing), strict=True):
        if is_chosen:
            others = Address.objects.filter(customer_id=row.customer_id, **{name: True}).exclude(pk=row.pk)
            others.update(**{name: None})
            if not Address.objects.filter(pk=row.pk).update(**{name: True}):
                raise AddressNotFound(_("There is no such address."))


@db.atomic
def keep_defaults(customer: AbstractCustomer) -> None:
    """Give a customer who has addresses a default for each purpose, where one is missing: the latest address."""
    _lock(customer)
    rows = list(Address.objects.filter(customer_id=customer.pk).order_by("pk"))
    for name in _DEFAULTS:
        if rows and not any(getattr(row, name) for row in rows):
            Address.objects.filter(pk=rows[-1].pk).update(**{name: True})


def _kept_phone(kept: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, str]:
    return {} if "phone" in data else {"phone": kept["phone"]}


def _lock(customer: AbstractCustomer) -> None:
    Customer.objects.filter(pk=customer.pk).locked().first()
