"""Saved payment methods: list and delete. A method is saved by paying, with ``save_consent`` in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import SIGNED_IN
from tradepost.payments.services import saved_methods

from .base import TradepostViewSet
from .baskets import UUID_REGEX

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["SavedMethodViewSet"]


class SavedMethodViewSet(TradepostViewSet):
    """Saved payment methods: a signed-in customer's own."""

    access = {"list": SIGNED_IN, "destroy": SIGNED_IN}
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    serializer_keys = {"": "payments.SavedMethod"}
    pagination_class = None

    @extend_schema(summary="Saved payment methods", responses="payments.SavedMethod")
    def list(self, request: Request) -> Response:
        """The latest first. Pay with one by its `uuid` as `client_input.saved_method`."""
        return Response(self.get_serializer(saved_methods.saved_of(request.user), many=True).data)

    @extend_schema(summary="Delete a saved payment method", request=None, responses={204: None})
    def destroy(self, request: Request, uuid: str) -> Response:
        """It can't be used from now on, here or at the provider."""
        saved_methods.forget(saved_methods.find_saved(uuid, user=request.user))
        return Response(status=204)
