"""No call takes more than it declares: every serializer of the registry that reads, and the rows behind those that change one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from rest_framework import serializers

from tradepost.api import views
from tradepost.api.bulk.kinds import KINDS
from tradepost.api.routers import Router
from tradepost.api.serializers import serializer_class
from tradepost.api.serializers.base import Input
from tradepost.api.serializers.registry import SERIALIZERS
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for

# What somebody may hope that a call takes besides: keys, owners, states, sums, rights.
HOPES = {
    "id": 1,
    "pk": 1,
    "uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    "user": 1,
    "user_id": 1,
    "customer_id": 1,
    "owner": 1,
    "is_staff": True,
    "is_superuser": True,
    "is_active": True,
    "groups": [1],
    "user_permissions": [1],
    "status": "confirmed",
    "payment_status": "paid",
    "total": "0.00",
    "price": "0.00",
    "unit_price": "0.00",
    "tax_exempt": True,
    "discount": "100",
    "metadata": {"x": 1},
    "extra": {"x": 1},
    "anonymised_at": None,
    "created_at": "2020-01-01T00:00:00Z",
}


# Staff write these where they are given them; what a call of theirs doesn't know is refused.
OF_STAFF = {"metadata", "extra"}
OF_SOME = {
    "staff.ChangeCoupon": {"is_active"},
    "staff.CustomerInput": {"groups", "tax_exempt"},
    "staff.LocationInput": {"is_active"},
    "staff.NewCoupon": {"is_active"},
    "staff.PickupPointInput": {"is_active"},
    "staff.PriceListInput": {"is_active", "groups"},
    "staff.PromotionInput": {"is_active"},
    "staff.ShippingMethodInput": {"is_active"},
}

VIEWS = Path(views.__file__).parent
READ = {
    key for path in VIEWS.rglob("*.py") for key in re.findall(r'(?:read|read_form)\(\s*"([\w.]+)"', path.read_text())
}
INPUTS = sorted(key for key in SERIALIZERS if issubclass(serializer_class(key), Input))


def test_bodies_are_read_by_serializers_of_the_registry_only() -> None:
    """By keys that are known here, so that what follows is about all of them: those that views name, rows of bulk calls, and
    the parts of others.
    """
    assert len(READ) > 60
    assert READ | {kind.row for kind in KINDS.values()} <= set(INPUTS)
    others = [
        path.name
        for path in VIEWS.rglob("*.py")
        if path.name != "base.py" and re.search(r"data=|\.save\(", path.read_text())
    ]
    assert others == []


@pytest.mark.parametrize("key", INPUTS)
def test_a_body_is_a_shape_and_no_row(key: str) -> None:
    """A service changes the row, and is given the declared values; however deep it is nested."""
    assert isinstance(serializer_class(key)(), Input)
    assert [field for field in _nested(serializer_class(key)()) if isinstance(field, serializers.ModelSerializer)] == []


@pytest.mark.parametrize("key", INPUTS)
def test_a_name_that_a_body_doesnt_know_is_refused(key: str) -> None:
    """By that name, however deep it is nested: a slip of the pen is told."""
    parts = [serializer_class(key)(), *(each for each in _nested(serializer_class(key)()) if _is_object(each))]
    for part in parts:
        form = type(part)(data={"quantityy": 1})
        assert not form.is_valid(), type(part).__name__
        assert [error.code for error in form.errors["quantityy"]] == ["unknown_field"], type(part).__name__


def _is_object(field: Any) -> bool:
    return isinstance(field, serializers.Serializer)


@pytest.mark.parametrize("key", INPUTS)
def test_a_body_gives_only_what_is_declared(key: str) -> None:
    """Whatever else is in it is left out or refused, and nothing that somebody may hope for is declared."""
    form = serializer_class(key)(data=dict(HOPES), partial=True)
    form.is_valid()
    declared = {name for name, field in form.fields.items() if not field.read_only}

    assert set(form.validated_data if not form.errors else {}) <= declared
    assert HOPES.keys() & declared <= (OF_STAFF | OF_SOME.get(key, set()) if key.startswith("staff.") else set())


def _nested(serializer: Any) -> Iterator[Any]:
    for field in serializer.fields.values():
        inner = getattr(field, "child", field)
        yield inner
        if isinstance(inner, serializers.Serializer):
            yield from _nested(inner)


def value_of(column: models.Field[Any, Any]) -> Any:
    """Another value than a new row has."""
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, models.JSONField):
        return {"x": 1}
    if isinstance(column, models.DateTimeField):
        return "2020-01-01T00:00:00Z"
    if isinstance(column, models.DateField):
        return "1990-05-17"
    if isinstance(column, models.UUIDField):
        return HOPES["uuid"]
    return 1 if column.is_relation else "XX"


@pytest.mark.django_db
def test_a_customer_changes_no_column_that_is_not_declared() -> None:
    """Each other column of the row is refused by its name, alone and with all others, and is as before afterwards."""
    user = get_user_model().objects.create_user("anna", "anna@example.com", "secret")
    client = Client()
    client.force_login(user)
    customer = customer_for(user)
    declared = set(serializer_class("customers.Update")().fields)
    columns = [column for column in Customer._meta.concrete_fields if column.name not in declared]
    before = {column.attname: getattr(customer, column.attname) for column in columns}
    body = {name: value_of(column) for column in columns for name in (column.name, column.attname)}

    for sent in ({**HOPES, **body}, *({name: value} for name, value in body.items())):
        answer = client.patch("/api/v1/auth/me/", {**sent, "name": "Anna"}, content_type="application/json")
        assert answer.status_code == 400
        assert {error["code"] for error in answer.json()["errors"]} == {"unknown_field"}
        assert {error["attr"] for error in answer.json()["errors"]} <= sent.keys()

    row = Customer.objects.get()
    assert {column.attname: getattr(row, column.attname) for column in columns} == before
    assert row.name != "Anna"
    assert not row.groups.exists()
    assert not get_user_model().objects.get().is_staff


def test_no_view_reads_a_body_without_a_serializer_of_the_registry() -> None:
    """DRF's own mixins of writing would take what a serializer of rows shows."""
    from rest_framework import mixins

    writing = (mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin)

    assert [viewset for _key, viewset, _name in Router().registry if issubclass(viewset, writing)] == []
