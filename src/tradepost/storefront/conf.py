"""Settings of the storefront: ``TRADEPOST_STOREFRONT``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .ports import CheckoutPage

__all__ = ["StorefrontSettings", "checkout_pages", "settings"]

_PAGES = "tradepost.storefront.checkout_pages"


@settings_class("TRADEPOST_STOREFRONT")
@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontSettings:
    """``TRADEPOST_STOREFRONT``.

    Attributes:
        CHANNEL: Key of this shop front in price lists, baskets and orders.
        COUNTRY: Where visitors are taken to be until they say so, as in ``"DE"``; empty for not known.
        COUNTRIES: ISO 3166-1 alpha-2 codes that addresses may be in; empty for all.
        PAGE_SIZE: Products on a page.
        CHECKOUT_PAGES: Paths of the pages of the checkout, in order (:class:`~tradepost.storefront.ports.CheckoutPage`); the last
            places the order.
        TERMS_URL: Where the terms of sale are; linked where the buyer accepts them (``TRADEPOST_CHECKOUT["TERMS_VERSION"]``).
    """

    CHANNEL: str = "web"
    COUNTRY: str = ""
    COUNTRIES: tuple[str, ...] = ()
    PAGE_SIZE: int = 24
    CHECKOUT_PAGES: Annotated[Sequence[str], Port(CheckoutPage)] = (
        f"{_PAGES}.DetailsPage",
        f"{_PAGES}.DeliveryPage",
        f"{_PAGES}.PaymentPage",
        f"{_PAGES}.ReviewPage",
    )
    TERMS_URL: str = ""


def settings() -> StorefrontSettings:
    """``TRADEPOST_STOREFRONT``."""
    return load("TRADEPOST_STOREFRONT", StorefrontSettings)


def checkout_pages() -> list[CheckoutPage]:
    """The pages of the checkout, in order."""
    return [instance(Backend(path)) for path in settings().CHECKOUT_PAGES]
