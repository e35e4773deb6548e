"""The API's own address: what there is, for whoever asks."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from tradepost.api.callers.access import may_call
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

__all__ = ["IndexViewSet"]


class IndexViewSet(TradepostViewSet):
    """The calls of a router, those that a project added among them.

    Attributes:
        endpoints: Of the router.
    """

    tag = "shop"
    access = {"retrieve": ANYONE}
    pagination_class = None
    serializer_keys = {"": "api.Index"}
    endpoints: ClassVar[tuple[Any, ...]] = ()

    @extend_schema(summary="List what there is", responses="api.Index")
    def retrieve(self, request: Request) -> Response:
        """The addresses and calls that are open to the caller, by their names in the schema."""
        here = request.build_absolute_uri(request.path)
        open_to_caller = [each for each in self.endpoints if may_call(each.access, request, each.method.upper())]
        resources = [
            {
                "path": path,
                "url": f"{here}{path}",
                "calls": [{"method": each.method.upper(), "operation": each.operation} for each in calls],
            }
            for path, calls in groupby(open_to_caller, key=_path)
        ]
        return self.written("api.Index", {"schema": f"{here}schema/", "resources": resources})


def _path(endpoint: Any) -> str:
    """With names in braces, as the schema and URI templates have them."""
    return str(endpoint.path).replace("<", "{").replace(">", "}")
