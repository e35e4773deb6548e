"""Every call of the API with nonsense of every kind, as an administrator and as a visitor: a refusal in our one form, no failure.

Calls, parameters and fields come from the router and from the schema, so a new one is tried from its first day. A usual run tries
a few of each call, chosen by a fixed seed; ``make fuzz`` forty times as many.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from tradepost.api.routers import Endpoint, Router

from .world import World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

WHOLE = os.environ.get("TRADEPOST_FUZZ") == "whole"
CALLERS = ("administrator", "guest")
# So many of each kind has a call of an administrator, and of a visitor.
SOME = {
    "administrator": {"field": 3, "body": 1, "address": 1, "query": 2, "header": 1},
    "guest": {"field": 1, "body": 1, "address": 1, "query": 1, "header": 1},
}
TIMES = 40  # as many in the whole

LONG = "x" * 5000
DIGITS = "9" * 5000
NEVER = str(UUID(int=7))
DEEP: Any = json.loads('{"a": [' * 40 + "1" + "]}" * 40)
# For the JSON of a field.
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, -0.0, float("nan"), float("inf")),
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "٣",
        LONG,
        DIGITS,
        "-1",
        "1e400",
        "NaN",
        "../../etc",
        "' OR 1=1 --",
        "{{7*7}}",
        NEVER,
    ),
    *(
        "0000-00-00",
        "2026-13-45",
        "9999-12-31T23:59:59+23:59",
        "0001-01-01T00:00:00-23:59",
        "24:00",
        "http://[",
        "a@b@c",
    ),
    *([], [[]], [None], ["\0"], [{}], ["x"] * 2000, {}, {"": None}, {"\0": 1}, {"a": LONG}, DEEP),
    *(
        {"amount": amount, "currency": "EUR"}
        for amount in ("1e999999999", "NaN", "-1", DIGITS, "0.0000000001", 1.1, None, [])
    ),
    *({"amount": "1", "currency": currency} for currency in ("€€€", "\0\0\0", "", None, "XXX")),
    {"name": ["x"], "country": 7, "postcode": "\0"},
)
BODIES = (
    *(
        b"",
        b"{",
        b"\xff\xfe{",
        b'"text"',
        b"[]",
        b"null",
        b"7",
        b"[[[[]]]]",
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"\\ud800": 1}',
    ),
    *(
        b'{"": {}}',
        b"\xef\xbb\xbf{}",
        '{"a": "\u0131"}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00nothing",
        b'{"__proto__": {"a": 1}}',
    ),
    *(b"[" * 100_000 + b"]" * 100_000, b'{"a": ' * 500 + b"1" + b"}" * 500, b'{"a": ' + b"9" * 5000 + b"}"),
    json.dumps({"email": "x" * 3_000_000}).encode(),
    json.dumps({f"key{number}": number for number in range(5000)}).encode(),
)
# In an address as they are: quoted where they must be.
PARTS = (
    *(
        "%00",
        "a%00b",
        DIGITS[:400],
        "-1",
        "0",
        "1e400",
        "x" * 3000,
        "%FF",
        "%ED%A0%80",
        "..%2F..%2Fetc",
        "%D9%A3",
        "%0A",
        "%20",
    ),
    *(
        "'%20OR%201=1%20--",
        NEVER,
        NEVER.upper(),
        NEVER.replace("-", ""),
        "null",
        "%7B%7D",
        "%F0%9F%98%80",
        ";",
        "a%2Fb",
    ),
)
ASKED = (
    *(
        "",
        "%00",
        "a%00b",
        DIGITS[:400],
        "-1",
        "0",
        "1e400",
        "NaN",
        "Infinity",
        LONG,
        "%FF",
        "%ED%A0%80",
        "%D9%A3",
        "'",
        "%25%5F%5C",
    ),
    *(
        "a,b,,c",
        "*",
        "__",
        "-",
        "--",
        "password",
        "user__password",
        "customer__user__password",
        "-id",
        "?",
        "pk",
        "a.b.c.d.e.f",
    ),
    *(
        "2026-13-45",
        "0000-00-00",
        "9999-12-31T23:59:59Z",
        "0001-01-01",
        "true",
        "null",
        "[]",
        "%7B%7D",
        "EUR",
        "€",
        NEVER,
    ),
    *("cD1ub25zZW5zZQ%3D%3D", "W10%3D", "bnVsbA%3D%3D", "e30%3D", ",".join(["name"] * 300)),
)
# Beside those that the schema has of a call.
PARAMETERS = (
    *(
        "fields",
        "expand",
        "ordering",
        "cursor",
        "page",
        "page_size",
        "pagination",
        "search",
        "currency",
        "country",
        "language",
    ),
    *("format", "atomic", "token", "attr.colour", "attr.%00", "id__in", "%00", "", "x[]", "%FF"),
)
HEADERS = {
    "If-Match": ("*", '"', '"x"', 'W/"1"', '"' + DIGITS + '"', '"1", "2",', "\u00ff", '"-1"', LONG),
    "If-None-Match": ("*", '"', '"x', 'W/"1"', ", ,", "\u00ff", LONG),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", DIGITS),
    "Idempotency-Key": ("", " ", "\u00ff", LONG, "a b", '"x"', "\t"),
    "Accept": ("text/html", "application/xml", "x", "application/json;version=" + DIGITS, "*/*;q=x", ""),
    "Accept-Language": ("*", "xx-YY", LONG, "de;q=x", "\u00ff", ",,,"),
    "Authorization": (
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        f"Bearer {LONG}",
        "Basic eA==",
        "Token \u00ff",
        "Key x",
        "\u00ff",
    ),
    "Content-Type": (
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json; charset=x",
        "/",
        "",
    ),
    "Content-Encoding": ("gzip", "x"),
    "Tradepost-Token": ("", "x", LONG, "a:b:c", "\u00ff"),
    "Cookie": ("sessionid=x", "a=\u00ff;;==", f"tradepost_basket={LONG}", "refresh=x; sessionid="),
    "X-Forwarded-For": ("x", "::1, 999.1.1.1", LONG),
    "Range": ("bytes=5-1", "x"),
    "X-HTTP-Method-Override": ("DELETE", "NOPE"),
}
OTHER_METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")


@dataclass(frozen=True)
class Nonsense:
    """One thing to send.

    Attributes:
        kind: One of those in ``SOME``.
        shown: What is told of it where it fails.
        path: Below the API's address, where it isn't that of the call.
        query: With its question mark.
        body: Where it isn't the example of the schema.
        method: Where it isn't that of the call.
    """

    kind: str
    shown: str
    path: str = ""
    query: str = ""
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""


@dataclass(frozen=True)
class Operation:
    """The body and the query of a call in the schema.

    Attributes:
        example: Of its body.
        properties: Names of the body's fields.
        parameters: Names of those of its query.
    """

    example: dict[str, Any]
    properties: tuple[str, ...]
    parameters: tuple[str, ...]


def operation_of(schema: dict[str, Any], endpoint: Endpoint) -> Operation:
    """The body and the query of a call; nothing of one that the schema leaves out."""
    described = (
        schema["paths"].get("/api/v1/" + re.sub(r"<(\w+)>", r"{\1}", endpoint.path), {}).get(endpoint.method, {})
    )
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    parts = schema["components"]["schemas"]
    properties: list[str] = []
    waiting = [content.get("schema", {})]
    while waiting:
        part = waiting.pop()
        if "$ref" in part:
            part = parts[part["$ref"].rpartition("/")[2]]
        waiting += [*part.get("oneOf", ()), *part.get("allOf", ()), *part.get("anyOf", ())]
        properties += part.get("properties", {})
    examples = [example["value"] for example in content.get("examples", {}).values()] or [content.get("example")]
    example = examples[0] if isinstance(examples[0], dict) else {}
    asked = [item["name"] for item in described.get("parameters", ()) if item.get("in") == "query"]
    return Operation(example, tuple(dict.fromkeys([*example, *properties])), tuple(asked))


def nonsense(endpoint: Endpoint, operation: Operation, path: str) -> Iterator[Nonsense]:
    """Everything that a call is tried with."""
    names = re.findall(r"<(\w+)>", endpoint.path)
    for name in names:
        for part in PARTS:
            filled = path_with(endpoint, path, name, part)
            yield Nonsense("address", f"{name}={part[:40]}", path=filled)
    for name in dict.fromkeys((*operation.parameters, *PARAMETERS)):
        for value in ASKED:
            yield Nonsense("query", f"?{name}={value[:40]}", query=f"?{quote(name, safe='%')}={quote(value, safe='%')}")
        yield Nonsense("query", f"?{name}=&{name}=x", query=f"?{quote(name, safe='%')}=&{quote(name, safe='%')}=x")
    for name, values in HEADERS.items():
        for value in values:
            yield Nonsense("header", f"{name}: {value[:40]}", headers={name: value})
    for method in OTHER_METHODS:
        yield Nonsense("header", method, method=method)
    if endpoint.method != "get":
        for body in BODIES:
            yield Nonsense("body", repr(body[:40]), body=body)
        for name in operation.properties:
            for value in VALUES:
                body = json.dumps({**operation.example, name: value}).encode()
                yield Nonsense("field", f"{name}={value!r:.60}", body=body)


def path_with(endpoint: Endpoint, path: str, name: str, part: str) -> str:
    """The path of a call about an object, with another value in one place."""
    pattern = re.sub(r"<(\w+)>", lambda match: f"(?P<{match[1]}>[^/]+)", re.escape(endpoint.path).replace(r"\<", "<"))
    match = re.fullmatch(pattern.replace(r"\>", ">"), path)
    assert match is not None
    return path[: match.start(name)] + part + path[match.end(name) :]


def chosen(all_of_it: list[Nonsense], endpoint: Endpoint, caller: str) -> list[Nonsense]:
    """Some of each kind: the same ones in each run."""
    random = Random(f"{caller} {endpoint.method} {endpoint.path}")
    some: list[Nonsense] = []
    for kind, count in SOME[caller].items():
        of_kind = [sample for sample in all_of_it if sample.kind == kind]
        some += random.sample(of_kind, min(len(of_kind), count * (TIMES if WHOLE else 1)))
    return some


class _UndoneError(Exception):
    """Takes back what a call did."""


def send(client: Client, endpoint: Endpoint, operation: Operation, path: str, sample: Nonsense) -> Any:
    """The answer, or the failure; nothing of it stays."""
    cookies = client.cookies.copy()
    undone: Any = transaction.atomic()
    undone._from_testcase = True  # so that providers may be asked in it
    body = json.dumps(operation.example).encode() if sample.body is None else sample.body
    headers = {**sample.headers}
    content_type = headers.pop("Content-Type", "application/json")
    try:
        with undone:
            method = (sample.method or endpoint.method).upper()
            url = f"/api/v1/{sample.path or path}{sample.query}"
            answer = client.generic(method, url, body if method != "GET" else b"", content_type, headers=headers)
            raise _UndoneError
    except _UndoneError:
        return answer
    except Exception as error:  # noqa: BLE001 — a failure of any kind is what is looked for
        return error
    finally:
        client.cookies = cookies


def fault_of(answer: Any) -> str:
    """The fault of an answer; empty where it has none."""
    if isinstance(answer, Exception):
        return repr(answer)[:300]
    if answer.status_code < 400:
        return ""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.content[:200]!r}"
    if answer.request["REQUEST_METHOD"] == "HEAD":
        return ""
    try:
        body = answer.json()
    except ValueError:
        return f"{answer.status_code} without JSON: {answer.content[:200]!r}"
    is_ours = body.keys() >= {"type", "errors"} and body["errors"]
    errors = body["errors"] if is_ours else []
    if not is_ours or not all(error["code"] and error["detail"] and "attr" in error for error in errors):
        return f"{answer.status_code} in another form: {answer.content[:200]!r}"
    return ""


def test_nonsense_is_refused_in_one_form(world: World) -> None:
    """Whatever is sent, and whoever sends it."""
    schema = Client().get("/api/v1/schema/?format=json").json()
    wrong, tried = [], 0
    for endpoint in Router().endpoints():
        operation = operation_of(schema, endpoint)
        target = next(target for target in world.targets_of(endpoint.path) if target.is_secret_known)
        path = re.sub(r"<(\w+)>", lambda match, values=target.values: values[match[1]], endpoint.path)
        everything = list(nonsense(endpoint, operation, path))
        for caller in CALLERS:
            for sample in chosen(everything, endpoint, caller):
                answer = send(world.clients[caller], endpoint, operation, path, sample)
                tried += 1
                if fault := fault_of(answer):
                    wrong.append((caller, endpoint.method, endpoint.path, sample.shown, fault))

    assert wrong == []
    assert tried > 1500


def test_an_empty_parameter_is_as_if_it_werent_there(world: World) -> None:
    """Where the schema says so, as of each filter, order and page; a form sends them for what nobody chose."""
    schema = Client().get("/api/v1/schema/?format=json").json()
    wrong, tried = [], 0
    for endpoint in [endpoint for endpoint in Router().endpoints() if endpoint.method == "get"]:
        target = next(target for target in world.targets_of(endpoint.path) if target.is_secret_known)
        url = "/api/v1/" + re.sub(r"<(\w+)>", lambda match, values=target.values: values[match[1]], endpoint.path)
        client = world.clients[target.owner or "administrator"]
        described = schema["paths"][re.sub(r"<(\w+)>", r"{\1}", f"/api/v1/{endpoint.path}")]["get"]
        for parameter in described.get("parameters", ()):
            described_once = schema["components"]["parameters"].get(
                parameter.get("$ref", "").rpartition("/")[2], parameter
            )
            if described_once.get("allowEmptyValue"):
                tried += 1
                statuses = [client.get(f"{url}{query}").status_code for query in ("", f"?{described_once['name']}=")]
                if len(set(statuses)) > 1:
                    wrong.append((endpoint.path, described_once["name"], statuses))

    assert wrong == []
    assert tried > 100


@pytest.mark.parametrize("broken", ["500", "html", "other"])
def test_the_walk_finds_what_is_wrong(world: World, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A control: a failure, a page of HTML and an error of another form are seen."""
    from django.http import HttpResponse, JsonResponse

    from tradepost.api.views.catalogue import ProductViewSet

    answers = {
        "html": lambda *args, **options: HttpResponse("<h1>Bad</h1>", status=400),
        "other": lambda *args, **options: JsonResponse({"detail": "Bad."}, status=400),
        "500": lambda *args, **options: {}["nothing"],
    }
    monkeypatch.setattr(ProductViewSet, "list", answers[broken])
    endpoint = next(endpoint for endpoint in Router().endpoints() if endpoint.path == "products/")

    assert fault_of(send(Client(), endpoint, Operation({}, (), ()), "products/", Nonsense("query", "")))
