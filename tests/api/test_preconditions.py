"""Changes that are made only to what their callers have read (``If-Match``), and tags on their way through compression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIRequestFactory, force_authenticate

from tradepost.api.headers import preconditions
from tradepost.api.headers.preconditions import IfMatch
from tradepost.api.headers.tags import tags_of, version_of
from tradepost.api.views.staff.products import StaffProductViewSet
from tradepost.catalogue.models import Collection, Product
from tradepost.orders.models import Order
from tradepost.testing import factories, placed
from tradepost.testing.queries import count_queries
from tradepost.testing.races import together

URL = "/api/v1/staff/products/mug/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Client:
    """An administrator, for whom every call is open."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("keeper", "keeper@example.com", "secret"))
    return client


@pytest.fixture
def mug() -> Product:
    """As it was made."""
    return factories.product(name="Mug", slug="mug", description="Holds tea, and coffee as well. " * 50)


def patch(client: Client, match: str | None, name: str = "Cup", url: str = URL) -> Any:
    """Rename the mug."""
    headers = {} if match is None else {"If-Match": match}
    return client.patch(url, {"name": name}, content_type="application/json", headers=headers)


def test_a_change_to_the_version_that_was_read_is_made(keeper: Client, mug: Product) -> None:
    """The answer has the next tag, so a second change needs no look between."""
    read = keeper.get(URL)
    first = patch(keeper, read["ETag"])
    second = patch(keeper, first["ETag"], "Beaker")

    assert (read.json()["version"], read["ETag"][:3]) == (1, '"1.')
    assert (first.status_code, first["ETag"], first.json()["version"]) == (200, '"2"', 2)
    assert (second.status_code, Product.objects.get().name) == (200, "Beaker")


def test_a_change_to_an_older_version_is_refused(keeper: Client, mug: Product) -> None:
    """412 with the version that there is; nothing changes, and what happened between is kept."""
    read = keeper.get(URL)["ETag"]
    Product.objects.update(summary="From somebody else")

    answer = patch(keeper, read)

    assert answer.status_code == 412
    assert answer.json() == {
        "type": "client_error",
        "errors": [{"code": "version_changed", "detail": "This was changed meanwhile. Read it again.", "attr": None}],
        "context": {"version": 2},
    }
    product = Product.objects.get()
    assert (product.name, product.summary, product.version) == ("Mug", "From somebody else", 2)


@pytest.mark.parametrize(
    ("match", "status"),
    [
        ("*", 200),
        ('"1"', 200),
        ('W/"1"', 200),
        ('"1-gzip"', 200),
        ('W/"1.0f--gzip"', 200),
        ('"7", "1"', 200),
        ('"1;br"', 200),
        ('"2"', 412),
        ('"1-other"', 412),
        ('"x"', 412),
        ("1", 412),
        ("", 412),
        ('"' + "9" * 5000 + '"', 412),
        ('"١"', 412),
    ],
)
def test_tags_are_compared_without_what_compression_adds(keeper: Client, mug: Product, match: str, status: int) -> None:
    """A star means that there is such a row; what is no tag matches nothing."""
    if not match.isascii():
        match = match.encode().decode("latin-1")
    answer = patch(keeper, match)

    assert (answer.status_code, Product.objects.get().name) == (status, "Cup" if status == 200 else "Mug")


@pytest.mark.parametrize("match", ["*", '"1"'])
def test_what_is_not_there_is_absent_whatever_it_should_match(keeper: Client, match: str) -> None:
    """404, as without the header."""
    assert patch(keeper, match).status_code == 404


