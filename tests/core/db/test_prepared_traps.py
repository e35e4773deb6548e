"""Builders that would make a kept statement answer wrongly are refused or left to the ORM, and threads don't meet in it."""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import (
    CASCADE,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    Value,
)
from django.db.transaction import TransactionManagementError
from django.test import override_settings
from django.utils import timezone

from tradepost.catalogue.models import Product
from tradepost.core import db
from tradepost.core.db import Prepared, key_of
from tradepost.core.db.prepared import SHAPES
from tradepost.core.errors import Misused
from tradepost.core.extending import exposed_fields
from tradepost.core.extending.exposed_fields import expose, with_exposed
from tradepost.core.models import Sequence
from tradepost.customers.models import Customer
from tradepost.testing import factories as make
from tradepost.testing.prepared_queries import prepared_queries_compared

NUMBER, TEXT, TIME = BigIntegerField(), CharField(max_length=255), DateTimeField()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "build",
    [
        lambda p: Product.objects.filter(slug=p.c.strip()),
        lambda p: Product.objects.filter(slug=f"{p.c}!"),
        lambda p: Product.objects.filter(slug=str(p.c)),
        lambda p: Product.objects.filter(slug="x") if p.c == "x" else Product.objects.filter(slug=p.c),
        lambda p: Product.objects.filter(slug=p.c, is_featured=p.c in {"x", "y"}),
        lambda p: Product.objects.filter(slug=p.c, is_featured=p.c in ("x", "y")),
        lambda p: Product.objects.filter(slug={"x": 1}.get(p.c, p.c)),
        lambda p: Product.objects.all(),
        lambda p: Product.objects.all()[: p.c],
        lambda p: Product.objects.filter(slug__in=[*p.c]),
        lambda p: Product.objects.filter(slug__among=p.c),
        lambda p: Product.objects.annotate(shown=Value(p.c, output_field=CharField())),
        lambda p: Product.objects.filter(slug=p.missing),
    ],
)
def test_a_builder_that_works_on_a_value_is_refused_at_the_first_use(build: Callable[..., Any]) -> None:
    """It would decide once, and its decision would answer every value to come."""
    with pytest.raises((TypeError, AttributeError)):
        Prepared(build, c=TEXT)(c="x")


@pytest.mark.django_db
def test_a_lookup_that_makes_a_text_of_the_value_is_refused() -> None:
    """As ``iexact`` does on SQLite and MariaDB: it would look for the name of the placeholder, and match nothing."""
    query = Prepared(lambda p: Product.objects.filter(slug__iexact=p.slug), slug=TEXT)
    make.product(slug="Mug")

    if connection.vendor == "postgresql":
        assert [row.slug for row in query(slug="mUG")] == ["Mug"]
    else:
        with pytest.raises(TypeError, match="The value of 'slug' isn't known"):
            query(slug="mUG")


@pytest.mark.django_db
def test_a_list_is_looked_up_by_among_only() -> None:
    """``in`` would write one placeholder for all of it."""
    query = Prepared(lambda p: Product.objects.filter(pk__in=p.keys), keys=[NUMBER])

    with pytest.raises(TypeError):
        query(keys=[1])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (IntegerField(), "write BigIntegerField"),
        (ForeignKey(Product, CASCADE), "key_of"),
        ("text", "write a field"),
        ([BooleanField()], "integers, texts or UUIDs"),
    ],
)
@pytest.mark.django_db
def test_a_field_that_would_lose_values_is_refused(spec: Any, message: str) -> None:
    """A narrow integer is bound as such, and another number arrives."""
    with pytest.raises(Misused, match=message):
        Prepared(lambda p: Product.objects.filter(pk=p.x), x=spec)(x=1)


@pytest.mark.parametrize("name", ["using", "page"])
def test_a_name_of_ours_is_refused(name: str) -> None:
    """It would never arrive."""
    with pytest.raises(Misused, match=name):
        Prepared(lambda p: Product.objects.all(), **{name: NUMBER})


@pytest.mark.django_db
def test_a_missing_value_and_an_unknown_one_are_refused() -> None:
    """At every call, by name."""
    query = Prepared(lambda p, *, some=True: Product.objects.filter(slug=p.slug), slug=TEXT)
    query(slug="x")

    with pytest.raises(TypeError, match="'slug'"):
        query()
    with pytest.raises(TypeError, match="'slug'"):
        query.queryset(some=True)
    with pytest.raises(TypeError, match="other"):
        query(slug="x", other=1)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [2**31, 2**40, 2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1])
