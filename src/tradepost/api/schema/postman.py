"""A Postman collection (v2.1) of the schema: every call with an example, and a purchase whose calls hand on what they got."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .examples import example_of

__all__ = ["collection", "collection_of_the_shop"]

_FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_VARIABLES = {
    "email": "",
    "password": "",
    "accessToken": "",
    "product": "stoneware-mug",
    "sku": "MUG-BLUE",
    "basket": "cab9f379-63ac-4bf7-a9af-782a9ebc2432",
    "line": "0b5c1f6e-6e0b-4c57-9a55-0d1c1a7a3f10",
    "total": "0",
    "order": "10001",
    "orderToken": "none",
    "payment": "59cbfa88-6e0b-4c57-9a55-0d1c1a7a3f10",
}
# Variables that fill the path: by the endpoint's name and the parameter, or by the parameter alone.
_FILLS = {
    ("baskets", "uuid"): "basket",
    ("payments", "uuid"): "payment",
    ("products", "slug"): "product",
    ("orders", "number"): "order",
    ("", "line"): "line",
}
# The bodies of the purchase, instead of their examples, and which variables their answers set.
_ADD = {"variant": "{{sku}}", "quantity": 1}
_PAY = {"expected_total": "{{total}}"}
_QUERIES = {"products_list": "in_stock=true", "orders_retrieve": "token={{orderToken}}"}
_PURCHASE: Sequence[tuple[str, Any, int, Mapping[str, str]]] = (
    ("products_list", None, 200, {"product": "body.results[0].slug"}),
    ("products_retrieve", None, 200, {"sku": "body.variants.find((each) => each.in_stock).sku"}),
    ("baskets_create", {"country": "DE"}, 201, {"basket": "body.uuid"}),
    ("baskets_lines", _ADD, 201, {"line": "body.lines[0].uuid"}),
    (
        "baskets_checkout",
        None,
        200,
        {
            "shippingMethod": "body.shipping_methods.find((each) => each.available && !each.needs_point).code",
            "paymentMethod": "body.payment_methods.find((each) => each.available).code",
        },
    ),
    (
        "baskets_update_checkout",
        {"shipping_method": "{{shippingMethod}}", "payment_method": "{{paymentMethod}}"},
        200,
        {"total": "JSON.stringify(body.totals.total)"},
    ),
    (
        "baskets_complete",
        _PAY,
        201,
        {"order": "body.order.number", "orderToken": "body.token", "payment": "body.payment.uuid"},
    ),
    ("orders_retrieve", None, 200, {}),
)


def collection_of_the_shop(base_url: str) -> dict[str, Any]:
    """The collection of this project's schema, under its title.

    Args:
        base_url: Scheme, host and port; the variable ``baseUrl``.
    """
    from drf_spectacular.settings import spectacular_settings

    from .pages import Generator

    schema = Generator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return collection(schema, name=spectacular_settings.TITLE or "Tradepost", base_url=base_url)


def collection(schema: Mapping[str, Any], *, name: str, base_url: str) -> dict[str, Any]:
    """The collection as Postman and Newman read it. The same schema makes the same collection, ids included.

    Args:
        schema: OpenAPI, as the project serves it.
        name: Shown in Postman.
        base_url: Scheme, host and port; the variable ``baseUrl``.
    """
    calls = list(_calls(schema))
    by_id = {call["id"]: call for call in calls}
    tags = sorted({call["tag"] for call in calls})
    steps = [_step(by_id[key], *rest) for key, *rest in _PURCHASE if key in by_id]
    folders = [{"name": tag, "item": [_item(call) for call in calls if call["tag"] == tag]} for tag in tags]
    return {
        "info": {"name": name, "_postman_id": _id(name), "schema": _FORMAT},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{accessToken}}", "type": "string"}]},
        "variable": [{"key": key, "value": value} for key, value in {"baseUrl": base_url, **_VARIABLES}.items()],
        "item": [{"name": "A purchase", "item": steps}, *folders],
    }


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"tradepost:postman:{name}"))


def _calls(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Our calls, with the examples that the schema has."""
    components = schema["components"]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            yield {
                "id": operation["operationId"],
                "tag": operation["tags"][0],
                "name": operation.get("summary") or operation["operationId"],
                "about": operation.get("description", ""),
                "method": method.upper(),
                "path": path,
                "is_open": {} in (operation.get("security", schema.get("security")) or [{}]),
                "parameters": [_resolved(each, components) for each in operation.get("parameters", [])],
                "body": example_of(body["schema"], components["schemas"]) if body else None,
                "statuses": sorted(int(status) for status in operation["responses"] if status.isdigit()),
            }


