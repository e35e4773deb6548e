"""Every way of writing is a change, once for a transaction, and nothing that was rolled back ever counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from tradepost.core import versions
from tradepost.core.models import Change, Sequence
from tradepost.core.versions import change_lock, tokens, watched_tables
from tradepost.core.versions.statements import set_columns, written_tables
from tradepost.promotions.models import Benefit
from tradepost.testing.queries import count_queries

User: Any = get_user_model()


class Stop(Exception):
    """Ends a transaction."""


@pytest.fixture(autouse=True)
def _watched() -> Iterator[None]:
    """Users and groups, beside whatever the shop watches; a user's last sign-in is a counter."""
    versions.watch("tests.users", User, counters=("last_login",))
    versions.watch("tests.groups", Group)
    yield
    watched_tables.unwatch("tests.users")
    watched_tables.unwatch("tests.groups")


def user(**values: Any) -> Any:
    """A user."""
    return User.objects.create(**{"username": f"u{User.objects.count()}", **values})


def roll_back(call: Callable[[], Any]) -> None:
    """Do something in a transaction, or a savepoint, that ends with an error."""

    def fail() -> None:
        with transaction.atomic():
            call()
            raise Stop

    with pytest.raises(Stop):
        fail()


def version(kind: str = "tests.users") -> int:
    """As it is now."""
    return versions.read_versions().get(kind, 0)