def test_a_call_that_replaces_all_needs_the_header(keeper: Client, mug: Product) -> None:
    """428 with its code; nothing changes."""
    body = {"option_names": ["Size"]}

    answer = keeper.post(f"{URL}options/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (428, "version_required")
    assert Product.objects.get().version == 1


def test_a_view_of_a_project_declares_it_in_a_line(mug: Product) -> None:
    """For any action of its own."""

    class OwnViewSet(StaffProductViewSet):
        conditional = {**StaffProductViewSet.conditional, "partial_update": IfMatch.REQUIRED}

    request = APIRequestFactory().patch("/", {"name": "Cup"}, format="json")
    force_authenticate(request, get_user_model().objects.create_superuser("root", "root@example.com", "secret"))
    answer: Any = OwnViewSet.as_view({"patch": "partial_update"}, basename="own")(request, slug="mug")

    assert (answer.status_code, Product.objects.get().name) == (428, "Mug")


def test_a_repeated_call_is_answered_from_memory_though_the_version_has_moved_on(keeper: Client, mug: Product) -> None:
    """Its own change raised it."""
    headers = {"If-Match": '"1"', "Idempotency-Key": "once"}

    answers = [keeper.patch(URL, {"name": "Cup"}, "application/json", headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Product.objects.get().version == 2


def test_an_answer_from_memory_has_the_tag_of_its_change(keeper: Client, mug: Product) -> None:
    """Who lost the first answer goes on as if they had it."""
    headers = {"Idempotency-Key": "rename-1", "If-Match": '"1"'}
    first, again = (
        keeper.patch(URL, {"name": "Cup"}, content_type="application/json", headers=headers) for _ in range(2)
    )

    assert (first["ETag"], again["ETag"], again["Idempotency-Replayed"]) == ('"2"', '"2"', "true")
    assert patch(keeper, again["ETag"], "Beaker").status_code == 200


def test_orders_have_versions_that_their_transitions_raise(keeper: Client) -> None:
    """A hold by one member of staff is noticed by another."""
    order = placed.order(placed.line_row("10.00"), reserve=False)
    url = f"/api/v1/staff/orders/{order.number}/"
    read = keeper.get(url)["ETag"]

    held = keeper.post(f"{url}hold/", {"code": "check"}, "application/json", headers={"If-Match": read})
    late = keeper.post(f"{url}release/", {}, "application/json", headers={"If-Match": read})

    assert (held.status_code, late.status_code) == (200, 412)
    assert Order.objects.get().hold == "check"
    version = late.json()["context"]["version"]
    assert held["ETag"] == f'"{version}"'


def test_collections_have_versions(keeper: Client) -> None:
    """As products have."""
    Collection.objects.create(name="Summer", slug="summer")
    url = "/api/v1/staff/collections/summer/"
    read = keeper.get(url)["ETag"]

    assert patch(keeper, read, "Sun", url).status_code == 200
    assert patch(keeper, read, "Rain", url).status_code == 412
    assert Collection.objects.get().name == "Sun"


def test_the_check_costs_one_statement(keeper: Client, mug: Product) -> None:
    """The version, by the lock that the change needs anyway."""
    patch(keeper, None)
    with count_queries() as without:
        patch(keeper, None, "Beaker")
    with count_queries() as checked:
        patch(keeper, "*", "Cup")

    assert len(checked) == len(without) + 1


def test_tags_survive_compression(client: Client, settings: Any, mug: Product) -> None:
    """Django's middleware makes a strong tag weak; the caller who sends it back has the answer already."""
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
    factories.variant(product=mug, price="1.00")
    url = "/api/v1/products/mug/"

    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    plain = client.get(url)
    again = client.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    renamed = client.get(url, headers={"If-None-Match": plain["ETag"][:-1] + '-gzip"'})

    assert packed["Content-Encoding"] == "gzip"
    assert (packed["ETag"], plain["ETag"][0]) == (f"W/{plain['ETag']}", '"')
    assert (again.status_code, again.content) == (304, b"")
    assert renamed.status_code == 304
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_reads_tags() -> None:
    """Quoted ones, however many; and versions of those that have one."""
    assert tags_of('W/"a", "b-gzip","c"') == ["a", "b", "c"]
    assert tags_of(" * ") == ["*"]
    assert tags_of("a, b") == []
    assert len(tags_of('"a",' * 1000)) == 50
    assert [version_of(text) for text in ("12", "12.0af", "12.", "x", "-1", "12.0af\n")] == [
        12,
        12,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_changes_to_one_version_one_is_made() -> None:
    """The other is refused."""
    assert race() == [[200, 412]] * 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_both_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read the version before either has written."""

    def unlocked(view: Any, header: str, change: Callable[[], Any]) -> Any:
        version = view.addressed().values_list("version", flat=True).first()
        if version not in {version_of(name) for name in tags_of(header)}:
            raise preconditions.VersionChanged(version)
        return change()

    monkeypatch.setattr(preconditions, "_changed", unlocked)

    assert [200, 200] in race()


def race() -> list[list[int]]:
    """Statuses of five times two changes at once."""
    factories.product(name="Mug", slug="mug")
    users = [get_user_model().objects.create_superuser(f"root{number}", f"{number}@e.com", "x") for number in range(2)]
    view: Any = StaffProductViewSet.as_view({"patch": "partial_update"}, basename="own")
    rounds = []
    for number in range(5):
        version = Product.objects.get().version

        def call(user: Any, name: str, version: int = version) -> int:
            request = APIRequestFactory().patch(
                "/", {"name": name}, format="json", headers={"If-Match": f'"{version}"'}
            )
            force_authenticate(request, user)
            return int(view(request, slug="mug").status_code)

        calls = [lambda user=user: call(user, f"{user.username} {number}") for user in users]  # noqa: B023
        rounds.append(sorted(together(calls)))
    return rounds