def test_a_number_that_no_column_holds_matches_as_in_the_orm(number: int) -> None:
    """Neither an error, nor the row that a part of the number would name."""
    make.stock(on_hand=0)
    Sequence.objects.create(name="low", value=0)
    rows = Sequence.objects.filter(name="low")  # MariaDB has a row there by which placing keeps changes out
    query = Prepared(lambda p: rows.filter(value=p.value), value=NUMBER)
    among = Prepared(lambda p: rows.filter(value__among=p.values), values=[NUMBER])
    above = Prepared(lambda p: rows.filter(value__lt=p.value), value=NUMBER)

    for values in ([number], [number, 0]):
        assert [row.value for row in among(values=values)] == values[1:]
    assert query(value=number) == []
    assert len(above(value=number)) == (number > 0)


@pytest.mark.django_db
def test_nothing_true_and_false_are_statements_of_their_own() -> None:
    """Though 0, ``False`` and an empty text are equal, or all false: each changes the SQL."""
    rows = [make.product(is_featured=True, brand="1"), make.product(brand=""), make.product(brand="x")]
    query = Prepared(
        lambda p: (Product.objects.filter(brand=p.brand) if p.brand else Product.objects.all()).filter(
            is_featured=p.featured
        ),
        brand=TEXT,
        featured=BooleanField(),
    )

    assert query(brand="x", featured=False) == [rows[2]]
    assert query(brand="", featured=False) == rows[1:]
    assert query(brand="1", featured=True) == [rows[0]]
    assert query(brand="", featured=0) == rows[1:]


@pytest.mark.django_db
def test_beyond_64_shapes_the_answer_is_right_and_an_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Once: a shop goes on, and its log says that a value was taken for a shape. The check of a suite fails."""
    row = make.product(brand="new")
    query = Prepared(lambda p, *, brand: Product.objects.filter(brand=brand))

    with caplog.at_level(logging.ERROR):
        for number in range(SHAPES):
            query(brand=str(number))
        assert caplog.records == []
        with pytest.raises(AssertionError, match="more than 64 shapes"):
            query(brand="new")
        unchecked: Any = inspect.unwrap(Prepared.__call__)
        assert unchecked(query, brand="new") == [row]

    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "more than 64 shapes" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_each_time() -> None:
    """The ORM says so while it compiles; a kept statement would lock nothing, and say nothing."""
    Sequence.objects.create(name="x", value=1)
    query = Prepared(lambda p: db.lock(Sequence.objects.filter(value=p.value)), value=NUMBER)

    for _ in range(2):
        with transaction.atomic():
            assert len(query(value=1)) == 1
        with pytest.raises(TransactionManagementError):
            query(value=1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_kept_lock_excludes_others() -> None:
    """Who asks without waiting is refused, the second time as well."""
    Sequence.objects.create(name="x", value=1)
    query = Prepared(lambda p, *, nowait: db.lock(Sequence.objects.filter(value=p.value), nowait=nowait), value=NUMBER)
    refused = []

    def ask() -> None:
        try:
            with transaction.atomic():
                query(value=1, nowait=True)
        except OperationalError as error:
            refused.append(type(error).__name__)
        connection.close()

    for _ in range(2):
        with transaction.atomic():
            query(value=1, nowait=False)
            other = threading.Thread(target=ask)
            other.start()
            other.join(timeout=10)

    assert refused == ["OperationalError"] * 2


@pytest.mark.django_db
def test_a_lock_and_a_slice_have_no_pages() -> None:
    """The end of their statement is taken."""
    with pytest.raises(Misused, match="no pages"):
        Prepared(lambda p: db.lock(Sequence.objects.all()))(page=(0, 1))
    with pytest.raises(Misused, match="no pages"):
        Prepared(lambda p: Sequence.objects.all()[:5])(page=(0, 1))


@pytest.mark.django_db
def test_settings_and_exposed_fields_are_read_anew_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builders read both."""
    from django.conf import settings

    monkeypatch.setattr(exposed_fields, "_declared", {})
    product = make.product(brand="x")
    make.customer()
    by_setting = Prepared(lambda p: Product.objects.filter(brand=settings.TEST_BRAND))
    exposed = Prepared(lambda p: with_exposed(Customer.objects.all()))

    with override_settings(TEST_BRAND="x"):
        assert by_setting() == [product]
    with override_settings(TEST_BRAND="y"):
        assert by_setting() == []
    [before] = exposed()
    expose("tradepost_customers.Customer", "user__username")
    [after] = exposed()

    assert not Customer.user.is_cached(before)  # type: ignore[attr-defined]
    assert Customer.user.is_cached(after)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_project_that_fetches_rows_in_its_own_way_is_heard() -> None:
    """Such a queryset is left to itself."""
    make.product(slug="mug")

    class Loud(QuerySet[Any]):
        def _fetch_all(self) -> None:
            super()._fetch_all()  # type: ignore[misc]
            for row in self._result_cache:  # type: ignore[attr-defined]
                row.name = "LOUD"

    query = Prepared(lambda p: Loud(Product).filter(slug=p.slug), slug=TEXT)

    assert [[row.name for row in query(slug="mug")] for _ in range(2)] == [["LOUD"]] * 2


