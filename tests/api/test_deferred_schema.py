"""The schema is loaded when it is asked for; what is told of a view and its methods isn't less for that."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema as spectacular_extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost.api import schema as public
from tradepost.api.routers import Router
from tradepost.api.schema import deferred, description
from tradepost.api.schema.deferred import DeferredSchema, ViewSchema, extend_schema
from tradepost.api.views.base import TradepostViewSet
from tradepost.core.access import ANYONE


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[deferred._Waiting]:
    """The descriptions in a process that nobody has asked for the schema."""
    waiting = deferred._Waiting()
    monkeypatch.setattr(deferred, "_waiting", waiting)
    schema, view = vars(TradepostViewSet)["schema"], TradepostViewSet
    view.schema = ViewSchema()  # type: ignore[assignment] # not by monkeypatch: an older pytest asks it for its class
    yield waiting
    view.schema = schema


def make_view() -> type[TradepostViewSet]:
    """A view with a plain method, and an action."""

    class Things(TradepostViewSet):
        """Things."""

        access = {"list": ANYONE, "count": ANYONE}
        serializer_keys = {"": "api.Error"}

        @extend_schema(summary="List things", responses={200: "api.Error"})
        def list(self, request: Any) -> Response:
            """All of them."""
            return Response([])

        @extend_schema(summary="Count things", responses={200: "api.Error"})
        @action(detail=False)
        def count(self, request: Any) -> Response:
            """How many."""
            return Response(0)

    return Things


def summaries(view: type[TradepostViewSet]) -> dict[str, str]:
    """By operation, as a generator of the project finds them."""
    router = Router()
    router.registry = []
    router.register("things", view, basename="things")
    patterns = [each for each in router.urls if str(each.name).startswith("things")]
    paths = SchemaGenerator(patterns=patterns).get_schema(public=True)["paths"]
    return {each["operationId"]: each["summary"] for item in paths.values() for each in item.values()}


EXPECTED = {"things_list": "List things", "things_count": "Count things"}


def test_methods_are_described_when_somebody_asks(waiting: deferred._Waiting) -> None:
    """Until then nothing is made of what they say, and calls are answered."""
    view = make_view()
    kwargs: Any = view.list.kwargs

    assert type(kwargs["schema"]) is DeferredSchema
    assert view.as_view({"get": "count"}, **view.count.kwargs)(RequestFactory().get("/")).data == 0
    assert "made" not in vars(kwargs["schema"])
    assert summaries(view) == EXPECTED
    waiting.make()
    assert issubclass(kwargs["schema"], public.TradepostSchema)
    assert summaries(view) == EXPECTED
    assert issubclass(make_view().list.kwargs["schema"], public.TradepostSchema), "once it is there, it is used at once"


def test_a_decorated_copy_of_a_method_is_described_as_well(waiting: deferred._Waiting) -> None:
    """Copies that were made before find the class that is made later."""
    decorated = method_decorator(never_cache, name="list")(make_view())
    waiting.make()

    assert issubclass(decorated.list.kwargs["schema"], public.TradepostSchema)
    assert summaries(decorated) == EXPECTED


def test_a_project_describes_our_views_by_the_decorator_of_drf_spectacular(waiting: deferred._Waiting) -> None:
    """On the class, where methods stay as they are, and on a method, where the project has the last word."""
    whole = spectacular_extend_schema(tags=["mine"])(type("Mine", (make_view(),), {"__doc__": "Mine."}))
    assert summaries(whole) == EXPECTED

    view = make_view()
    spectacular_extend_schema(summary="List mine")(view.list)
    waiting.make()
    assert summaries(view) == {**EXPECTED, "things_list": "List mine"}


def test_the_schema_of_a_view_is_drf_spectaculars() -> None:
    """For whoever asks the class or an instance; a project may set another for one call."""
    assert isinstance(TradepostViewSet.schema, AutoSchema)
    view = make_view()()
    assert type(view.schema) is description.TradepostSchema
    assert view.schema.view is view
    view.schema = own = AutoSchema()
    assert view.schema is own
    with pytest.raises(AttributeError):
        TradepostViewSet.schema.nothing  # noqa: B018


def test_the_public_names_are_there_when_they_are_asked_for() -> None:
    """And a name that isn't there is refused as by any module."""
    assert {getattr(public, name).__name__ for name in public.__all__} == set(public.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        public.nothing  # noqa: B018


def test_an_action_under_another_name_is_refused() -> None:
    """A decorator without ``functools.wraps`` would hide it from the router."""
    view = make_view()

    @functools.wraps(view.count)
    def other(self: Any, request: Any) -> Any:
        return Response(1)

    other.__name__ = "other"
    view.count = other  # type: ignore[attr-defined]
    with pytest.raises(
        ImproperlyConfigured, match=r"Things\.count is called other: its decorators need functools\.wraps"
    ):
        view.get_extra_actions()
