"""The tax id in the API's checkout, and a tax that can't be known."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Variant
from tradepost.checkout.models import Checkout
from tradepost.orders.models import Order
from tradepost.pricing.errors import TaxUnavailable
from tradepost.pricing.ports import TaxContext, Taxer

from .conftest import ADDRESS, Call

pytestmark = pytest.mark.django_db


class Silent:
    """An engine whose service doesn't answer."""

    def load(self, context: TaxContext) -> Taxer:
        """Never."""
        raise TaxUnavailable("The tax can't be calculated right now.")


@pytest.fixture
def checkout(post: Call, shop: Variant, basket: dict[str, Any]) -> str:
    """Path of the checkout of a basket that can be ordered."""
    url = f"baskets/{basket['uuid']}/"
    post(f"{url}lines/", {"variant": "MUG"})
    data = {
        "email": "a@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "parcel",
        "payment_method": "card",
    }
    assert post(f"{url}checkout/", data, method="patch").json()["can_complete"] is True
    return f"{url}checkout/"


def test_a_tax_id_is_taken_with_its_check(post: Call, checkout: str) -> None:
    """In its short form; the check says how it was looked at, and is gone with the id."""
    body = post(checkout, {"tax_id": "de 136 695 976"}, method="patch").json()

    assert body["tax_id"] == "DE136695976"
    assert (body["tax_id_check"]["valid"], body["tax_id_check"]["method"]) == (None, "checksum")
    assert body["tax_id_check"]["at"].endswith("Z")

    body = post(checkout, {"tax_id": ""}, method="patch").json()
    assert (body["tax_id"], body["tax_id_check"]) == ("", None)


def test_a_wrong_tax_id_is_refused(post: Call, checkout: str) -> None:
    """With its code, the field and the way in which it was looked at; the note beside it isn't written."""
    answer = post(checkout, {"tax_id": "DE12", "note": "Hi"}, method="patch")

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == ("tax_id_invalid", "tax_id")
    assert Checkout.objects.values("tax_id", "note").get() == {"tax_id": "", "note": ""}


def test_a_tax_that_cannot_be_known_refuses_the_order(post: Call, checkout: str, client: Client, settings: Any) -> None:
    """A requirement at a look, 409 at the attempt, and no order."""
    settings.TRADEPOST_PRICING = {"TAX": "tests.api.test_tax_ids.Silent"}

    body = client.get(f"/api/v1/{checkout}").json()
    assert [r["code"] for r in body["requirements"]] == ["tax_unavailable"]
    assert body["can_complete"] is False

    answer = post(f"{checkout}complete/", {"expected_total": body["totals"]["total"]})
    assert answer.status_code == 409
    assert [error["code"] for error in answer.json()["errors"]] == ["tax_unavailable"]
    assert not Order.objects.exists()
