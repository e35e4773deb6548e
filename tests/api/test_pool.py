"""Serializers that write one answer after another: each as a new one would, one caller's at a time, and nothing of it kept."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings
from rest_framework import serializers

from tradepost.api.serializers import Shape, TradepostSerializer, pool, serializer_class
from tradepost.api.serializers.base import Extra, Nested
from tradepost.api.serializers.catalogue import BadgeSerializer
from tradepost.api.serializers.customers.profiles import CustomerSerializer
from tradepost.api.serializers.pool import forget_pool, write
from tradepost.catalogue.models import Product
from tradepost.catalogue.selectors import category_tree
from tradepost.core.extending.exposed_fields import PUBLIC, expose
from tradepost.testing import factories as make


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The pool is empty at first."""
    forget_pool()
    yield
    forget_pool()


class Inner(Shape):
    """A serializer within another."""

    word = serializers.SerializerMethodField()

    def get_word(self, value: Any) -> str:
        """That of the context."""
        return f"{value.word}, {self.context['name']}"


class Outer(Shape):
    """One with others in it."""

    inner = Inner()
    rows = Inner(many=True)


for each in (Inner, Outer):  # as if they were ours
    each.__module__ = "tradepost.api.serializers.catalogue"


def thing(word: str) -> Any:
    """Something to write."""
    inner = SimpleNamespace(word=word)
    return SimpleNamespace(inner=inner, rows=[inner, inner])


def answer(word: str, name: str) -> dict[str, Any]:
    """Its answer."""
    inner = {"word": f"{word}, {name}"}
    return {"inner": inner, "rows": [inner, inner]}


def waiting(cls: type[Any], *, many: bool = False) -> list[Any]:
    """The serializers that wait."""
    return [kept.serializer for kept in pool._pool.get((cls, many), ())]


def test_one_writes_the_next_answer_too() -> None:
    """With its own value and context, alone and in a list; then it knows neither."""
    assert write(Outer, thing("a"), context={"name": "Ada"}) == answer("a", "Ada")
    (first,) = waiting(Outer)
    assert write(Outer, thing("b"), context={"name": "Bob"}) == answer("b", "Bob")
    assert waiting(Outer) == [first]
    assert (first.instance, first._context) == (None, {})
    assert not hasattr(first, "_data")

    for word in ("a", "b"):
        assert write(Outer, [thing(word)] * 2, many=True, context={"name": word}) == [answer(word, word)] * 2
    assert len(waiting(Outer, many=True)) == 1


def test_it_is_one_callers_at_a_time() -> None:
    """Who comes while another's answer is being made gets one of their own, and neither sees the other's context."""
    answers = []

    class Meanwhile:
        @property
        def word(self) -> str:
            answers.append(write(Outer, thing("b"), context={"name": "Bob"}))
            return "a"

    value = SimpleNamespace(inner=Meanwhile(), rows=[])
    write(Outer, thing("warm"), context={"name": "up"})
    assert write(Outer, value, context={"name": "Ada"}) == {"inner": {"word": "a, Ada"}, "rows": []}
    assert answers == [answer("b", "Bob")]
    assert len(waiting(Outer)) == 2


def test_after_an_error_it_is_thrown_away() -> None:
    """Nobody knows what it was doing."""
    write(Outer, thing("a"), context={"name": "Ada"})
    with pytest.raises(KeyError):
        write(Outer, thing("b"), context={})
    assert waiting(Outer) == []


def test_a_projects_class_is_made_anew() -> None:
    """Itself, and whatever has one within: it may remember something."""

    class Remembering(Outer):
        """Tells how many answers it has made."""

        __module__ = "shop.serializers"
        answers = 0

        def to_representation(self, instance: Any) -> dict[str, Any]:
            self.answers += 1
            return {"answers": self.answers}

    class Around(Shape):
        """One of ours around it."""

        __module__ = "tradepost.api.serializers.catalogue"
        inner = Remembering()

    for _ in range(2):
        assert write(Remembering, thing("a"), context={}) == {"answers": 1}
        assert write(Around, thing("a"), context={}) == {"inner": {"answers": 1}}
    assert waiting(Remembering) == waiting(Around) == []


def test_a_changed_declaration_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project may add a field to ours, or put another serializer behind a key."""

    class Keyed(Shape):
        """One with a key within."""

        __module__ = "tradepost.api.serializers.catalogue"
        badge = Nested("catalogue.Badge", source="*")

    badge = SimpleNamespace(text="New", label="New things", promotion="new", word="Sale")
    before = write(Keyed, badge, context={})
    assert waiting(Keyed)
    monkeypatch.setitem(BadgeSerializer._declared_fields, "word", serializers.CharField())
    assert write(Keyed, badge, context={}) == {"badge": {**before["badge"], "word": "Sale"}}

    with override_settings(TRADEPOST_API={"SERIALIZERS": {"catalogue.Badge": f"{__name__}.Word"}}):
        assert write(Keyed, badge, context={}) == {"badge": {"word": "Sale"}}


class Word(Shape):
    """A project's own badge."""

    word = serializers.CharField()


class Row(TradepostSerializer[Product]):
    """A product with what is exposed of it."""

    __module__ = "tradepost.api.serializers.catalogue"
    extra = Extra("tradepost_catalogue.Product", source="*")

    class Meta:
        """Two fields."""

        model = Product
        fields = ("slug", "extra")


@pytest.mark.django_db
def test_what_depends_on_the_caller_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exposed fields: who may read them differs; one that is exposed later is there, too."""
    monkeypatch.setattr("tradepost.core.extending.exposed_fields._declared", {})
    product = make.product(metadata={"made_in": "Leeds"})
    assert "extra" not in write(Row, product, context={})
    assert waiting(Row)
    expose("tradepost_catalogue.Product", "metadata.made_in", read=PUBLIC)
    assert write(Row, product, context={})["extra"] == {"made_in": "Leeds"}
    assert waiting(Row) == []


def test_a_permission_is_that_of_the_present_caller() -> None:
    """Who may see a field, and who may not, one after the other, by the same serializer."""

    class Guarded(Shape):
        """One with a part that not everybody sees."""

        __module__ = "tradepost.api.serializers.catalogue"
        badge = Nested("catalogue.Badge", source="*", permission="shop.view_badge")

    badge = SimpleNamespace(text="New", label="New things", promotion="new")
    shown = []
    for is_allowed in (True, False, True):
        user = SimpleNamespace(has_perm=lambda name, is_allowed=is_allowed: is_allowed)
        shown.append(write(Guarded, badge, context={"request": SimpleNamespace(user=user)})["badge"] is not None)

    assert shown == [True, False, True]
    assert len(waiting(Guarded)) == 1


@pytest.mark.django_db
def test_a_tree_is_made_anew() -> None:
    """It has its own kind within, to any depth."""
    make.category("Lamps", parent=make.category("Home"))
    cls = serializer_class("catalogue.Category")
    (home,) = write(cls, category_tree(counts=True), many=True, context={})
    assert [child["name"] for child in home["children"]] == ["Lamps"]
    assert waiting(cls, many=True) == []


@pytest.mark.django_db
def test_nothing_of_a_customer_is_left_behind() -> None:
    """Their tier is looked up for the answer, and forgotten with it."""
    write(CustomerSerializer, make.customer(), context={})
    (kept,) = waiting(CustomerSerializer)
    assert "_standing" not in vars(kept)
