"""People of a shop's departments, as clients of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tests.departments import department

__all__ = ["Goods", "Staff", "errors", "goods", "staff"]

Goods = Callable[..., Any]


class Staff:
    """Calls of one member of staff: ``staff("orders").post("orders/1/hold/", {…})`` below ``/api/v1/staff/``."""

    def __init__(self, client: Client, user: Any) -> None:
        self.client, self.user = client, user

    def permit(self, *codenames: str) -> None:
        """Give them single permissions of ours."""
        theirs = Permission.objects.filter(codename__in=codenames, content_type__app_label__startswith="tradepost_")
        self.user.user_permissions.add(*theirs)

    def get(self, path: str, **query: Any) -> Any:
        """GET, with a query."""
        return self.client.get(f"/api/v1/staff/{path}", query)

    def send(self, method: str, path: str, data: Any = None, *, key: str = "", match: str = "") -> Any:
        """JSON by any other method; with an ``Idempotency-Key``, with ``If-Match``."""
        headers = {**({"Idempotency-Key": key} if key else {}), **({"If-Match": match} if match else {})}
        url = f"/api/v1/staff/{path}"
        return getattr(self.client, method)(url, data or {}, content_type="application/json", headers=headers)

    def post(self, path: str, data: Any = None, *, key: str = "") -> Any:
        """POST JSON."""
        return self.send("post", path, data, key=key)

    def patch(self, path: str, data: Any = None) -> Any:
        """PATCH JSON."""
        return self.send("patch", path, data)


@pytest.fixture
def staff(db: None) -> Callable[[str], Staff]:
    """Makes somebody of a department; ``""`` for staff without any permission."""

    def make(role: str) -> Staff:
        user = get_user_model().objects.create_user(f"{role or 'nobody'}@shop", password="secret", is_staff=True)
        if role:
            user.groups.add(department(role))
        client = Client()
        client.force_login(user)
        return Staff(client, user)

    return make


@pytest.fixture
def goods(staff: Callable[[str], Staff]) -> Goods:
    """Call as a member of the department that keeps the goods: ``goods("post", "products/", {…}, key="…")``."""
    member = staff("catalogue")

    def call(method: str, path: str, data: Any = None, *, key: str = "", match: str = "") -> Any:
        return member.get(path) if method == "get" else member.send(method, path, data, key=key, match=match)

    return call


def errors(answer: Any) -> list[tuple[Any, str | None]]:
    """The status of a refusal, then code and place of each of its errors."""
    return [(answer.status_code, ""), *((error["code"], error["attr"]) for error in answer.json()["errors"])]
