"""The buyer's tax id in a checkout: looked at when it is given, and again where the country that it is for has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.core import db
from tradepost.pricing import services as pricing
from tradepost.pricing.tax.ports import TaxIdCheck
from tradepost.pricing.tax.tax_ids import compact

from .base import AbstractCheckout
from .errors import TaxIdInvalid
from .models import Checkout

__all__ = ["check_again", "check_of", "checked", "is_invalid"]


def checked(basket: AbstractBasket, tax_id: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Look at an id that a buyer gives, outside any transaction.

    Args:
        tax_id: Not empty.
        answers: Addresses that are given with it, by their fields; the checkout's own count otherwise.

    Returns:
        What the checkout stores of it.

    Raises:
        TaxIdInvalid: It is wrong; the buyer may correct it, or go without.
    """
    tax_id = compact(tax_id)
    if not {"shipping_address", "billing_address"} <= answers.keys():
        stored = Checkout.objects.filter(basket_id=basket.pk).first() or Checkout()
        answers = {"shipping_address": stored.shipping_address, "billing_address": stored.billing_address, **answers}
    address = answers.get("billing_address") or answers.get("shipping_address") or {}
    country = str(address.get("country") or basket.country).strip().upper()
    check = pricing.check_tax_id(tax_id, country)
    if check.valid is False:
        raise TaxIdInvalid(
            _("This isn't a valid tax ID. Please check it, or leave it out."), attr="tax_id", check=check.summary
        )
    return _stored(tax_id, country, check)


def check_again(basket: AbstractBasket, checkout: AbstractCheckout) -> None:
    """Look at the id of a checkout where nobody has, as after a change of country; nothing inside a transaction.

    The customer's own id, which staff wrote down, comes here too. One that is wrong now is stored as such.
    """
    if not checkout.tax_id or check_of(basket, checkout) is not None or db.inside():
        return
    tax_id, country = _subject(basket, checkout)
    checkout.tax_id_check = _stored(tax_id, country, pricing.check_tax_id(tax_id, country))
    same = Checkout.objects.filter(pk=checkout.pk, tax_id=checkout.tax_id)
    same.update(tax_id_check=checkout.tax_id_check)


def check_of(basket: AbstractBasket, checkout: AbstractCheckout) -> TaxIdCheck | None:
    """The check of a checkout's tax id as it stands, for the country as it stands; ``None`` if there was none."""
    if not checkout.tax_id or checkout.tax_id_check.get("of") != list(_subject(basket, checkout)):
        return None
    return TaxIdCheck.stored(checkout.tax_id_check)


def is_invalid(basket: AbstractBasket, checkout: AbstractCheckout) -> bool:
    """Whether an id that the buyer gave was found wrong afterwards. Of one that staff wrote down they need not hear."""
    theirs = basket.customer is not None and compact(basket.customer.tax_id) == compact(checkout.tax_id)
    check = check_of(basket, checkout)
    return check is not None and check.valid is False and not theirs


def _subject(basket: AbstractBasket, checkout: AbstractCheckout) -> tuple[str, str]:
    address = checkout.bill_to
    return compact(checkout.tax_id), (address.country if address else "") or basket.country


def _stored(tax_id: str, country: str, check: TaxIdCheck) -> dict[str, Any]:
    return {"of": [tax_id, country], **check.as_dict()}
