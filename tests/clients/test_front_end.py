"""The tutorial's front end: each of its calls, by node's own fetch."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from django.contrib.auth import get_user_model

from tradepost.orders.models import Order

from .environments import DEMANDED, HERE, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]


def test_a_visit(server: str) -> None:
    """From the list to a guest's order, placed once though it is sent twice; then a sign-in that takes a basket along."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get(DEMANDED):
            pytest.fail("node is demanded, and not on the path")
        pytest.skip("no node on the path")
    get_user_model().objects.create_user("anna", "anna@example.com", "secret")

    shown = json.loads(run(node, HERE / "web" / "visit.mjs", server, "anna", "secret"))

    assert shown == {
        "list": [1, "Mug"],
        "basket": [2, "25.00"],
        "refused": [409, "quantity_limit"],
        "coupon": [{"code": "TEN", "applied": True}],
        "missing": ["email_missing", "shipping_address_missing", "shipping_method_missing", "payment_method_missing"],
        "total": "27.40",
        "once": True,
        "order": "paid",
        "orders": 0,
        "own": 1,
    }
    assert Order.objects.count() == 1
