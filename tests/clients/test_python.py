"""A Python client that is made from the schema: it buys as the one in TypeScript does."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tradepost.orders.models import Order

from .environments import HERE, python_tools, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]


def test_it_buys(server: str, schema_file: Path, tmp_path: Path) -> None:
    """Two mugs and the parcel, paid by card; what is refused has a code."""
    project = HERE / "python"
    tools = python_tools(project / "requirements.txt")
    shutil.copy(project / "buy.py", tmp_path)

    maker = (tools / "openapi-python-client", "generate", "--path", schema_file, "--meta", "none")
    run(*maker, "--config", project / "config.yml", "--output-path", tmp_path / "shop_client", "--fail-on-warning")
    answer = json.loads(run(tools / "python", "buy.py", server.removesuffix("/api/v1/"), cwd=tmp_path))

    assert answer == {
        "product": "Mug",
        "units": 2,
        "total": "29.90",
        "paid": "captured",
        "stage": "paid",
        "refused": "basket_submitted",
    }
    order = Order.objects.get()
    assert (order.email, order.total, order.payment_status) == ("ada@example.com", Decimal("29.90"), "paid")
