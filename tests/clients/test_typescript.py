"""A TypeScript client that is made from the schema: it compiles in strict mode, and buys."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tradepost.orders.models import Order

from .environments import HERE, node_modules, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]


def test_it_buys(server: str, schema_file: Path) -> None:
    """Two mugs and the parcel, paid by card; what is refused has a code, by its type, too."""
    project = HERE / "typescript"
    folder = node_modules(project)
    for source in ("buy.ts", "tsconfig.json"):
        shutil.copy(project / source, folder)
    shutil.copy(schema_file, folder / "schema.json")

    run("npm", "run", "--silent", "client", cwd=folder)
    run("npm", "run", "--silent", "build", cwd=folder)
    answer = json.loads(run("node", "built/buy.js", server.removesuffix("/api/v1/"), cwd=folder))

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
