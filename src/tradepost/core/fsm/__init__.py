"""State machines: django-fsm's fields and transitions, with guards that say why not."""

from __future__ import annotations

from .machine import (
    CUSTOM,
    AvailableTransition,
    Guard,
    Refusal,
    StateField,
    StatefulModel,
    allows,
    fire,
    guard,
    mermaid,
    states_that,
    steps,
    transition,
    transitions_of,
)

__all__ = [
    "CUSTOM",
    "AvailableTransition",
    "Guard",
    "Refusal",
    "StateField",
    "StatefulModel",
    "allows",
    "fire",
    "guard",
    "mermaid",
    "states_that",
    "steps",
    "transition",
    "transitions_of",
]
