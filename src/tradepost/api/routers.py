"""The router: every endpoint under a key, so that a project can replace or drop it::

router = Router()
router.replace("orders", MyOrderViewSet)
urlpatterns = [path("api/v1/", include((router.urls, "tradepost_api")))]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.module_loading import import_string
from rest_framework.routers import DynamicRoute, Route, SimpleRouter

from tradepost.api.callers.access import check_access
from tradepost.core.access import Access
from tradepost.core.errors import Misused

from .endpoints import VIEWS, all_endpoints
from .schema import served
from .schema.assets import have_assets

__all__ = ["Endpoint", "Router"]

_METHODS = ("get", "post", "put", "patch", "delete")
_WEBHOOK: list[Route | DynamicRoute] = [
    Route(
        url=r"^{prefix}/{lookup}{trailing_slash}$",
        mapping={"post": "deliver"},
        name="{basename}-detail",
        detail=True,
        initkwargs={},
    )
]
_SINGLETON: list[Route | DynamicRoute] = [
    Route(
        url=r"^{prefix}{trailing_slash}$",
        mapping={"get": "retrieve", "post": "create", "patch": "partial_update", "delete": "destroy"},
        name="{basename}",
        detail=True,
        initkwargs={},
    ),
    DynamicRoute(
        url=r"^{prefix}/{url_path}{trailing_slash}$", name="{basename}-{url_name}", detail=True, initkwargs={}
    ),
]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call.

    Attributes:
        method: In small letters.
        path: Below the API's address, with names in angle brackets: ``orders/<number>/cancel/``.
        viewset: The class that answers.
        action: Of it.
        operation: What the schema calls it.
    """

    method: str
    path: str
    viewset: type[Any]
    action: str
    operation: str = ""

    @property
    def access(self) -> Access:
        """Who may, as declared."""
        declared: Access = self.viewset.access[self.action]
        return declared


class Router(SimpleRouter):
    """All endpoints of the API, the schema and its documentation."""

    def __init__(self) -> None:
        super().__init__()
        for key, view in all_endpoints().items():
            self.register(key, import_string(view), basename=_name(key))

    def register(self, prefix: str, viewset: type[Any], basename: str | None = None) -> None:
        """Add an endpoint, whose actions all say who may call them.

        Raises:
            ImproperlyConfigured: One doesn't; the message has the line to add.
        """
        check_access(viewset, {endpoint.action for endpoint in self._endpoints_of(prefix, viewset)})
        super().register(prefix, viewset, basename=basename)

    def endpoints(self) -> list[Endpoint]:
        """Every call that is served, in the order of the addresses: what the documentation prints, and tests walk."""
        return [
            endpoint for prefix, viewset, _name in self.registry for endpoint in self._endpoints_of(prefix, viewset)
        ]

    def _endpoints_of(self, prefix: str, viewset: type[Any]) -> Iterator[Endpoint]:
        lookup = self.get_lookup_regex(viewset)
        for route in self.get_routes(viewset):
            regex = route.url.format(prefix=prefix, lookup=lookup, trailing_slash=self.trailing_slash)
            path = simplify_regex(regex).lstrip("/")
            for method, action in self.get_method_map(viewset, route.mapping).items():
                yield Endpoint(method, path, viewset, action, f"{_name(prefix)}_{action}")

    def replace(self, key: str, viewset: type[Any]) -> None:
        """Put another viewset in the place of ours.

        Raises:
            Misused: There is no such endpoint.
            ImproperlyConfigured: An action of it doesn't say who may call it.
        """
        self.drop(key)
        self.register(key, viewset, basename=_name(key))

    def drop(self, key: str) -> None:
        """Leave an endpoint out.

        Raises:
            Misused: There is no such endpoint.
        """
        others = [entry for entry in self.registry if entry[0] != key]
        if len(others) == len(self.registry):
            keys = ", ".join(sorted(entry[0] for entry in self.registry))
            raise Misused(f"The API has no endpoint {key!r}; there are: {keys}.")
        self.registry = others
        self.__dict__.pop("_urls", None)

    def get_routes(self, viewset: type[Any]) -> list[Any]:
        """Leave out lookups for a singleton; a webhook takes deliveries only."""
        stock: Any = self.routes
        if getattr(viewset, "singleton", False):
            self.routes = _SINGLETON
        elif hasattr(viewset, "deliver"):
            self.routes = _WEBHOOK
        try:
            return super().get_routes(viewset)
        finally:
            self.routes = stock

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the index, the schema, the pages that show it where their assets are installed, and a refusal for what is none.

        So what a project adds below the API's address it registers here, or puts before these URLs.
        """
        index = import_string(f"{VIEWS}.index.IndexViewSet")
        shown = index.as_view({"get": "retrieve"}, basename="index", endpoints=tuple(self.endpoints()))
        urls = [
            path("", shown, name="index"),
            *super().get_urls(),
            path("schema/", served.schema, name="schema"),
        ]
        if have_assets():
            urls += [path("docs/", served.docs, name="docs"), path("redoc/", served.redoc, name="redoc")]
        unknown = import_string(f"{VIEWS}.unknown_paths.UnknownPathView").as_view(dict.fromkeys(_METHODS, "refuse"))
        return [*urls, re_path("", unknown, name="nowhere")]


def _name(key: str) -> str:
    """Name the routes of a prefix: ``staff/dry-run`` is ``staff-dry-run``."""
    return key.replace("/", "-")
