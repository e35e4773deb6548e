"""A basket that doesn't exist: what it would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses.countries import read_country
from tradepost.core.addresses.rules import normalise_postcode, normalise_region
from tradepost.core.errors import Invalid
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.models import Customer
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.ports import Place
from tradepost.pricing.services import check_currency
from tradepost.promotions.services import codes_of

from ..base import AbstractBasket
from ..models import Basket
from .loader import Loaded, load
from .snapshots import Terms

__all__ = ["customer_named", "load_trial"]


def load_trial(
    items: Mapping[str, int],
    *,
    customer: AbstractCustomer | None,
    country: str,
    currency: str,
    channel: str,
    at: datetime | None,
    coupons: Sequence[str],
    shipping_method: str,
    email: str,
    region: str = "",
    postcode: str = "",
    payment_method: str = "",
    tax_id: str = "",
) -> tuple[AbstractBasket, Loaded]:
    """A basket that isn't stored, and what its calculation needs; as many queries as for one that is.

    Raises:
        CurrencyNotOffered: The shop doesn't sell in it.
        Invalid: No such variant, or a quantity below one.
    """
    if wrong := sorted(sku for sku, quantity in items.items() if quantity < 1):
        raise Invalid(_("At least one of each: %(skus)s.") % {"skus": ", ".join(wrong)}, attr="items", skus=wrong)
    basket: AbstractBasket = Basket(
        currency=check_currency(currency) if currency else pricing_settings().CURRENCY,
        country=read_country(country),
        channel=channel,
        coupon_codes=codes_of(coupons),
    )
    basket.customer = customer  # type: ignore[assignment]  # by the object: it is loaded already
    terms = Terms(
        destination=Place(basket.country, normalise_region(region, basket.country), normalise_postcode(postcode)),
        shipping_methods={"": shipping_method} if shipping_method else {},
        payment_method=payment_method,
        tax_id=tax_id.strip(),
        email=email or (customer.email if customer is not None else ""),
    )
    return basket, load(basket, terms, at=at, shipping=True, items=items)


def customer_named(text: str) -> AbstractCustomer | None:
    """The customer of a UUID, or the oldest one of an e-mail; ``None`` for empty text.

    Raises:
        Invalid: There is none.
    """
    if not (named := text.strip()):
        return None
    rows = (
        Customer.objects.filter(email__iexact=named)
        if "@" in named
        else Customer.objects.filter(uuid__in=_uuids(named))
    )
    customer: AbstractCustomer | None = rows.order_by("pk").first()
    if customer is None:
        raise Invalid(_("There is no such customer."), attr="customer")
    return customer


def _uuids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
