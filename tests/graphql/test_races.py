"""Changes of one document or of several, sent at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.basket.models import BasketLine
from tradepost.catalogue.models import Variant
from tradepost.orders.models import Order
from tradepost.testing.races import together

from .conftest import ADDRESS, Ask
from .test_buying import ADD, COMPLETE, CREATE, FILL

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def send(document: str, **variables: Any) -> Any:
    """The whole answer, to a caller without cookies."""
    body = {"query": document, "variables": variables}
    return Client().post("/graphql/", body, content_type="application/json").json()


@pytest.mark.parametrize(("key", "units"), [("one", 2), (None, 8)], ids=["with a key", "control: without"])
def test_the_same_key_adds_once_at_once(ask: Ask, shop: Variant, key: str | None, units: int) -> None:
    """Four times two units: once with a key, four times without one."""
    basket = ask(CREATE)["createBasket"]["uuid"]
    Variant.objects.get().stock_levels.update(on_hand=100)

    answers = together([lambda: send(ADD, basket=basket, key=key)] * 4)

    codes = {error["extensions"]["code"] for answer in answers for error in answer.get("errors", [])}
    assert codes <= {"in_progress"}
    assert BasketLine.objects.get().quantity == units


def test_a_basket_is_ordered_once(ask: Ask, shop: Variant) -> None:
    """However often it is completed at once."""
    basket = ask(CREATE)["createBasket"]["uuid"]
    ask(ADD, basket=basket)
    total = ask(FILL, basket=basket, address=ADDRESS)["updateCheckout"]["totals"]["total"]

    answers = together([lambda: send(COMPLETE, basket=basket, total=total)] * 4)

    numbers = {
        answer["data"]["completeCheckout"]["order"]["number"]
        for answer in answers
        if answer["data"]["completeCheckout"] is not None
    }
    assert numbers == {Order.objects.get().number}
