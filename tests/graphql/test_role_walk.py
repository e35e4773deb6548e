"""Each field of ``Query`` and ``Mutation``, for every role, for what is their own and for what is somebody else's.

What is expected is what the API's walk expects of the call behind the field. A field whose arguments nothing here fills fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from graphql import GraphQLNonNull, get_named_type, is_input_object_type, is_list_type, is_object_type
from strawberry.utils.str_converters import to_camel_case

from tests.api.test_role_walk import (
    _OF_THE_CALLER,
    IN,
    _UndoneError,
    expected,
)
from tests.api.world import Target, World, world
from tradepost.graphql.calls import Operation
from tradepost.graphql.root_fields import RootField
from tradepost.graphql.schema import schema

__all__ = ["world"]

pytestmark = pytest.mark.django_db

VALUES: dict[str, Any] = {
    "String": "x",
    "Int": 1,
    "Boolean": False,
    "Decimal": "1.00",
    "UUID": "00000000-0000-4000-8000-000000000000",
    "Date": "2020-01-01",
    "DateTime": "2020-01-01T00:00:00Z",
    "JSON": {},
}
# Those of whom each kind of access tells something; the API's walk has all.
CALLERS = ("guest", "ada", "bob", "staff", "orders", "finance", "administrator")
# Inputs that aren't refused before the object is looked for.
INPUTS: dict[str, Any] = {
    "addLine": {"variant": "MUG", "quantity": 1},
    "changeLine": {"quantity": 2},
    "addCoupon": {"code": "TEN"},
    "updateCheckout": {"note": "by the door"},
    "completeCheckout": {"expectedTotal": {"amount": "17.40", "currency": "EUR"}},
    "payOrder": {"method": "card"},
    "staffRequestPayment": {"order": ""},  # of no address, so an unknown number would be 404 for whoever may
}


def dummy(kind: Any) -> Any:
    """A value of an input type, with what it needs alone."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if is_list_type(inner):
        return []
    if is_input_object_type(inner):
        return {
            name: dummy(field.type) for name, field in inner.fields.items() if isinstance(field.type, GraphQLNonNull)
        }
    return next(iter(inner.values)) if hasattr(inner, "values") else VALUES[inner.name]


def selection(kind: Any, depth: int = 3) -> str:
    """All plain fields of a type, and of those within; as much as a document may ask for."""
    inner = get_named_type(kind)
    if not is_object_type(inner):
        return ""
    parts = []
    for name, field in inner.fields.items():
        if any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()):
            continue
        below = get_named_type(field.type)
        if not is_object_type(below):
            parts.append(name)
        elif depth and (text := selection(below, depth - 1)):
            parts.append(f"{name} {text}")
    return f"{{ {' '.join(parts)} }}" if parts else ""


def document(field_name: str, is_change: bool) -> tuple[str, dict[str, Any]]:
    """A document that asks one field for all that it has, and its arguments with their types."""
    core = schema()._schema
    root: Any = core.mutation_type if is_change else core.query_type
    field = root.fields[field_name]
    declared = ", ".join(f"${name}: {argument.type}" for name, argument in field.args.items())
    given = ", ".join(f"{name}: ${name}" for name in field.args)
    head = f"mutation ({declared})" if is_change else "query" + (f" ({declared})" if declared else "")
    head = head.replace(" ()", "")
    arguments = f"({given})" if given else ""
    return f"{head} {{ {field_name}{arguments} {selection(field.type, 1)} }}", dict(field.args)


def variables(name: str, bound: RootField, operation: Operation, arguments: dict[str, Any], target: Target) -> Any:
    """The arguments of a call for a target."""
    filled: dict[str, Any] = {}
    for place in operation.places:
        filled[to_camel_case(bound.call.arguments.get(place, place))] = target.values[place]
    if "input" in arguments:
        filled["input"] = INPUTS.get(name) or dummy(arguments["input"].type)
    if "token" in arguments and target.token:
        filled["token"] = target.token
    return filled


def calls(world: World) -> Iterator[tuple[str, RootField, Operation, Target, str]]:
    """Every field, by both of its calls where it has two, for every target and role."""
    for name, bound in schema().roots.items():
        for operation in filter(None, (bound.operation, bound.own)):
            for target in world.targets_of(operation.endpoint.path):
                for role in CALLERS:
                    yield name, bound, operation, target, role


def ask(world: World, role: str, text: str, values: Any, token: str) -> tuple[int, list[str]]:
    """The status of the one field, and what was written; nothing of it stays."""
    writes: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        is_write = sql.startswith(("INSERT", "UPDATE", "DELETE")) and context["cursor"].rowcount != 0
        if is_write and not _OF_THE_CALLER.search(sql):
            writes.append(sql)
        return result

    client = world.clients[role]
    cookies = client.cookies.copy()
    undone: Any = transaction.atomic()
    undone._from_testcase = True
    try:
        with undone, connection.execute_wrapper(note):
            headers = {"Tradepost-Token": token} if token else {}
            answer = client.post(
                "/graphql/", {"query": text, "variables": values}, content_type="application/json", headers=headers
            )
            raise _UndoneError
    except _UndoneError:
        client.cookies = cookies
    return _status(answer.json()), writes


def _status(body: Any) -> int:
    errors = body.get("errors", [])
    assert all(error["extensions"]["code"] != "invalid_document" for error in errors), errors
    if not errors:
        return 200
    extensions = errors[0]["extensions"]
    status = int(extensions["status"])
    return 400 if status == 401 and extensions["code"] != "not_authenticated" else status


@pytest.mark.slow
def test_every_field_answers_every_role_as_its_call_is_declared(world: World, settings: Any) -> None:
    """401, 403 and 404 as the API's walk has them, and who is refused has written nothing."""
    settings.TRADEPOST_GRAPHQL = {"MAX_COST": 10**9, "MAX_TOKENS": 20_000, "MAX_DEPTH": 50}
    wrong, seen = [], Counter[int | str]()
    for name, bound, operation, target, role in calls(world):
        text, arguments = document(name, not operation.is_safe)
        values = variables(name, bound, operation, arguments, target)
        token = "" if "token" in arguments else target.token
        status, writes = ask(world, role, text, values, token)
        due = expected(operation.endpoint, role, target, world.permissions.get(role, frozenset()))
        got = IN if status < 500 and status not in {401, 403, 404, 405} else status
        seen[due] += 1
        if got != due or (due != IN and writes):
            wrong.append((name, operation.endpoint.path, role, target.owner, f"{due}, not {status}", writes))

    assert wrong == []
    assert min(seen[status] for status in (401, 403, 404, IN)) > 10, seen


def test_the_walk_finds_an_open_door(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: a view that doesn't ask is seen through its field."""
    from tradepost.api.views.staff.orders import StaffOrderViewSet

    target = world.targets["staff/orders/<"][0]
    text = "query ($n: String!) { staffOrder(number: $n) { number } }"
    before = ask(world, "bob", text, {"n": target.values["number"]}, "")[0]
    monkeypatch.setattr(StaffOrderViewSet, "get_permissions", lambda view: [])

    assert (before, ask(world, "bob", text, {"n": target.values["number"]}, "")[0]) == (403, 200)


def test_every_field_is_walked() -> None:
    """Those of the schema are those with a declared call behind them."""
    core = schema()._schema
    assert core.query_type is not None
    assert core.mutation_type is not None

    assert {*core.query_type.fields, *core.mutation_type.fields} == schema().roots.keys()
