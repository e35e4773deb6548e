"""Customers and groups as staff write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.db.row_values import by_keys, write_values
from tradepost.core.errors import InUse, Invalid

from ..base import AbstractCustomer, AbstractCustomerGroup
from ..errors import Anonymised, HasAccount
from ..models import Address, Consent, Customer, CustomerGroup
from .consents import withdraw_all_consents
from .customers import read_phone_of
from .tiers import forget_tier, keep_tier_groups

__all__ = [
    "anonymise",
    "change_customer",
    "change_group",
    "create_customer",
    "create_group",
    "forget_person",
    "remove_group",
]

_OF_CUSTOMER = frozenset({"email", "name", "language", "tax_id", "tax_exempt", "birth_date", "metadata"})
_OF_PHONE = frozenset({"phone", "phone_e164", "phone_extension"})
_OF_GROUP = frozenset({"code", "name"})
_PERSONAL = ("email", "name", "phone", "phone_e164", "phone_extension", "tax_id")


@db.atomic
def create_customer(values: Mapping[str, Any], *, groups: Iterable[str] = ()) -> AbstractCustomer:
    """Make a customer without an account, such as one who orders by telephone.

    Args:
        values: By field; ``metadata`` as JSON.
        groups: Codes. Those of tiers are passed over.

    Raises:
        ValidationError: A field is wrong.
        Invalid: There is no such group or language.
        PhoneInvalid: Nobody can be called by the number.
    """
    customer = Customer()
    _write(customer, values)
    customer.groups.set(by_keys(CustomerGroup, "code", groups, attr="groups"))
    keep_tier_groups(customer)
    return customer


@db.atomic
def change_customer(
    customer: AbstractCustomer, values: Mapping[str, Any], *, groups: Iterable[str] | None = None
) -> AbstractCustomer:
    """Change what is named of a customer.

    Args:
        groups: Codes of all groups that they are in from now on; ``None`` leaves them. The group of a tier comes with the tier,
            whether it is named or not.

    Raises:
        ValidationError, Invalid, PhoneInvalid: As :func:`create_customer`. Nothing has changed.
        Anonymised: Their data were deleted.
    """
    row = Customer.objects.filter(pk=customer.pk).locked().get()
    if row.anonymised_at is not None:
        raise Anonymised(_("This customer's data were deleted."))
    chosen = None if groups is None else by_keys(CustomerGroup, "code", groups, attr="groups")
    _write(row, values)
    if chosen is not None:
        row.groups.set(chosen)
        keep_tier_groups(row)
    return row


def _write(row: AbstractCustomer, values: Mapping[str, Any]) -> None:
    given = dict(values)
    language = given.get("language")
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid(
            _("This shop isn't available in this language."), attr="language", languages=[*dict(settings.LANGUAGES)]
        )
    phone = given.pop("phone", None)
    if phone is not None and phone != row.phone:
        number = read_phone_of(row, phone)
        given |= {"phone": number.text, "phone_e164": number.e164, "phone_extension": number.extension}
    write_values(row, given, writable=_OF_CUSTOMER | _OF_PHONE)


@db.atomic
def anonymise(customer: AbstractCustomer) -> AbstractCustomer:
    """Delete a customer's own data, at their wish. Orders stay as they were placed, for the books. Again it is a no-op.

    Raises:
        HasAccount: The customer can sign in; the account is closed instead, which does this, too.
    """
    row = Customer.objects.filter(pk=customer.pk).locked().get()
    if row.user_id is not None and row.anonymised_at is None:
        raise HasAccount(_("This customer has an account. It has to be closed."))
    return forget_person(row)


def forget_person(row: AbstractCustomer) -> AbstractCustomer:
    """Delete the data of a customer whose account is closed, or who has none, in the caller's transaction."""
    if row.anonymised_at is None:
        # what they agreed to, and when, stays beside a customer without a name; nothing may be sent by it any more
        withdraw_all_consents(row, source=Consent.Source.CLOSURE)
        forget_tier(row)
        Address.objects.filter(customer_id=row.pk).delete()
        for name in _PERSONAL:
            setattr(row, name, "")
        row.birth_date, row.anonymised_at, row.metadata = None, clock.now(), {}
        row.save(update_fields=[*_PERSONAL, "birth_date", "anonymised_at", "metadata"])
    return row


@db.atomic
def create_group(values: Mapping[str, Any]) -> AbstractCustomerGroup:
    """Make a group of customers.

    Raises:
        ValidationError: A field is wrong, or the code is another group's.
    """
    group = CustomerGroup()
    write_values(group, values, writable=_OF_GROUP)
    return group


@db.atomic
def change_group(group: AbstractCustomerGroup, values: Mapping[str, Any]) -> AbstractCustomerGroup:
    """Change a group's name. Its code stays: promotions name the group by it.

    Raises:
        ValidationError: The name is wrong.
        CustomerGroup.DoesNotExist: It was deleted meanwhile.
    """
    row = db.lock(CustomerGroup.objects.filter(pk=group.pk)).get()
    write_values(row, values, writable=_OF_GROUP - {"code"})
    return row


@db.atomic
def remove_group(group: AbstractCustomerGroup) -> None:
    """Delete a group that nobody is in and no price list is for.

    Raises:
        InUse: Customers are in it, or something points at it.
        CustomerGroup.DoesNotExist: It was deleted meanwhile.
    """
    group = db.lock(CustomerGroup.objects.filter(pk=group.pk)).get()
    if number := group.customers.count():
        raise InUse(_("Customers are in this group."), by="customers", count=number)
    if number := group.price_lists.count():
        raise InUse(_("Price lists are for this group."), by="price_lists", count=number)
    try:
        group.delete()
    except ProtectedError as error:
        raise InUse(_("Something points at this group."), by="others", count=len(error.protected_objects)) from error
