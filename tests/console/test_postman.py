"""``tradepost_postman``: the API as a collection."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tradepost.api.routers import Router


def written(**options: Any) -> dict[str, Any]:
    """The collection, as the command prints it."""
    out = StringIO()
    call_command("tradepost_postman", stdout=out, **options)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_every_call_is_in_the_collection(tmp_path: Path) -> None:
    """In a folder for each tag, beside a purchase; twice the same, ids included, in a file as on the screen."""
    result = written(url="https://shop.example.com/")
    call_command("tradepost_postman", str(tmp_path / "shop.json"), url="https://shop.example.com")

    assert json.loads((tmp_path / "shop.json").read_text()) == result
    assert result["info"]["schema"].endswith("/v2.1.0/collection.json")
    assert {"key": "baseUrl", "value": "https://shop.example.com"} in result["variable"]
    purchase, *folders = result["item"]
    assert [step["name"] for step in purchase["item"]][-2:] == ["Place order", "One order"]
    index = 1  # the API's own address, which is no endpoint of the router
    assert sum(len(folder["item"]) for folder in folders) == len(Router().endpoints()) + index
    ids = [item["id"] for folder in result["item"] for item in folder["item"]]
    assert len(ids) == len(set(ids))


def test_every_part_of_an_address_has_an_example() -> None:
    """Of its own kind: a country where a country stands, a coupon where a coupon does."""
    calls = [item for folder in written()["item"][1:] for item in folder["item"]]
    addresses = [call["request"]["url"]["raw"] for call in calls]

    assert [each for each in addresses if "/none/" in each or "/string/" in each or "{" in each.replace("{{", "")] == []
    assert "{{baseUrl}}/api/v1/countries/DE/address-form/" in addresses
    assert "{{baseUrl}}/api/v1/staff/coupons/WELCOME10/" in addresses


def test_a_step_hands_on_what_it_got() -> None:
    """Its test sets a variable, which stands in the path and the body of those after it."""
    steps = written()["item"][0]["item"]
    add = next(step["request"] for step in steps if step["request"]["url"]["raw"].endswith("/lines/"))

    assert 'pm.collectionVariables.set("basket", body.uuid);' in steps[2]["event"][0]["script"]["exec"]
    assert add["url"]["raw"] == "{{baseUrl}}/api/v1/baskets/{{basket}}/lines/"
    assert json.loads(add["body"]["raw"]) == {"variant": "{{sku}}", "quantity": 1}
    assert add["auth"] == {"type": "noauth"}


def test_without_the_api_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the line to add is said."""
    monkeypatch.setattr("django.apps.apps.is_installed", lambda name: name != "tradepost.api")

    with pytest.raises(CommandError, match=r"add tradepost\.api to"):
        call_command("tradepost_postman")
