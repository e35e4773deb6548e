"""``Idempotency-Key``: the same call twice is done once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tradepost.api import jobs
from tradepost.api.models import IdempotencyRecord
from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db


def test_the_same_call_is_done_once_and_answered_twice(post: Call, mug: Variant, basket: dict[str, Any]) -> None:
    """Without the key it is done again."""
    url, data = f"baskets/{basket['uuid']}/lines/", {"variant": "MUG", "quantity": 2}

    first = post(url, data, key="k1")
    again = post(url, {"quantity": 2, "variant": "MUG"}, key="k1")

    assert (again.status_code, again.json()) == (201, first.json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers.get("Idempotency-Replayed")) == (None, "true")
    assert BasketLine.objects.get().quantity == 2
    post(url, data)
    assert BasketLine.objects.get().quantity == 4


def test_another_body_under_the_same_key_is_refused(post: Call, mug: Variant, basket: dict[str, Any]) -> None:
    """422; nothing is done."""
    url = f"baskets/{basket['uuid']}/lines/"
    post(url, {"variant": "MUG"}, key="k1")

    answer = post(url, {"variant": "MUG", "quantity": 9}, key="k1")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "idempotency_key_reused")
    assert BasketLine.objects.get().quantity == 1


def test_a_key_is_its_callers_own(post: Call, signed_in: Client) -> None:
    """Another caller, path or method has other keys."""
    guest = post("baskets/", key="k1").json()
    another = post("baskets/", key="k1", by=Client()).json()
    customer = post("baskets/", key="k1", by=signed_in).json()

    assert len({guest["uuid"], another["uuid"], customer["uuid"]}) == 3
    assert IdempotencyRecord.objects.count() == 3
    assert post("baskets/", key="k1").json() == guest


def test_guests_behind_one_address_share_no_key(post: Call, mug: Variant) -> None:
    """A guest is known by their session, or by the basket in the address; from another place it still is the same one."""
    first, second = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.1")
    mine, yours = (post("baskets/", key="k1", by=client).json()["uuid"] for client in (first, second))
    assert mine != yours

    for uuid, client in ((mine, first), (yours, second), (mine, Client(REMOTE_ADDR="192.0.2.9"))):
        post(f"baskets/{uuid}/lines/", {"variant": "MUG"}, key="k2", by=client)

    assert BasketLine.objects.values_list("basket__uuid", "quantity").distinct().count() == 2
    assert [line.quantity for line in BasketLine.objects.all()] == [1, 1]


def test_a_call_that_is_being_made_is_not_made_again(post: Call) -> None:
    """409 until its lease is over; then whoever made it is gone, and the next one makes it."""
    post("baskets/", key="k1")
    IdempotencyRecord.objects.update(status_code=None, answer=None)

    refused = post("baskets/", key="k1")
    with clock.at(clock.now() + timedelta(minutes=3)):
        taken_over = post("baskets/", key="k1")

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "in_progress")
    assert taken_over.status_code == 201
    assert Basket.objects.count() == 2
    assert IdempotencyRecord.objects.get().status_code == 201


def test_a_body_that_is_never_right_is_remembered_and_a_conflict_is_not(
    post: Call, mug: Variant, basket: dict[str, Any]
) -> None:
    """A call that the state forbids may be tried again with the same key."""
    url = f"baskets/{basket['uuid']}/lines/"
    too_many = {"variant": "MUG", "quantity": 1000}

    assert post(url, {"variant": "NOPE"}, key="bad").status_code == 400
    assert post(url, {"variant": "NOPE"}, key="bad").headers["Idempotency-Replayed"] == "true"
    assert [post(url, too_many, key="limit").status_code for _ in range(2)] == [409, 409]
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["bad"]


def test_answers_are_forgotten_after_a_day(post: Call) -> None:
    """Then the key is new; the job takes the row away."""
    first = post("baskets/", key="k1").json()

    with clock.at(clock.now() + timedelta(hours=25)):
        second = post("baskets/", key="k1").json()
        assert jobs.forget_answers() == 0
    with clock.at(clock.now() + timedelta(hours=51)):
        assert jobs.forget_answers() == 1

    assert first["uuid"] != second["uuid"]
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["x" * 256, "ключ", "tab\there"])
def test_a_key_that_can_not_be_one_is_refused(post: Call, key: str) -> None:
    """400; nothing is done."""
    answer = post("baskets/", key=key)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "idempotency_key_invalid")
    assert not Basket.objects.exists()


def test_a_guests_token_is_not_written_down(post: Call, shop: Variant, basket: dict[str, Any]) -> None:
    """The order keeps its hash only; a repeated answer has it all the same."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})
    fields = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}
    post(f"{url}checkout/", {**fields, "payment_method": "cod"}, method="patch")
    data = {"expected_total": {"amount": "17.40", "currency": "EUR"}}

    first = post(f"{url}checkout/complete/", data, key="pay")
    again = post(f"{url}checkout/complete/", data, key="pay")

    token = first.json()["token"]
    assert len(token) == 64
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert token not in str(list(IdempotencyRecord.objects.values()))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keyed", "expected"), [(True, 1), (False, 8)])
def test_eight_calls_at_once(keyed: bool, expected: int) -> None:
    """With one key of one visitor one basket is made; the control, without it, makes eight."""
    answers: list[int] = []
    start = threading.Barrier(8)
    visitor = Client()
    visitor.post("/api/v1/baskets/", {}, content_type="application/json", headers={"Idempotency-Key": "k0"})

    def call() -> None:
        try:
            start.wait()
            headers = {"Idempotency-Key": "k1"} if keyed else {}
            client = Client(headers=headers)
            client.cookies = visitor.cookies
            answers.append(client.post("/api/v1/baskets/", {}, content_type="application/json").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8
    assert set(answers) <= {201, 409}
    assert Basket.objects.count() == 1 + expected
