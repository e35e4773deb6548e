"""Settings of the API: ``TRADEPOST_API``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tradepost.core.conf import load, settings_class

__all__ = ["ApiSettings", "settings"]


@settings_class("TRADEPOST_API")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """``TRADEPOST_API``.

    Attributes:
        SERIALIZERS: A project's serializer for a key of ours (``{"orders.Order": "myshop.api.OrderSerializer"}``); it is
            used wherever that key is nested, too.
        AUTHENTICATION: Dotted paths of DRF authentication classes, for all views.
        ACCESS_LIFETIME: How long an access token is valid; some minutes.
        TOKEN_KEYS: By which access tokens are signed (the first) and believed (all): 32 bytes each at least. By default they are
            derived from ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS``.
        PAGE_SIZE: Rows of a page where the caller doesn't say.
        MAX_PAGE_SIZE: The most that a caller may ask for.
        THROTTLE: Rates of the API's own, by scope. ``guess``: coupon codes, and orders by token; ``complete``: placing and
            paying; ``search``: lists of products that are searched for; ``register``, ``reset``, ``link``: accounts. They
            have those of ``TRADEPOST_LIMITS`` where they aren't named, and ``None`` doesn't throttle. ``any``: every call,
            throttled only where it is named.
        RETURN_URLS: How return addresses of payments may begin (``"https://app.example.com/"``, ``"myapp://"``), beside those
            of the shop's own host.
        CACHE: One of ``CACHES``, where public answers are kept exactly as long as they are true; empty keeps none.
        IDEMPOTENCY_HOURS: How long the answer to a call with an ``Idempotency-Key`` is kept.
    """

    SERIALIZERS: Mapping[str, Any] = field(default_factory=dict)
    AUTHENTICATION: tuple[str, ...] = (
        "tradepost.api.callers.authentication.BearerAuthentication",
        "tradepost.api.callers.authentication.ApiKeyAuthentication",
        "tradepost.api.callers.authentication.SessionAuthentication",
    )
    ACCESS_LIFETIME: timedelta = timedelta(minutes=10)
    TOKEN_KEYS: tuple[str, ...] = field(default=(), repr=False)
    PAGE_SIZE: int = 24
    MAX_PAGE_SIZE: int = 100
    THROTTLE: Mapping[str, str | None] = field(default_factory=dict)
    RETURN_URLS: tuple[str, ...] = ()
    CACHE: str = ""
    IDEMPOTENCY_HOURS: int = 24


def settings() -> ApiSettings:
    """``TRADEPOST_API``."""
    return load("TRADEPOST_API", ApiSettings)
