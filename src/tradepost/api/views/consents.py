"""Consents: what the shop asks for, and what the signed-in customer has agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.cache import patch_vary_headers
from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE, SIGNED_IN
from tradepost.customers.errors import ConsentNotFound
from tradepost.customers.models import Consent
from tradepost.customers.services import (
    agreement_to,
    consents_of,
    customer_for,
    find_customer,
    give_consent,
    withdraw_consent,
)

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

    from tradepost.customers.services import ConsentState

__all__ = ["OwnConsentViewSet", "PurposeViewSet"]


class PurposeViewSet(TradepostViewSet):
    """The texts that customers of this shop may agree to."""

    tag = "auth"
    access = {"list": ANYONE}
    pagination_class = None
    is_private = False
    serializer_keys = {"": "customers.Purpose"}

    @extend_schema(summary="What customers may agree to", responses="customers.Purpose")
    def list(self, request: Request) -> Response:
        """With the present texts, for a page that registers or a checkout."""
        answer = Response(self.get_serializer(consents_of(None), many=True).data)
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer


class OwnConsentViewSet(TradepostViewSet):
    """The consents of the signed-in customer."""

    tag = "auth"
    access = {"list": SIGNED_IN, "partial_update": SIGNED_IN}
    lookup_field = "key"
    lookup_value_regex = r"[a-z0-9_-]{1,40}"
    pagination_class = None
    serializer_keys = {"": "customers.Consent"}

    @extend_schema(summary="Your consents", responses="customers.Consent")
    def list(self, request: Request) -> Response:
        """Everything that the shop asks for, with what holds."""
        return Response(self.get_serializer(consents_of(find_customer(request.user)), many=True).data)

    @extend_schema(
        summary="Give or withdraw a consent", request="customers.ConsentChange", responses="customers.Consent"
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """The same again changes nothing. 400 `consent_outdated` where the text has changed since it was read."""
        data, customer = self.read("customers.ConsentChange"), customer_for(request.user)
        _state(None, key)
        if data["is_granted"]:
            give_consent(customer, agreement_to(key, data.get("version", "")), source=Consent.Source.ACCOUNT)
        else:
            withdraw_consent(customer, key, source=Consent.Source.ACCOUNT)
        return self.written("customers.Consent", _state(customer, key))


def _state(customer: Any, key: str) -> ConsentState:
    """The state of a purpose.

    Raises:
        ConsentNotFound: There is no such purpose.
    """
    for state in consents_of(customer):
        if state.key == key:
            return state
    raise ConsentNotFound("There is no such consent.")
