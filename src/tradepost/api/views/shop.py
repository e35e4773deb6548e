"""The shop itself: what it sells in, and what it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info, to_locale
from moneyed import get_currency
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE
from tradepost.core.money import exponent
from tradepost.pricing.conf import settings as pricing_settings

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["CurrencyViewSet", "LanguageViewSet"]


class CurrencyViewSet(TradepostViewSet):
    """The currencies that buyers may choose."""

    tag = "shop"
    access = {"list": ANYONE}
    pagination_class = None
    serializer_keys = {"": "shop.Currency"}
    is_private = False

    @extend_schema(summary="Currencies", responses={200: "shop.Currency"})
    def list(self, request: Request) -> Response:
        """The shop's own first."""
        options = pricing_settings()
        codes = sorted(options.CURRENCIES, key=lambda code: (code != options.CURRENCY, code))
        rows = [
            {
                "code": code,
                "name": _name_of(code),
                "decimal_places": exponent(code),
                "is_default": code == options.CURRENCY,
            }
            for code in codes
        ]
        return Response(self.get_serializer(rows, many=True).data)


def _name_of(code: str) -> str:
    """In the caller's language, as far as it is known in it."""
    for language in (get_language() or "en", "en"):
        try:
            name: str = get_currency(code).get_name(to_locale(language))
        except (LookupError, ValueError):
            continue
        return name
    return code


class LanguageViewSet(TradepostViewSet):
    """The languages of the shop's messages and mail."""

    tag = "shop"
    access = {"list": ANYONE}
    pagination_class = None
    serializer_keys = {"": "shop.Language"}
    is_private = False

    @extend_schema(summary="Languages", responses={200: "shop.Language"})
    def list(self, request: Request) -> Response:
        """In the project's order. Ask for one by `Accept-Language`."""
        rows = [
            {"code": code, "name": str(name), "own_name": _own_name(code, str(name)), "is_default": _is_default(code)}
            for code, name in settings.LANGUAGES
        ]
        return Response(self.get_serializer(rows, many=True).data)


def _own_name(code: str, name: str) -> str:
    try:
        info: dict[str, Any] = dict(get_language_info(code))
    except KeyError:  # a project's own language
        return name
    return str(info["name_local"])


def _is_default(code: str) -> bool:
    return code.lower() == settings.LANGUAGE_CODE.lower()