@pytest.mark.django_db
def test_the_check_of_a_suite_finds_what_a_builder_froze() -> None:
    """A moment that it read from the clock answers the first call only."""
    make.product()
    now = [timezone.now() + timedelta(days=1)]
    query = Prepared(lambda p: Product.objects.filter(created_at__lte=now[0]))

    assert len(query()) == 1
    now[0] -= timedelta(days=2)
    with pytest.raises(AssertionError, match="gives other rows than its queryset"):
        query()


@pytest.mark.django_db
def test_what_is_compared_isnt_counted(django_assert_num_queries: Any) -> None:
    """Neither by Django's own count nor by a wrapper."""
    query = Prepared(lambda p: Product.objects.filter(slug=p.slug), slug=TEXT)
    sent = []

    def note(execute: Any, sql: str, *args: Any) -> Any:
        sent.append(sql)
        return execute(sql, *args)

    with prepared_queries_compared(), django_assert_num_queries(2), connection.execute_wrapper(note):
        query(slug="a")
        query(slug="b")

    assert len(sent) == 2


@pytest.mark.django_db
def test_values_are_compared_once_in_each_test() -> None:
    """With what was kept before: once it was compiled for others, and anew in the next test and for values that are new to it."""
    Sequence.objects.bulk_create(Sequence(name=name, value=1) for name in "abc")
    least = [1]
    query = Prepared(lambda p: Sequence.objects.filter(value__gte=least[0], name=p.name), name=TEXT)

    with prepared_queries_compared():
        assert [len(query(name=name)) for name in "aba"] == [1, 1, 1]
        least[0] = 2  # whatever a builder reads besides: a setting, the clock
        assert [len(query(name=name)) for name in "ab"] == [1, 1]
        with pytest.raises(AssertionError, match="gives other rows than its queryset"):
            query(name="c")
    for name in "ab":
        with prepared_queries_compared(), pytest.raises(AssertionError, match="gives other rows than its queryset"):
            query(name=name)


@pytest.mark.django_db
def test_calls_may_be_left_out_of_the_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are named by their query and values; all others are compared."""
    Sequence.objects.bulk_create(Sequence(name=name, value=1) for name in "ab")
    monkeypatch.setattr(Prepared, "__call__", inspect.unwrap(Prepared.__call__))  # as without the fixture of all tests
    least = [1]
    query = Prepared(lambda p: Sequence.objects.filter(value__gte=least[0], name=p.name), name=TEXT)
    calls = []

    def skip(called: Prepared[Any], given: dict[str, Any]) -> bool:
        calls.append((called, given))
        return given["name"] == "a"

    assert len(query(name="a")) == 1
    least[0] = 2
    with prepared_queries_compared(skip=skip):
        assert len(query(name="a")) == 1
        with pytest.raises(AssertionError, match="gives other rows than its queryset"):
            query(name="b")
    assert calls == [(query, {"name": "a"}), (query, {"name": "b"})]


@pytest.mark.django_db(transaction=True)
def test_threads_share_it_without_mixing_their_values() -> None:
    """Each has its own connection and values."""
    Sequence.objects.bulk_create([Sequence(name=str(number), value=number) for number in range(20)])
    query = Prepared(lambda p: Sequence.objects.filter(value=p.value), value=NUMBER)
    wrong = []

    def ask(step: int) -> None:
        for turn in range(1, 60):
            number = turn * step % 20
            if [row.name for row in query(value=number)] != [str(number)]:
                wrong.append(number)
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(step,)) for step in (1, 3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


class Router:
    """Sends reads where it is told to."""

    alias = "default"

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return self.alias


@pytest.fixture
def replica() -> Iterator[None]:
    """The same database under another alias."""
    connections.settings["replica"], connections["replica"] = connection.settings_dict, connections["default"]
    yield
    del connections["replica"], connections.settings["replica"]


@pytest.mark.django_db
@pytest.mark.usefixtures("replica")
def test_routers_are_asked_at_every_call() -> None:
    """One may send a visitor who has just written to the first database, and all others to a replica."""
    make.product(slug="mug")
    query = Prepared(lambda p: Product.objects.filter(slug=p.slug), slug=TEXT)
    router = Router()

    with override_settings(DATABASE_ROUTERS=[router]):
        chosen = []
        for alias in ("default", "replica", "default"):
            router.alias = alias
            chosen.append(query.get(slug="mug")._state.db)

    assert chosen == ["default", "replica", "default"]
    assert query.get(slug="mug", using="replica")._state.db == "replica"


@pytest.mark.django_db
def test_keys_are_of_any_type() -> None:
    """As the project's user model may have them; narrow integers are widened."""
    assert isinstance(key_of("auth.User")(), BigIntegerField)
    assert isinstance(key_of(Product)(), BigIntegerField)
    assert isinstance(key_of("sessions.Session")(), CharField)
