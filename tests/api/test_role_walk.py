"""Every call of the API, by every role, for what is their own and for what is somebody else's: as it is declared.

The calls come from the router itself. One with a placeholder that nothing here fills fails the test by its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from tradepost.api.routers import Endpoint, Router
from tradepost.core.access import ANYONE, OWN, PROVIDER, SIGNED_IN, needs
from tradepost.orders.models import Order

from .world import ROLES, STAFF, TOTAL, Target, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

WITHOUT_ACCOUNT = {"guest", "inactive"}
IN = "in"  # past the door: answered, or refused for what was sent

# Who is signed in is a customer with a basket from the first call on.
_OF_THE_CALLER = re.compile(r"^INSERT INTO .tradepost_(customers_customer|basket_basket). ")
# What a call takes so that it isn't refused for that before its object is looked for.
BODIES: dict[tuple[str, str], Any] = {
    ("lines", "post"): {"variant": "MUG", "quantity": 1},
    ("line", "patch"): {"quantity": 2},
    ("coupons", "post"): {"code": "TEN"},
    ("update_checkout", "patch"): {"note": "by the door"},
    ("complete", "post"): {"expected_total": TOTAL},
    ("payments.complete", "post"): {"data": {}},
    ("payments", "post"): {"method": "card"},
}


def expected(endpoint: Endpoint, role: str, target: Target, permissions: frozenset[str]) -> int | str:
    """The answer by the declaration, and by whose it is."""
    access = endpoint.access
    if access.needs_account and role in WITHOUT_ACCOUNT:
        return 401
    if access.permissions:
        return IN if permissions.issuperset(access.permissions) else 403
    if access.of_staff and role not in {"staff", *STAFF}:
        return 403
    if (access in (OWN, SIGNED_IN) or access.of_staff) and target.owner:
        is_theirs = target.is_secret_known if target.owner == "guest" else role == target.owner
        return IN if is_theirs else 404
    return IN


def call(world: World, endpoint: Endpoint, role: str, target: Target) -> tuple[int, list[str]]:
    """The status, and what was written; nothing of it stays."""
    path = re.sub(r"<(\w+)>", lambda match: target.values[match[1]], endpoint.path)
    name = f"payments.{endpoint.action}" if endpoint.path.startswith("payments/") else endpoint.action
    body = BODIES.get((name, endpoint.method), {})
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
    undone._from_testcase = True  # so that providers may be asked in it
    try:
        with undone, connection.execute_wrapper(note):
            answer = getattr(client, endpoint.method)(
                f"/api/v1/{path}",
                **({} if endpoint.method == "get" else {"data": body, "content_type": "application/json"}),
                headers={"Tradepost-Token": target.token} if target.token else {},
            )
            raise _UndoneError
    except _UndoneError:
        client.cookies = cookies
        return _status(answer), writes


def _status(answer: Any) -> int:
    """As 400 where it is 401 for a token that was sent, and not because nobody is signed in."""
    code = answer.json()["errors"][0]["code"] if answer.status_code == 401 else ""
    return 400 if code not in {"", "not_authenticated"} else int(answer.status_code)


class _UndoneError(Exception):
    """Takes back what a call did."""


def calls(world: World) -> Iterator[tuple[Endpoint, str, Target]]:
    """All of them."""
    for endpoint in Router().endpoints():
        for target in world.targets_of(endpoint.path):
            for role in ROLES:
                yield endpoint, role, target


def test_every_call_answers_every_role_as_declared(world: World) -> None:
    """401 for guests who have to sign in, 403 for staff without the permission, 404 for what is somebody else's.

    Who is refused has written nothing.
    """
    wrong, seen = [], Counter[int | str]()
    for endpoint, role, target in calls(world):
        status, writes = call(world, endpoint, role, target)
        due = expected(endpoint, role, target, world.permissions.get(role, frozenset()))
        got = IN if status < 500 and status not in {401, 403, 404, 405} else status
        seen[due] += 1
        if got != due or (due != IN and writes):
            wrong.append((endpoint.method, endpoint.path, role, target.owner, f"{due}, not {status}", writes))

    assert wrong == []
    assert min(seen[status] for status in (401, 403, 404, IN)) > 10, seen


def test_what_is_somebody_elses_is_answered_like_what_isnt_there(world: World) -> None:
    """By the same status and codes: whoever may not know learns nothing from the difference."""
    nobodys = {"number": "999999999", "line": str(uuid4()), "uuid": str(uuid4())}
    wrong, compared = [], 0
    for endpoint in Router().endpoints():
        named = set(re.findall(r"<(\w+)>", endpoint.path)) & nobodys.keys()
        targets = [target for target in world.targets_of(endpoint.path) if target.owner and named]
        for target in targets:
            role = "administrator" if endpoint.access.of_staff else "bob"
            if expected(endpoint, role, target, frozenset()) != 404:
                continue
            compared += 1
            missing = replace(target, values={**target.values, **{name: nobodys[name] for name in named}})
            refusals = [_refusal_of(world, endpoint, role, each) for each in (target, missing)]
            if refusals[0] != refusals[1]:
                wrong.append((endpoint.method, endpoint.path, target.owner, *refusals))

    assert wrong == []
    assert compared > 30


def _refusal_of(world: World, endpoint: Endpoint, role: str, target: Target) -> tuple[int, list[str], list[str]]:
    """The status, the codes, and the names of the facts of a refusal."""
    path = re.sub(r"<(\w+)>", lambda match: target.values[match[1]], endpoint.path)
    name = f"payments.{endpoint.action}" if endpoint.path.startswith("payments/") else endpoint.action
    body = BODIES.get((name, endpoint.method), {})
    answer = getattr(world.clients[role], endpoint.method)(
        f"/api/v1/{path}",
        **({} if endpoint.method == "get" else {"data": body, "content_type": "application/json"}),
        headers={"Tradepost-Token": target.token} if target.token else {},
    )
    refusal = answer.json()
    return answer.status_code, [error["code"] for error in refusal["errors"]], sorted(refusal.get("context", {}))


def test_the_walk_finds_an_open_door(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: a view that is declared for staff and doesn't ask is seen, and so is one that shows others' orders."""
    from tradepost.api.views.orders import OrderViewSet
    from tradepost.api.views.staff.dry_run import DryRunViewSet

    monkeypatch.setattr(DryRunViewSet, "get_permissions", lambda view: [])
    monkeypatch.setattr(OrderViewSet, "get_order", lambda view: Order.objects.get(number=view.kwargs["number"]))
    endpoints = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in Router().endpoints()}
    order = endpoints["get orders/<number>/"]

    assert call(world, endpoints["post staff/dry-run/"], "bob", Target("", {}))[0] == 400
    assert call(world, order, "bob", world.targets_of(order.path)[0])[0] == 200


def test_the_kinds_of_access_are_all_walked() -> None:
    """A new kind needs a rule above."""
    kinds = {endpoint.access.code for endpoint in Router().endpoints()}

    assert kinds == {kind.code for kind in (ANYONE, SIGNED_IN, OWN, PROVIDER, needs("any.permission"))}