def _resolved(part: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    resolved: Mapping[str, Any] = components[kind][name]
    return resolved


def _item(call: Mapping[str, Any]) -> dict[str, Any]:
    statuses = ", ".join(map(str, call["statuses"]))
    return {
        "id": _id(call["id"]),
        "name": call["name"],
        "request": _request(call, call["body"]),
        "event": [
            _script(
                [f'pm.test("The status is documented", () => pm.expect([{statuses}]).to.include(pm.response.code));']
            )
        ],
    }


def _step(call: Mapping[str, Any], body: Any, status: int, sets: Mapping[str, str]) -> dict[str, Any]:
    """A call of the purchase: its status is tested, and its answer sets variables for the next one."""
    sent = {**(call["body"] or {}), **body} if body else call["body"]
    call = {**call, "query": _QUERIES.get(call["id"], "")}
    lines = [f'pm.test("It is answered with {status}", () => pm.response.to.have.status({status}));']
    if sets:
        lines.append("const body = pm.response.json();")
    lines += [f'pm.collectionVariables.set("{name}", {expression});' for name, expression in sets.items()]
    return {
        "id": _id(f"purchase:{call['id']}"),
        "name": call["name"],
        "request": _request(call, sent),
        "event": [_script(lines)],
    }


def _script(lines: Iterable[str]) -> dict[str, Any]:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": list(lines)}}


def _request(call: Mapping[str, Any], body: Any) -> dict[str, Any]:
    path = re.sub(r"\{(\w+)\}", lambda match: _filled(call, match[1]), call["path"])
    query = call.get("query", "")
    its_headers = [each for each in call["parameters"] if each["in"] == "header"]
    headers = [
        {"key": each["name"], "value": _header(each["name"]), "disabled": each["name"] != "Tradepost-Token"}
        for each in its_headers
    ]
    if body is not None:
        headers.append({"key": "Content-Type", "value": "application/json", "disabled": False})
    asked = [each for each in call["parameters"] if each["in"] == "query"]
    given = [{"key": key, "value": value} for key, _, value in [query.partition("=")] if key]
    request: dict[str, Any] = {
        "method": call["method"],
        "description": call["about"],
        "header": headers,
        "url": {
            "raw": f"{{{{baseUrl}}}}{path}{'?' if query else ''}{query}",
            "host": ["{{baseUrl}}"],
            "path": [*path.strip("/").split("/"), ""],
            "query": given + [{"key": each["name"], "value": "", "disabled": True} for each in asked],
        },
    }
    if call["is_open"]:
        request["auth"] = {"type": "noauth"}
    if body is not None:
        raw = json.dumps(body, indent=2, ensure_ascii=False).replace('"{{total}}"', "{{total}}")
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return request


def _header(name: str) -> str:
    return {"Tradepost-Token": "{{orderToken}}", "Idempotency-Key": "{{$guid}}"}.get(name, "")


def _filled(call: Mapping[str, Any], name: str) -> str:
    """The text that stands in the path for a parameter: a variable, or its example."""
    if variable := _FILLS.get((call["tag"], name)) or _FILLS.get(("", name)):
        return f"{{{{{variable}}}}}"
    parameter = next(each for each in call["parameters"] if each["name"] == name and each["in"] == "path")
    return str(parameter.get("example") or example_of(parameter["schema"], {}))
