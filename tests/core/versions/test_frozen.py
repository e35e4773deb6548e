"""A frozen value is what was committed before somebody asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tradepost.core import jobs, versions
from tradepost.core.versions import Frozen, watched_tables
from tradepost.testing.queries import count_queries


@pytest.fixture
def names() -> Iterator[Frozen[tuple[str, ...]]]:
    """The names of all groups, or of those that begin with a text."""
    versions.watch("tests.groups", Group)
    yield Frozen(
        "tests.groups",
        lambda start="": tuple(
            Group.objects.filter(name__startswith=start).order_by("name").values_list("name", flat=True)
        ),
    )
    watched_tables.unwatch("tests.groups")


def asked(call: Callable[[], Any]) -> list[str]:
    """The statements that a call sends."""
    with count_queries() as sent:
        call()
    return sent


def rolled_back(call: Callable[[], Any]) -> Any:
    """The result of a call in a transaction, or a savepoint, that is rolled back."""
    with transaction.atomic():
        value = call()
        transaction.set_rollback(True)
    return value


def _named(name: str) -> Group:
    return Group.objects.create(name=name)


@pytest.mark.django_db
def test_a_kept_value_costs_one_query_for_versions(names: Frozen[tuple[str, ...]]) -> None:
    """The first costs two more: its own, and a look whether something changed meanwhile."""
    Group.objects.create(name="a")

    assert len(asked(names.get)) == 3
    assert len(asked(names.get)) == 1
    assert names.get() == ("a",)


@pytest.mark.django_db
def test_versions_are_read_once_in_a_block(names: Frozen[tuple[str, ...]]) -> None:
    """Whoever asks, and however often."""
    names.get()

    with versions.one_reading():
        assert len(asked(names.get)) == 1
        with versions.one_reading():
            assert asked(names.get) == []
    assert len(asked(names.get)) == 1


@pytest.mark.django_db
def test_each_request_reads_anew(names: Frozen[tuple[str, ...]], client: Any) -> None:
    """The values that the one before has read are gone, ended or not."""
    names.get()
    request_started.disconnect(close_old_connections)  # the test's own, with its transaction
    request_started.send(sender=None)
    try:
        assert (len(asked(names.get)), asked(names.get)) == (1, [])
        request_started.send(sender=None)
        assert len(asked(names.get)) == 1
        request_finished.disconnect(close_old_connections)
        request_finished.send(sender=None)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    assert [len(asked(names.get)), len(asked(names.get))] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_job_reads_for_itself(names: Frozen[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Though somebody runs it within a request."""
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.job("tests.names", every=jobs.timedelta(1))(lambda: seen.append(names.get()) or 1)
    with versions.one_reading():
        assert names.get() == ()
        _elsewhere("INSERT INTO auth_group (name) VALUES ('b')")
        assert names.get() == ()
        jobs.run("tests.names")
    assert seen == [("b",)]


def _elsewhere(sql: str) -> None:
    """A change that another process commits, which this one's request doesn't hear of."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.execute(sql)
        cursor.cursor.execute("INSERT INTO tradepost_core_change (kind, token) VALUES ('tests.groups', 77)")


@pytest.mark.django_db
def test_a_change_of_ones_own_is_seen_in_the_same_request(names: Frozen[tuple[str, ...]]) -> None:
    """Before it is committed, too, and no longer once it was rolled back."""
    with versions.one_reading():
        assert names.get() == ()
        seen = rolled_back(lambda: [_named(name) and names.get() for name in "ab"])
        assert seen == [("a",), ("a", "b")]
        assert names.get() == ()
        Group.objects.create(name="c")
        assert names.get() == ("c",)


@pytest.mark.django_db(transaction=True)
def test_a_change_of_ones_own_is_seen_once_it_is_committed(names: Frozen[tuple[str, ...]]) -> None:
    """Nobody has asked before the commit, after which nothing of the transaction is left."""
    with versions.one_reading():
        assert names.get() == ()
        _named("a")
        assert names.get() == ("a",)
        with transaction.atomic():
            _named("b")
        assert names.get() == ("a", "b")
        assert asked(names.get) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_rolled_back_change_loaded_is_never_served_for_the_next(names: Frozen[tuple[str, ...]]) -> None:
    """Nobody asks in between: a counter would stand where it stood inside."""
    assert rolled_back(lambda: _named("a") and names.get()) == ("a",)
    Group.objects.create(name="b")

    assert names.get() == ("b",)


@pytest.mark.django_db
def test_a_value_that_changed_while_it_was_loaded_is_not_kept() -> None:
    """It may be half old and half new."""
    loads: list[int] = []

    def load() -> int:
        loads.append(len(loads))
        if len(loads) == 1:
            versions.changed("tests.numbers")
        return loads[-1]

    number = Frozen("tests.numbers", load)

    assert [number.get(), number.get(), number.get()] == [0, 1, 1]


@pytest.mark.django_db
def test_values_are_kept_by_key(names: Frozen[tuple[str, ...]]) -> None:
    """Each of its own; a change forgets all."""
    Group.objects.bulk_create([Group(name="a1"), Group(name="b1")])

    assert (names.get("a"), names.get("b")) == (("a1",), ("b1",))
    assert [len(asked(lambda: names.get("a"))), len(asked(lambda: names.get("b")))] == [1, 1]
    Group.objects.create(name="a2")
    assert names.get("a") == ("a1", "a2")


@pytest.mark.django_db
def test_a_setting_that_changes_forgets_what_was_kept(names: Frozen[tuple[str, ...]], settings: Any) -> None:
    """A value may have been made by it."""
    names.get()

    settings.TRADEPOST_SHOP = {"NAME": "Other"}

    assert len(asked(names.get)) == 3


@pytest.mark.django_db
def test_each_language_has_its_own(names: Frozen[tuple[str, ...]]) -> None:
    """A loader may translate; who reads another language isn't given its words."""
    words = Frozen(names.kinds, load=lambda: str(_("Yes")))

    with translation.override("de"):
        assert words.get() == "Ja"
    with translation.override("en"):
        assert words.get() == "Yes"
    with translation.override("de"):
        assert (len(asked(words.get)), words.get()) == (1, "Ja")
