"""The shape of each answer is the one that the schema has: a page, a list, or an object."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tradepost.api.routers import Router

from .world import World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db


def shape_of(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """``page``, ``list`` or ``object``; pages are objects with ``results``."""
    while "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    if part.get("type") == "array":
        return "list"
    inside = [part, *(each for each in part.get("allOf", ()))]
    return "page" if any("results" in each.get("properties", {}) for each in inside) else "object"


def shape_of_answer(body: Any) -> str:
    """The same of what came."""
    if isinstance(body, list):
        return "list"
    return "page" if "results" in body and "next" in body else "object"


def test_answers_have_the_shape_that_the_schema_says(world: World) -> None:
    """Each call that reads, by whoever may."""
    schema = Client().get("/api/v1/schema/?format=json").json()
    wrong, compared = [], 0
    for endpoint in [endpoint for endpoint in Router().endpoints() if endpoint.method == "get"]:
        target = next(target for target in world.targets_of(endpoint.path) if target.is_secret_known)
        path = re.sub(r"<(\w+)>", lambda match, values=target.values: values[match[1]], endpoint.path)
        described = schema["paths"][re.sub(r"<(\w+)>", r"{\1}", f"/api/v1/{endpoint.path}")]["get"]["responses"]
        answer = world.clients[target.owner or "administrator"].get(
            f"/api/v1/{path}", headers={"Tradepost-Token": target.token} if target.token else {}
        )
        content = described.get("200", {}).get("content", {}).get("application/json")
        if answer.status_code != 200 or content is None:
            continue
        compared += 1
        shapes = shape_of(schema, content["schema"]), shape_of_answer(answer.json())
        if shapes[0] != shapes[1]:
            wrong.append((endpoint.path, *shapes))

    assert wrong == []
    assert compared > 70
