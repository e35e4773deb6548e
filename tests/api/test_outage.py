"""A database that is gone, or a disk that is full, is told as such: no traceback, and nothing half done."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.signals import got_request_exception
from django.db import OperationalError, connection
from django.test import Client

from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """One that takes an answer for an answer, although the failure was told to whoever listens."""
    return Client(raise_request_exception=False)


def full(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """The error of SQLite on a full disk."""
    if sql.startswith("INSERT"):
        raise OperationalError("database or disk is full")
    return execute(sql, *rest)


def gone(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """The error of PostgreSQL's driver while the server starts."""
    raise OperationalError("connection refused")


def test_the_api_says_that_it_is_not_available(client: Client) -> None:
    """503 in the API's own form, when to come back, and whoever listens for failures hears of it."""
    heard: list[Any] = []
    got_request_exception.connect(lambda **facts: heard.append(facts["request"]), weak=False, dispatch_uid="outage")
    with connection.execute_wrapper(full):
        answer = client.post("/api/v1/baskets/", {}, content_type="application/json")
    got_request_exception.disconnect(dispatch_uid="outage")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json() == {
        "type": "unavailable",
        "errors": [
            {
                "code": "unavailable",
                "detail": "The shop can't do this now. Please try again in a moment.",
                "attr": None,
            }
        ],
    }
    assert len(heard) == 1
    assert not Basket.objects.exists()


@pytest.mark.parametrize(("address", "heading"), [("/", "We’ll be right back"), ("/dashboard/", "Just a moment")])
def test_a_page_says_that_the_shop_will_be_back(client: Client, address: str, heading: str, caplog: Any) -> None:
    """503 with a page that needs no database, which no cache keeps; the log has the error."""
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))
    with connection.execute_wrapper(gone):
        answer = client.get(address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert heading in answer.content.decode()
    logged = [record for record in caplog.records if record.name == "tradepost.core.requests.outage_page"]
    assert [(record.getMessage(), record.exc_info is not None) for record in logged] == [
        (f"The page {address} could not be shown.", True)
    ]


@pytest.mark.parametrize("address", ["/", "/dashboard/"])
def test_another_error_of_a_disk_is_no_outage(client: Client, address: str) -> None:
    """A file that may not be read stays an error, which somebody has to mend."""
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))

    def locked(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    with connection.execute_wrapper(locked):
        assert client.get(address).status_code == 500


def test_a_button_says_so_too(client: Client) -> None:
    """The product isn't in the basket."""
    variant = make.variant(price="5.00", on_hand=3)
    with connection.execute_wrapper(full):
        answer = client.post("/basket/add/", {"sku": variant.sku, "quantity": "1"})

    assert answer.status_code == 503
    assert not Basket.objects.exists()


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OperationalError("database or disk is full"), True),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), True),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), False),
        (ValueError("ours"), False),
    ],
)
def test_only_what_is_missing_is_an_outage(error: Exception, outage: bool) -> None:
    """A failure of ours stays one."""
    assert db.is_outage(error) is outage
