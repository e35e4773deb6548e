"""Fields of serializers: copied from patterns where DRF builds them anew, the same ones, and each serializer's own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers

from tradepost.api.attributes import reader_of
from tradepost.api.money import MoneyField
from tradepost.api.serializers import Shape, TradepostSerializer, field_patterns, serializer_class
from tradepost.api.serializers.orders import OrderLineSerializer
from tradepost.api.serializers.registry import SERIALIZERS
from tradepost.orders.models import Order, OrderLine


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No pattern is there at first."""
    field_patterns.forget_patterns()
    yield
    field_patterns.forget_patterns()


def described(key: str) -> dict[str, Any]:
    """A serializer's fields with all that they were made of, and how each is bound; of those within it the class."""

    def made_of(field: Any) -> Any:
        return type(field) if isinstance(field, serializers.BaseSerializer) else repr(field)

    fields = serializer_class(key)().fields
    return {name: (made_of(field), field.source, field.label, sorted(vars(field))) for name, field in fields.items()}


@pytest.mark.parametrize("key", sorted(SERIALIZERS))
def test_copies_are_as_drf_builds_them(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each serializer, the first time and from the pattern."""
    first, copied = described(key), described(key)
    assert serializer_class(key) in field_patterns._kept
    monkeypatch.setattr(field_patterns, "_is_plain", lambda cls: False)

    assert first == copied == described(key)


def test_each_serializer_has_fields_of_its_own() -> None:
    """A change of one's fields stays with it, messages and validators, too."""

    class Loud(OrderLineSerializer):
        """One that changes what it was given."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["sku"].error_messages["required"] = "Which one?"
            self.fields["sku"].validators.append(print)
            self.fields["name"].help_text = "Loud"
            del self.fields["kind"]

    OrderLineSerializer().fields  # noqa: B018 - makes the pattern
    loud = [Loud().fields, Loud().fields]
    quiet = OrderLineSerializer().fields

    assert [(f["sku"].error_messages["required"], f["sku"].validators.count(print)) for f in loud] == [
        ("Which one?", 1)
    ] * 2
    assert (quiet["sku"].error_messages["required"], quiet["name"].help_text) == ("This field is required.", None)
    assert print not in quiet["sku"].validators
    assert "kind" in quiet
    assert "kind" not in loud[0]


def test_a_project_that_builds_fields_in_its_own_way_is_asked_each_time() -> None:
    """By what each call knows."""

    class ByCaller(TradepostSerializer[OrderLine]):
        """Fields by who asks."""

        class Meta:
            model = OrderLine
            fields = ("sku", "name")

        def get_field_names(self, declared_fields: Any, info: Any) -> Any:
            return self.context["names"]

    assert [list(ByCaller(context={"names": [name]}).fields) for name in ("sku", "name", "sku")] == [
        ["sku"],
        ["name"],
        ["sku"],
    ]


def test_a_declaration_that_changes_counts() -> None:
    """As a project does when it starts."""

    class Short(TradepostSerializer[Order]):
        """A few columns."""

        class Meta:
            model = Order
            fields: tuple[str, ...] = ("number",)

    assert list(Short().fields) == ["number"]
    Short.Meta.fields = ("number", "email")
    assert list(Short().fields) == ["number", "email"]
    Short._declared_fields["token"] = serializers.ReadOnlyField(default="t")
    Short.Meta.fields = ("number", "token")
    assert list(Short().fields) == ["number", "token"]


def test_a_field_of_a_projects_own_is_copied_as_drf_does() -> None:
    """It may keep anything."""

    class Counting(serializers.CharField):
        """Says how often it was asked."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.asked = SimpleNamespace(times=0)

        def get_attribute(self, instance: Any) -> Any:
            """Count."""
            self.asked.times += 1
            return f"{instance.name} {self.asked.times}"

    class Row(Shape):
        """One field."""

        name = Counting()
        names = serializers.ListField(child=serializers.CharField())

    row = SimpleNamespace(name="Ada", names=["A", "L"])
    first, second = Row(row), Row(row)

    assert (first.data["name"], second.data) == ("Ada 1", {"name": "Ada 1", "names": ["A", "L"]})
    assert first.fields["names"].child is not second.fields["names"].child
    assert second.fields["names"].child.parent is second.fields["names"]


class Thing:
    """Something to show."""

    code = "a"
    nothing = None
    inner = SimpleNamespace(units=2, facts={"size": "L", "items": 7})

    def called(self) -> str:
        """A method."""
        return "called"

    @property
    def lost(self) -> Any:
        """A relation that leads nowhere."""
        raise ObjectDoesNotExist


FIELDS = {
    "code": serializers.CharField(),
    "nothing": serializers.CharField(allow_null=True),
    "called": serializers.CharField(),
    "lost": serializers.CharField(),
    "units": serializers.IntegerField(source="inner.units"),
    "size": serializers.CharField(source="inner.facts.size"),
    "items": serializers.IntegerField(source="inner.facts.items"),
    "whole": serializers.ReadOnlyField(source="*"),
    "absent": serializers.CharField(default="none"),
    "optional": serializers.CharField(required=False),
    "wrong": serializers.CharField(),
    "wrong_within": serializers.CharField(source="inner.wrong"),
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("instance", [Thing(), vars(Thing), {}])
def test_a_source_is_read_as_drf_reads_it(name: str, instance: Any) -> None:
    """The same value, or the same exception."""
    field = type("Rows", (serializers.Serializer,), dict(FIELDS))().fields[name]

    def outcome(read: Any) -> Any:
        try:
            return read()
        except Exception as error:  # noqa: BLE001 - whatever it is
            return type(error), str(error)

    expected = outcome(lambda: field.get_attribute(instance))

    assert outcome(lambda: reader_of(field)(instance)) == expected


def test_money_reads_its_currency_beside_it_or_in_the_context() -> None:
    """By a path, or from whoever shows it."""

    class Row(Shape):
        """Two amounts."""

        near = MoneyField(source="inner.amount", currency="inner.currency")
        far = MoneyField(source="inner.amount", currency="missing")

    row = SimpleNamespace(inner=SimpleNamespace(amount=Decimal(3), currency="JPY"))

    assert Row(row, context={"currency": "EUR"}).data == {
        "near": {"amount": "3", "currency": "JPY"},
        "far": {"amount": "3.00", "currency": "EUR"},
    }
