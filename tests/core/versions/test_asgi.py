"""Under ASGI requests take turns in one thread, and one runs in several: each has its own reading, wherever it runs."""

from __future__ import annotations

import asyncio
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group
from django.http import HttpRequest, JsonResponse
from django.test import AsyncClient
from django.urls import path

from tradepost.core import versions
from tradepost.core.versions import scopes, watched_tables
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

KIND = "tests.groups"
pytestmark = pytest.mark.django_db(transaction=True)


class Turns:
    """Lets two requests wait for each other."""

    first_has_read: asyncio.Event
    second_is_done: asyncio.Event


def _read() -> int:
    return versions.current().get(KIND, 0)


def _read_beside() -> int:
    """Without a connection of that thread's own, since nothing has to be asked."""
    scope = scopes._scope.get()
    assert scope is not None
    ((_notes, kept),) = scope.kept.values()
    return kept.get(KIND, 0)


@versions.one_reading()
def plain(request: HttpRequest) -> JsonResponse:
    """A view that asks twice."""
    with count_queries() as sent:
        seen = [_read(), _read()]
    return JsonResponse({"seen": seen, "queries": len(sent)})


async def waiting(request: HttpRequest) -> JsonResponse:
    """An async view that reads, lets another request in, and reads again, in another thread as well."""
    with versions.one_reading():
        before = await sync_to_async(_read)()
        Turns.first_has_read.set()
        await Turns.second_is_done.wait()
        again = await sync_to_async(_read)()
        elsewhere = await sync_to_async(_read_beside, thread_sensitive=False)()
    return JsonResponse({"seen": [before, again, elsewhere]})


urlpatterns = [path("plain/", plain), path("waiting/", waiting)]


@pytest.fixture(autouse=True)
def watched(settings: Any) -> Any:
    """Groups are of a kind, and these views answer."""
    settings.ROOT_URLCONF = __name__
    versions.watch(KIND, Group)
    yield
    watched_tables.unwatch(KIND)


def ask(*paths: str) -> list[dict[str, Any]]:
    """The answers to some requests, one after the other."""

    async def all_of_them() -> list[dict[str, Any]]:
        client = AsyncClient()
        return [(await client.get(path)).json() for path in paths]

    return async_to_sync(all_of_them)()


def test_one_request_reads_once_and_the_next_reads_anew() -> None:
    """As under WSGI."""
    ask("/plain/")  # MariaDB's driver asks a thing of its own on a new connection
    (first,) = ask("/plain/")
    Group.objects.create(name="a")
    second, third = ask("/plain/", "/plain/")

    assert [answer["queries"] for answer in (first, second, third)] == [1, 1, 1]
    assert len(set(first["seen"])) == len(set(second["seen"])) == 1
    assert first["seen"] != second["seen"] == third["seen"]


def test_no_request_sees_what_another_one_has_read() -> None:
    """One waits while a change is committed and another request reads it: the first goes on with what it has."""

    async def both() -> tuple[dict[str, Any], dict[str, Any]]:
        Turns.first_has_read, Turns.second_is_done = asyncio.Event(), asyncio.Event()
        client = AsyncClient()
        first = asyncio.create_task(client.get("/waiting/"))
        await Turns.first_has_read.wait()
        await sync_to_async(Group.objects.create)(name="a")
        second = await client.get("/plain/")
        Turns.second_is_done.set()
        return (await first).json(), second.json()

    first, second = async_to_sync(both)()

    assert len(set(first["seen"])) == 1
    assert set(first["seen"]).isdisjoint(second["seen"])


def test_nothing_is_left_where_the_server_goes_on() -> None:
    """The next who asks outside of a request reads anew."""
    ask("/plain/")

    assert scopes._scope.get() is None
    with count_queries() as sent:
        _read(), _read()
    assert len(sent) == 2


def test_what_was_read_outside_of_a_block_counts_for_nobody() -> None:
    """The control: before Django 6.1 the signal that a request begins runs in a task of its own, so a view needs the block."""

    def unguarded(request: HttpRequest) -> JsonResponse:
        return JsonResponse({"scope": scopes._scope.get() is not None})

    urlpatterns.append(path("unguarded/", unguarded))
    try:
        assert ask("/unguarded/") == [{"scope": django.VERSION >= (6, 1)}]
    finally:
        urlpatterns.pop()


@pytest.mark.parametrize("address", ["/api/v1/products/", "/api/v1/products/pen/", "/products/pen/", "/basket/"])
def test_a_call_and_a_page_read_once(address: str, settings: Any) -> None:
    """Whatever it asks of what is kept."""
    settings.ROOT_URLCONF = "tests.urls"
    make.variant(product=make.product(name="Pen", slug="pen"), price="1.00", on_hand=1)

    async def call() -> int:
        return (await AsyncClient().get(address)).status_code

    async_to_sync(call)()  # what is kept is loaded, which reads once more
    with count_queries() as sent:
        assert async_to_sync(call)() == 200

    assert len([sql for sql in sent if "tradepost_core_change" in sql and "SUM" in sql]) == 1
