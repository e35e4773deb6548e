"""Slips in declarations of states and transitions: each is told at start-up, with what to write, and can't be made."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tradepost.core.actors import SYSTEM, Actor
from tradepost.core.errors import TransitionRefused
from tradepost.core.fsm import StateField, StatefulModel, fire, states_that, steps, transition
from tradepost.core.fsm.checks import check_model, check_states
from tradepost.orders.states import Allows, End


def lamp(**options: Any) -> type[models.Model]:
    """A model that goes from off to on, with one more transition of these options."""
    options = {"field": "status", "source": "on", "target": "broken", **options}

    class Lamp(StatefulModel):
        status = StateField(
            default="off", max_length=10, rules={"off": Allows(), "on": Allows(can_ship=True)}, undeclared=Allows()
        )

        @transition(field=status, source="off", target="on", custom={"actors": {Actor.STAFF, Actor.SYSTEM}})
        def switch(self) -> None:
            """Let there be light."""

        @transition(**options)
        def drop(self) -> None:
            """Oh."""

        class Meta:
            app_label = "tests"

    return Lamp


DECLARED = {"allows": Allows(end=End.CANCELLED)}


@pytest.mark.parametrize(
    ("options", "check_id", "says"),
    [
        ({"source": "onn"}, "tradepost.E031", "Did you mean 'on'?"),
        ({"source": ["off", "nowhere"]}, "tradepost.E031", "There are broken, off, on."),
        ({"source": ()}, "tradepost.E030", "leaves no state"),
        ({"source": []}, "tradepost.E030", 'source="…"'),
        ({"condition": [bool]}, "tradepost.E032", "'condition' isn't an option; did you mean 'conditions'?"),
        ({"permission": "x"}, "tradepost.E032", "'permission' isn't an option"),
        ({"custom": {**DECLARED, "actor": {Actor.STAFF}}}, "tradepost.E032", "did you mean 'actors'?"),
        ({"custom": {**DECLARED, "overideable": True}}, "tradepost.E032", "did you mean 'overridable'?"),
        ({"custom": {**DECLARED, "colour": "red"}}, "tradepost.E032", "there are actors, allows"),
        ({"custom": {**DECLARED, "actors": "staff"}}, "tradepost.E033", "is 'staff', and no set of actors"),
        ({"custom": {**DECLARED, "actors": ["staff"]}}, "tradepost.E033", "Actor.STAFF"),
        ({"target": "broken for ever"}, "tradepost.E034", "1 to 10 characters"),
        ({"target": None}, "tradepost.E034", "1 to 10 characters"),
        ({"field": "state"}, "tradepost.E034", "'state' isn't a field of states"),
        ({"custom": {"allows": "can_ship"}}, "tradepost.E034", "Allows(…)"),
        ({"custom": {**DECLARED, "also_from": "can_shine"}}, "tradepost.E034", "can_shine"),
        ({}, "tradepost.W030", "the state 'broken' doesn't say what it allows"),
    ],
)
@isolate_apps("tests")
def test_a_slip_is_told(options: dict[str, Any], check_id: str, says: str) -> None:
    """By its id, with the word to write."""
    messages = [message for message in check_model(lamp(**options)) if message.id == check_id]

    assert len(messages) == 1
    assert says in f"{messages[0].msg} {messages[0].hint}"


@pytest.mark.parametrize("source", ["*", "+", ["on", "off"], ("on",), {"on"}])
@isolate_apps("tests")
def test_what_is_right_is_passed_over(source: Any) -> None:
    """Any state, any other, lists, our own keys; and the library's own models."""
    custom = {**DECLARED, "actors": (Actor.STAFF,), "extra": {"colour": "red"}, "also_from": "can_ship"}
    assert list(check_model(lamp(source=source, custom=custom))) == []
    assert check_states() == []


@pytest.mark.parametrize("custom", [{"actor": {Actor.STAFF}}, {"actors": "staff_and_system"}])
@isolate_apps("tests")
def test_what_is_declared_wrongly_cant_be_made(custom: dict[str, Any]) -> None:
    """Nobody's slip opens a door to everybody, where the checks aren't run."""
    row = lamp(custom=custom)(status="on")

    with pytest.raises(TransitionRefused) as refusal:
        fire(row, "drop", SYSTEM)
    assert "misdeclared" in {entry["code"] for entry in refusal.value.context["refusals"]}
    assert row.status == "on"  # type: ignore[attr-defined]


@isolate_apps("tests")
def test_a_transition_leaves_each_state_that_allows_it() -> None:
    """``also_from`` names what a state says of itself."""

    class Door(StatefulModel):
        status = StateField(default="shut", max_length=9, rules={"shut": Allows()}, undeclared=Allows())

        @transition(field=status, source="shut", target="ajar", custom={"allows": Allows(can_complete=True)})
        def push(self) -> None:
            """A little."""

        @transition(
            field=status, source="shut", target="open", custom={"allows": Allows(), "also_from": "can_complete"}
        )
        def swing(self) -> None:
            """All of it."""

        class Meta:
            app_label = "tests"

    door = Door(status="ajar")
    assert [step.name for step in steps(door, SYSTEM)] == ["swing"]
    assert fire(door, "swing", SYSTEM) is True
    assert (door.status, fire(door, "swing", SYSTEM)) == ("open", False)
    assert states_that(Door, "can_complete") == ["ajar"]
    with pytest.raises(AttributeError):
        states_that(Door, "can_complet")
