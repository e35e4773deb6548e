"""Countries, and the form of an address in each; the same for everybody who reads the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.cache import patch_vary_headers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE
from tradepost.core.addresses.countries import COUNTRIES, country_name, country_names
from tradepost.core.addresses.form_fields import address_fields

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["CountryViewSet"]


class CountryViewSet(TradepostViewSet):
    """Countries that addresses can be in."""

    access = {"list": ANYONE, "address_form": ANYONE}
    is_private = False
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z]{2}"
    pagination_class = None
    serializer_keys = {"": "addresses.Country", "address_form": "addresses.Form"}

    @extend_schema(summary="List countries", responses="addresses.Country")
    def list(self, request: Request) -> Response:
        """By name, in the language of the request."""
        names = country_names(translation.get_language() or "en")
        rows = [{"code": code, "name": name} for code, name in sorted(names.items(), key=lambda pair: pair[1])]
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(summary="The form of an address in a country", responses="addresses.Form")
    @action(detail=True, methods=["get"], url_path="address-form")
    def address_form(self, request: Request, code: str) -> Response:
        """Its fields in the order in which they are written there, with names that people know."""
        country = code.upper()
        if country not in COUNTRIES:
            raise NotFound
        shown = {"code": country, "name": country_name(country), "address_fields": address_fields(country)}
        return self.written("addresses.Form", shown)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Kept by browsers and caches for an hour, for each language."""
        if response.status_code < 300:
            response.headers["Cache-Control"] = "public, max-age=3600"
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return super().finalize_response(request, response, *args, **kwargs)
