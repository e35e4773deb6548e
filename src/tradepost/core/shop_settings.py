"""Settings of the core itself: ``TRADEPOST_EVENTS``, ``TRADEPOST_LIMITS`` and ``TRADEPOST_SHOP``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from .conf import Backend, load, settings_class
from .extending.port_checks import Port
from .inputs.bounds import MayBeZero
from .ports import Dispatcher

__all__ = ["EventSettings", "LimitSettings", "ShopSettings", "limits", "shop"]


@settings_class("TRADEPOST_EVENTS")
@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """``TRADEPOST_EVENTS``.

    Attributes:
        DISPATCHER: How durable events leave the outbox (:class:`tradepost.core.ports.Dispatcher`).
        TRIES: After so many failures a delivery is dead, and staff see it. Twelve take a day and a
            half: a mail server may be down for a night.
        LEASE: Seconds after which a claimed delivery that nobody finished is due again.
    """

    DISPATCHER: Annotated[Backend, Port(Dispatcher)] = Backend("tradepost.core.events.dispatchers.InProcess")
    TRIES: int = 12
    LEASE: int = 60


@settings_class("TRADEPOST_LIMITS")
@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """``TRADEPOST_LIMITS``: rates like ``"60/min"`` (second, minute, hour, day), of API, storefront and the admin's sign-in.

    A signed-in customer is counted by their account, a guest and whoever signs in by IP address. ``None`` doesn't limit.

    Attributes:
        GUESS: Coupon codes, and links and tokens of orders.
        COMPLETE: Placing and paying.
        SIGN_IN: Failed attempts to sign in, from one IP address.
        SIGN_IN_ACCOUNT: Failed attempts to sign in as one user, from one IP address. From the fifth on each makes the next
            wait, twice as long each time, 15 minutes at most.
        REGISTER: New accounts.
        RESET: Mails to reset a password.
        LINK: Links and tokens of accounts that were mailed.
        REFRESH: Refreshing one session by its refresh token; every device has its own count, however many share an address.
        SEARCH: Searching for products.
        MAILBOX: Mails about an account to one mailbox, asked for from one IP address or by one user.
        MAILBOX_SHARED: Such mails to one mailbox, asked for by all together. Beyond it one is sent in each quarter of an hour, so
            that nobody can keep its owner from a link.
    """

    GUESS: str | None = "60/min"
    COMPLETE: str | None = "60/min"
    SIGN_IN: str | None = "30/min"
    SIGN_IN_ACCOUNT: str | None = "20/hour"
    REGISTER: str | None = "30/hour"
    RESET: str | None = "30/hour"
    LINK: str | None = "60/hour"
    REFRESH: str | None = "30/min"
    SEARCH: str | None = "300/min"
    MAILBOX: str | None = "5/hour"
    MAILBOX_SHARED: str | None = "20/hour"


@settings_class("TRADEPOST_SHOP")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    r"""``TRADEPOST_SHOP``.

    Attributes:
        NAME: What customers call the shop; in pages and mail.
        URL: Where it is reached, without a slash at the end; for links in mail and return addresses of payments.
        COUNTRY: Where the shop is, as in ``"DE"``: phone numbers without a country code are read by it where no address is
            beside them. Empty for not known: then they are asked for with their code.
        ADDRESS_RULES: What addresses need, by country, instead of our rules: ``{"SV": {"postcode": r"\d{4}", "example": "1101",
            "needs_postcode": False, "needs_region": True, "needs_city": True}}``, or some of these keys
            (:class:`tradepost.core.addresses.rules.AddressRule`).
        STRICT_POSTCODES: Refuse a postcode that doesn't look like its country's. Else it is taken with a warning, since rules age
            and lack places.
        EMAIL_FROM: Sender of mail; Django's ``DEFAULT_FROM_EMAIL`` where it is empty.
        TRUSTED_PROXIES: How many proxies stand in front of the shop, each of which appends to ``X-Forwarded-For``. With 0 the
            header isn't read, and a client's address is ``REMOTE_ADDR``.
    """

    NAME: str = "Tradepost"
    URL: str = "http://127.0.0.1:8000"
    COUNTRY: str = ""
    ADDRESS_RULES: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    STRICT_POSTCODES: bool = False
    EMAIL_FROM: str = ""
    TRUSTED_PROXIES: Annotated[int, MayBeZero()] = 0


def limits() -> LimitSettings:
    """``TRADEPOST_LIMITS``."""
    return load("TRADEPOST_LIMITS", LimitSettings)


def shop() -> ShopSettings:
    """``TRADEPOST_SHOP``."""
    return load("TRADEPOST_SHOP", ShopSettings)
