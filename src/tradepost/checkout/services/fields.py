"""The buyer's answers at the checkout: read exactly, or refused, and written under the lock of the basket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.core.addresses import PostalAddress
from tradepost.core.errors import Invalid
from tradepost.core.inputs.numbers import read_amount
from tradepost.core.inputs.phones import MAX_PHONE, read_phone
from tradepost.pricing.tax.tax_ids import compact

from ..base import AbstractCheckout
from .consents_and_metadata import merge_agreements, merge_consents, merge_metadata, read_text

__all__ = ["FIELDS", "set_fields", "spelled_out", "write_fields"]


def spelled_out(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Spell the answers out, without shorthand, in the order in which they are read: a pickup point is of a method."""
    values = dict(fields)
    if "shipping_method" in values:
        method = values.pop("shipping_method")
        values["deliveries"] = {"": method} if method else {}
    if "payment_method" in values:
        alias = values.pop("payment_method")
        values["payments"] = [{"method": alias, "amount": None}] if alias else []
    if isinstance(values.get("tax_id"), str):
        values["tax_id"] = compact(values["tax_id"])
    return {name: values[name] for name in FIELDS if name in values}


def set_fields(checkout: AbstractCheckout, fields: Mapping[str, Any], currency: str) -> list[str]:
    """Set what was said on a checkout, which isn't saved.

    Args:
        fields: Spelled out (:func:`spelled_out`).
        currency: Of the basket.

    Returns:
        The columns that were set.

    Raises:
        AddressInvalid: Fields are missing or wrong.
        PhoneInvalid: Nobody can be called by the number, read by the country of the address.
        Invalid: Another value is malformed; ``context["attr"]`` names it.
    """
    for name, read in _READ.items():
        if name in fields:
            setattr(checkout, name, read(fields[name], name, currency))
    if fields.get("phone"):
        address = checkout.bill_to
        checkout.phone = read_phone(checkout.phone, region=address.country if address else "").text
    if "consents" in fields:
        checkout.consents = merge_consents(checkout.consents, fields["consents"])
        checkout.agreements = merge_agreements(checkout.agreements, fields["consents"])
    columns = {"deliveries" if name == "pickup_point" else name for name in fields}
    columns |= {"agreements"} if "consents" in fields else set()
    return sorted(columns - {"metadata"})


def write_fields(
    basket: AbstractBasket,
    checkout: AbstractCheckout,
    fields: Mapping[str, Any],
    *,
    check: Mapping[str, Any] | None = None,
) -> None:
    """Save what was said.

    Args:
        basket: Locked, and open.
        checkout: Its own.
        fields: Spelled out (:func:`spelled_out`).
        check: What was found out about a tax id that is among it.

    Raises:
        AddressInvalid, Invalid: As :func:`set_fields`. Whatever is raised, nothing was written.
    """
    columns = set_fields(checkout, fields, basket.currency)
    if "metadata" in fields:
        basket.metadata = merge_metadata(basket.metadata, fields["metadata"])
        basket.save(update_fields=["metadata"])
    if check:
        checkout.tax_id_check, columns = dict(check), [*columns, "tax_id_check"]
    if checkout.pk is None:
        checkout.save(force_insert=True)
    elif columns:
        checkout.save(update_fields={*columns, *_OF_CUSTOMER, "updated_at"})


def _email(value: Any) -> str:
    email = read_text(value, "email", 254)
    read_text(email.lower(), "email", 254)  # as it is compared, some letters are longer in lower case
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This isn't an e-mail address."), attr="email") from None
    return email


def _texts(value: Mapping[str, str], attr: str, most: int) -> dict[str, str]:
    return {read_text(k, attr, 40): read_text(v, attr, most) for k, v in value.items()}


def _address(value: Mapping[str, Any] | None, attr: str, currency: str) -> dict[str, Any]:
    return PostalAddress.read(value, attr=attr).as_dict() if value else {}


def _payment(entry: Mapping[str, Any], currency: str) -> dict[str, str | None]:
    method, amount = read_text(entry.get("method"), "payment_method", 50), entry.get("amount")
    if amount is None:
        return {"method": method, "amount": None}
    value = read_amount(amount, currency, attr="payments")
    if not value:
        raise Invalid(_("An amount greater than zero is expected."), attr="payments")
    return {"method": method, "amount": str(value)}


_READ: Mapping[str, Callable[[Any, str, str], Any]] = {
    "email": lambda value, attr, currency: _email(value),
    "phone": lambda value, attr, currency: read_text(value, attr, MAX_PHONE),
    "tax_id": lambda value, attr, currency: read_text(value, attr, 40),
    "note": lambda value, attr, currency: read_text(value, attr, 2000),
    "shipping_address": _address,
    "billing_address": _address,
    "deliveries": lambda value, attr, currency: _texts(value, attr, 101),
    "pickup_point": lambda value, attr, currency: read_text(value, attr, 50),
    "payments": lambda value, attr, currency: [_payment(entry, currency) for entry in value],
}
_OF_CUSTOMER = ("email", "tax_id")  # a customer's own stand in for them, and are kept with what is said first
FIELDS = (*_READ, "consents", "metadata")
"""Names of all that may be said, shorthand left out."""
