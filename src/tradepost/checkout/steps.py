"""The requirements of a checkout that the library brings."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tradepost.basket.totals.completeness import NOT_CALCULATED
from tradepost.pricing.errors import TaxUnavailable

from . import conf
from .errors import TaxIdInvalid
from .ports import Requirement, Situation
from .tax_ids import is_invalid

__all__ = [
    "has_address",
    "has_consent",
    "has_contact",
    "has_delivery",
    "has_items",
    "has_known_tax",
    "has_payment",
]


def has_items(situation: Situation) -> Iterator[Requirement]:
    """There is something in the basket, and all of it can be sold."""
    if not situation.totals.lines:
        yield Requirement("basket_empty", _("The basket is empty."), "lines")
    for error in situation.totals.errors:
        if "line" in error or error["code"] == NOT_CALCULATED:  # the delivery is for its own step to speak of
            yield Requirement(str(error["code"]), str(error["message"]), "lines")


def has_known_tax(situation: Situation) -> Iterator[Requirement]:
    """The tax can be calculated, and the buyer's tax id, if they gave one, wasn't found wrong."""
    for error in situation.totals.errors:
        if error["code"] == TaxUnavailable.code:
            yield Requirement(TaxUnavailable.code, str(error["message"]))
    if is_invalid(situation.basket, situation.checkout):
        yield Requirement(
            TaxIdInvalid.code, _("This isn't a valid tax ID in your country. Correct it, or leave it out."), "tax_id"
        )


def has_contact(situation: Situation) -> Iterator[Requirement]:
    """There is an e-mail address to write to; in a draft of staff's a phone number does."""
    if situation.basket.is_draft and situation.checkout.known_phone:
        return
    try:
        validate_email(situation.checkout.email)
    except ValidationError:
        yield Requirement("email_missing", _("We need your e-mail address."), "email")


def has_address(situation: Situation) -> Iterator[Requirement]:
    """There is an address where goods are sent to one."""
    chosen = {quote.code: quote for quote in situation.shipping}.get(situation.checkout.shipping_method)
    needed = situation.ships and (chosen is None or chosen.needs_address)
    if needed and situation.checkout.ship_to is None:
        yield Requirement("shipping_address_missing", _("We need a delivery address."), "shipping_address")


def has_delivery(situation: Situation) -> Iterator[Requirement]:
    """A shipping method that is on offer was chosen, where goods are shipped."""
    if not situation.ships:
        return
    code = situation.checkout.shipping_method
    if not code:
        yield Requirement("shipping_method_missing", _("Choose a delivery option."), "shipping_method")
        return
    quote = {quote.code: quote for quote in situation.shipping}.get(code)
    if quote is None or quote.amount is None:
        reason = quote.reason if quote and quote.reason else _("This delivery option is no longer available.")
        yield Requirement("shipping_method_unavailable", reason, "shipping_method")
    elif quote.needs_point and situation.point is None:
        if situation.checkout.pickup_point:
            yield Requirement(
                "pickup_point_unavailable", _("This pickup point is no longer available."), "pickup_point"
            )
        else:
            yield Requirement("pickup_point_missing", _("Choose a pickup point."), "pickup_point")


def has_payment(situation: Situation) -> Iterator[Requirement]:
    """A payment method that can take the amount was chosen, where there is something to pay.

    In a draft of staff's none need be: then the customer chooses one later.
    """
    if not situation.needs_payment or (situation.basket.is_draft and not situation.checkout.payments):
        return
    if not situation.payment_methods:
        yield Requirement("payment_method_missing", _("This shop can't take payments at the moment."), "payment_method")
        return
    if not situation.checkout.payments:
        yield Requirement("payment_method_missing", _("Choose a payment method."), "payment_method")
    for payment in situation.checkout.payments:
        reason = situation.payment_methods.get(payment["method"], _("There is no such payment method."))
        if reason:
            yield Requirement("payment_method_unavailable", reason, "payment_method")


def has_consent(situation: Situation) -> Iterator[Requirement]:
    """The present terms were accepted, where the shop asks for it; in a draft of staff's nobody can."""
    if situation.basket.is_draft:
        return
    version = conf.settings().TERMS_VERSION
    if version and situation.checkout.consents.get("terms") != version:
        yield Requirement("terms_not_accepted", _("Please accept our terms."), "consents")
