"""A basket that doesn't exist: what it would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid
from tradepost.customers.base import AbstractCustomer
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.ports import Place
from tradepost.pricing.services import check_currency
from tradepost.promotions.services import codes_of

from .base import AbstractBasket
from .loading import Loaded, load
from .models import Basket
from .snapshots import Terms

__all__ = ["load_trial"]


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
        country=country.strip().upper(),
        channel=channel,
        coupon_codes=codes_of(coupons),
    )
    basket.customer = customer  # type: ignore[assignment]  # by the object: it is loaded already
    terms = Terms(
        destination=Place(basket.country),
        shipping_methods={"": shipping_method} if shipping_method else {},
        email=email or (customer.email if customer is not None else ""),
    )
    return basket, load(basket, terms, at=at, shipping=True, wanted=items)
