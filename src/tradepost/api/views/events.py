"""The list of events, for whoever connects another system to the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE
from tradepost.core.events.description import published_events

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["EventViewSet"]


class EventViewSet(TradepostViewSet):
    """Documentation, as the schema is: it is the same for everyone, and tells nothing of what happened."""

    access = {"list": ANYONE}
    serializer_keys = {"": "events.Event"}
    pagination_class = None
    is_private = False

    @extend_schema(summary="Events", responses="events.Event")
    def list(self, request: Request) -> Response:
        """Each event that the shop publishes, with the JSON Schema of what it carries; the project's own included."""
        return Response(self.get_serializer(published_events(), many=True).data)
