"""Settings of the storefront: ``TRADEPOST_STOREFRONT``."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.conf import load, settings_class

__all__ = ["StorefrontSettings", "settings"]


@settings_class("TRADEPOST_STOREFRONT")
@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontSettings:
    """``TRADEPOST_STOREFRONT``.

    Attributes:
        CHANNEL: Key of this shop front in price lists, baskets and orders.
        COUNTRY: Where visitors are taken to be until they say so, as in ``"DE"``; empty for not known.
        COUNTRIES: ISO 3166-1 alpha-2 codes that addresses may be in; empty for all.
        PAGE_SIZE: Products on a page.
        TERMS_URL: Where the terms of sale are; linked where the buyer accepts them (``TRADEPOST_CHECKOUT["TERMS_VERSION"]``).
    """

    CHANNEL: str = "web"
    COUNTRY: str = ""
    COUNTRIES: tuple[str, ...] = ()
    PAGE_SIZE: int = 24
    TERMS_URL: str = ""


def settings() -> StorefrontSettings:
    """``TRADEPOST_STOREFRONT``."""
    return load("TRADEPOST_STOREFRONT", StorefrontSettings)