WAYS: dict[str, Callable[[], Any]] = {
    "create": user,
    "save": lambda: User.objects.first().save(),
    "update": lambda: User.objects.update(first_name="Ada"),
    "bulk_create": lambda: User.objects.bulk_create([User(username="x"), User(username="y")]),
    "bulk_create, one": lambda: User.objects.bulk_create([User(username="x")]),
    "ignoring conflicts": lambda: User.objects.bulk_create([User(username="z")], ignore_conflicts=True),
    "bulk_update": lambda: User.objects.bulk_update([*User.objects.all()], ["email"]),
    "get_or_create": lambda: User.objects.get_or_create(username="z"),
    "delete": lambda: User.objects.first().delete(),
    "delete of a queryset": lambda: User.objects.filter(username="u0").delete(),
    "delete by a relation": lambda: User.objects.filter(groups__name="nobody")._raw_delete("default"),
    "a relation of many": lambda: User.objects.get().groups.set([]),
    "the other side of it": lambda: Group.objects.get().user_set.set([]),
    "raw": lambda: connection.cursor().execute("UPDATE auth_user SET first_name = 'Bo'"),
    "raw, many": lambda: connection.cursor().executemany(
        "UPDATE auth_user SET first_name = %s WHERE username = %s", [("a", "u0"), ("b", "u1")]
    ),
    "with a comment": lambda: connection.cursor().execute("/* import */ -- daily\n DELETE FROM auth_user_groups"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_moves_the_version(way: str) -> None:
    """Without a transaction around it: the write and its token are committed as one."""
    user().groups.add(Group.objects.create(name="staff"))
    before = version()

    WAYS[way]()

    assert version() != before


@pytest.mark.django_db(transaction=True)
def test_a_write_and_its_token_are_committed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the token can't be written, nothing is."""

    def fail(*_kinds: str, using: str) -> None:
        raise Stop

    monkeypatch.setattr(watched_tables, "changed", fail)

    with pytest.raises(Stop):
        user()
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_insert_gives_back_is_there() -> None:
    """On SQLite its rows are fetched before the commit, which would fail otherwise."""
    assert user().pk == User.objects.get().pk
    first, second = User.objects.bulk_create([User(username="x"), User(username="y")])
    assert {first.username, second.username} == set(
        User.objects.exclude(username="u0").values_list("username", flat=True)
    )


@pytest.mark.django_db
def test_reading_moves_nothing() -> None:
    """Nor does a lock."""
    user()
    before = version()

    list(User.objects.select_for_update())
    assert version() == before


@pytest.mark.django_db
def test_many_writes_of_one_transaction_are_one_row() -> None:
    """As long as nobody reads the version between them."""
    before = Change.objects.count()

    for name in "abc":
        user(username=name)
        Group.objects.create(name=name)

    assert list(Change.objects.order_by("kind").values_list("kind", flat=True)[before:]) == [
        "tests.groups",
        "tests.users",
    ]


@pytest.mark.django_db
def test_a_change_after_the_version_was_read_counts_in_the_same_transaction() -> None:
    """Rows loaded between the two aren't taken for the result of the second."""
    first = user()
    before = version()

    first.save()

    assert version() != before


@pytest.mark.django_db
def test_a_change_after_a_rolled_back_savepoint_counts() -> None:
    """The token that was noted in it is gone, so the next write inserts one."""
    roll_back(user)
    before = version()

    user()

    assert version() != before


@pytest.mark.django_db(transaction=True)
def test_a_version_that_was_rolled_back_never_returns() -> None:
    """A counter would give the next change the same number."""
    seen = set()
    for _attempt in range(3):
        roll_back(lambda: seen.add((user(), version())[1]))
    user()

    assert len({*seen, version()}) == 4


@pytest.mark.django_db
def test_what_orders_count_is_no_change() -> None:
    """An UPDATE of the counter alone; one that sets more is a change."""
    row = user()
    before = version()

    User.objects.update(last_login=None)
    User.objects.update(last_login=models.Case(models.When(pk=row.pk, then=models.F("date_joined"))))
    row.save(update_fields=["last_login"])
    assert version() == before

    row.save(update_fields=["last_login", "first_name"])
    assert version() != before


@pytest.mark.django_db
def test_tables_of_all_kinds_of_a_model_are_watched() -> None:
    """Of a model with children the children's, and what they have many of."""
    versions.watch("tests.benefits", Benefit)
    try:
        tables = versions.kinds()["tests.benefits"]
    finally:
        watched_tables.unwatch("tests.benefits")

    assert {"tradepost_promotions_benefit", "tradepost_promotions_percentageoff"} <= set(tables)


@pytest.mark.django_db
def test_folding_keeps_versions() -> None:
    """One row of each kind is left, with the same sum."""
    for name in "abc":
        user(username=name)
        version()
        Group.objects.create(name=name)
    before = versions.read_versions()

    versions.fold()

    assert versions.read_versions() == before
    assert Change.objects.filter(kind="tests.users").count() == 1
    assert versions.fold() == 0


@pytest.mark.django_db
def test_sums_stay_within_the_database() -> None:
    """Folded rows are kept below 2**61, and versions count likewise."""
    Change.objects.bulk_create(Change(kind="tests.users", token=2**61 - 1) for _row in range(3))
    before = version()

    versions.fold()

    assert version() == before == 3 * (2**61 - 1) % 2**61


@pytest.mark.django_db
def test_a_write_before_the_table_is_there_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration of another app may write first."""
    monkeypatch.setattr(tokens, "_ready", set())
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args, **kwargs: [])
    before = version()

    user()

    assert (User.objects.count(), version()) == (1, before)


@pytest.mark.django_db
def test_the_command_says_what_another_program_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """By name, or all; without any it lists the kinds."""
    before = version(), version("tests.groups")

    call_command("tradepost_changed", "tests.users")
    assert version() != before[0]
    assert version("tests.groups") == before[1]

    call_command("tradepost_changed", "--all")
    assert version("tests.groups") != before[1]
    capsys.readouterr()

    call_command("tradepost_changed")
    assert "tests.groups: auth_group, auth_group_permissions\n" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"There is no kind tests\.user\."):
        call_command("tradepost_changed", "tests.user")


@pytest.mark.django_db(transaction=True)
def test_hold_is_for_a_transaction() -> None:
    """Outside of one nothing would be held."""
    with pytest.raises(transaction.TransactionManagementError):
        versions.hold()


@pytest.mark.django_db
def test_who_holds_may_change_something() -> None:
    """It doesn't wait for itself."""
    change_lock.KINDS.add("tests.users")
    try:
        versions.hold()
        with count_queries() as sent:
            user()
    finally:
        change_lock.KINDS.discard("tests.users")
    assert not any("advisory" in sql or "FOR UPDATE" in sql for sql in sent)
    assert Sequence.objects.filter(name="core.versions").count() == (connection.vendor == "mysql")


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM a FOR UPDATE", []),
        ('INSERT INTO "a" ("b") VALUES (1)', ["a"]),
        ("INSERT OR IGNORE INTO a VALUES (1)", ["a"]),
        ("INSERT IGNORE INTO `a` VALUES (1)", ["a"]),
        ("REPLACE INTO `a` VALUES (1)", ["a"]),
        ('UPDATE "a" SET b = 1', ["a"]),
        ('update only "public"."a" set b = 1', ["a"]),
        ("DELETE FROM a", ["a"]),
        ("DELETE `a` FROM `a` INNER JOIN `b` ON 1", ["a"]),
        ('TRUNCATE "a", "b", "c";', ["a", "b", "c"]),
        ("TRUNCATE `a`;", ["a"]),
        ("WITH x AS (SELECT 1) UPDATE a SET b = 1", ["a"]),
        ("WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x", ["a", "b"]),
        ("MERGE INTO a USING b ON 1", ["a"]),
        ("SAVEPOINT a", []),
        ("\n" + " " * 5000 + "SELECT 1", []),  # as long as the universe where blanks are tried in all ways
        ("\n" + " " * 5000 + "/* a */ -- b\n DELETE FROM a", ["a"]),
    ],
)
def test_the_tables_of_a_statement_are_found(sql: str, tables: list[str]) -> None:
    """As databases quote them, in common table expressions, too."""
    assert [*written_tables(sql)] == tables


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ('UPDATE "a" SET "used" = ("a"."used" + 1) WHERE "a"."id" = 1', {"used"}),
        ('UPDATE "a" SET "used" = CASE WHEN ("a"."id" = 1) THEN 2, x = 3 END', {"used", "x"}),
        ("UPDATE `a` SET `used` = COALESCE(b, c), `name` = 'x, used = 2' WHERE d = 1", {"used", "name"}),
        ("UPDATE a SET (used, b) = (1, 2)", set()),
        ("DELETE FROM a", None),
    ],
)
def test_the_columns_of_an_update_are_found(sql: str, columns: set[str] | None) -> None:
    """Neither those that it compares, nor what stands in texts; none where they can't be told."""
    assert set_columns(sql) == columns
