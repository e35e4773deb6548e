"""``make sandbox`` fills a shop from nothing, and keeps what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = """
import json
from django.test import Client
from django.urls import reverse
from tradepost.catalogue.models import Image, Product
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.pricing.models import Price
pages = ["/", "/c/ceramics/", "/products/harbour-mug/", "/collections/gifts/", "/api/v1/products/", "/admin/login/", "/mailbox/"]
orders = Order.objects.filter(customer__user__username="customer")
print(json.dumps({
    "products": Product.objects.public().count(),
    "pictured": Product.objects.exclude(images=None).count(),
    "currencies": sorted(set(Price.objects.values_list("price_list__currency", flat=True))),
    "sold_out": StockLevel.objects.filter(on_hand=0).exists(),
    "first_order": Order.objects.order_by("pk").values_list("uuid", flat=True)[0].hex,
    "statuses": sorted(set(Order.objects.values_list("status", flat=True))),
    "fulfilment": sorted(set(Order.objects.values_list("fulfilment_status", flat=True))),
    "customers_orders": orders.count(),
    "pages": [Client().get(page, headers={"host": "127.0.0.1"}).status_code for page in pages],
    "picture": Client().get(Image.objects.first().file.url, headers={"host": "127.0.0.1"}).status_code,
    "signed_in": Client().login(username="customer", password="customer"),
}))
"""


def run(var: Path, *command: str, source: str = "") -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "STRIPE_"))}
    environment |= {"DATABASE_URL": "", "REDIS_URL": "", "CELERY_BROKER_URL": "", "SANDBOX_VAR": str(var)}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, input=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def report(var: Path) -> dict[str, Any]:
    outcome = run(var, "sandbox/manage.py", "shell", "-v", "0", "-c", REPORT)
    result: dict[str, Any] = json.loads(outcome.strip().splitlines()[-1])
    return result


@pytest.mark.slow
def test_a_first_start_fills_the_shop_and_a_second_one_keeps_it(tmp_path: Path) -> None:
    """Goods, pictures, orders of every kind, pages that open; then nothing is loaded again."""
    first = run(tmp_path, "sandbox/run.py", "--no-serve")
    filled = report(tmp_path)

    assert "http://127.0.0.1:8000/" in first
    assert "Demonstration loaded" in first
    assert "customer" in first
    assert filled["products"] >= 120
    assert filled["pictured"] == filled["products"] + 1  # one is hidden until autumn
    assert filled["currencies"] == ["EUR", "JPY", "USD"]
    assert filled["sold_out"] is True
    assert filled["statuses"] == ["cancelled", "completed", "confirmed", "expired", "pending", "processing"]
    assert {"delivered", "partly_shipped", "shipped", "unfulfilled"} <= set(filled["fulfilment"])
    assert filled["customers_orders"] >= 3
    assert filled["pages"] == [200] * 7
    assert filled["picture"] == 200
    assert filled["signed_in"] is True

    second = run(tmp_path, "sandbox/run.py", "--no-serve", "--fakes")

    assert "Demonstration loaded" not in second
    assert "http://127.0.0.1:8000/try-gateways/" in second
    assert report(tmp_path) == filled


def test_the_settings_raise_no_check(tmp_path: Path) -> None:
    """The project is one that the library's own checks approve of."""
    outcome = run(tmp_path, "sandbox/manage.py", "check", "--fail-level", "WARNING")

    assert "no issues" in outcome


def test_the_same_product_has_the_same_picture(tmp_path: Path) -> None:
    """Each shape can be drawn, and twice gives the same bytes."""
    source = (
        "import sys; sys.path.insert(0, 'sandbox')\n"
        "from demo.pictures import Picture, draw\n"
        "from demo.shapes import SHAPES\n"
        "mug = Picture('mug', 0, 'mug', '#7389a0', 'A mug')\n"
        "assert draw(mug) == draw(mug)\n"
        "assert draw(mug)[8:12] == b'WEBP'\n"
        "print(len(SHAPES))\n"
    )

    assert int(run(tmp_path, "-c", source)) > 50
