"""The Postman collection, run by Newman at a live server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tradepost.orders.models import Order

from .environments import HERE, node_modules, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]


def test_newman_buys_and_every_call_answers_as_documented(server: str, tmp_path: Path) -> None:
    """All tests of the collection hold; its purchase is an order."""
    folder = node_modules(HERE / "newman")
    path = tmp_path / "shop.postman_collection.json"
    call_command("tradepost_postman", str(path), url=server.removesuffix("/api/v1/"))

    report = tmp_path / "report.json"
    newman = (folder / "node_modules" / ".bin" / "newman", "run", path)
    run(*newman, "--reporters", "cli,json", "--reporter-json-export", report, cwd=folder)

    result = json.loads(report.read_text())["run"]
    assert result["failures"] == []
    assert result["stats"]["requests"]["total"] > 60
    assert Order.objects.count() == 1
