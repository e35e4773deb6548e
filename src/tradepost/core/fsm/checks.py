"""Checks of a model's states and transitions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning
from django.db import models

from .machine import StateField

__all__ = ["check_model", "check_states"]


def check_states(**kwargs: Any) -> list[CheckMessage]:
    """Each transition leaves a state that there is, by options that are read; and each state says what it allows."""
    return [message for model in apps.get_models() for message in check_model(model)]


def check_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    """The same of one model; nothing for one without a :class:`~tradepost.core.fsm.StateField`."""
    columns = {field.name: field for field in model._meta.get_fields() if isinstance(field, StateField)}
    for name, method in _transitions_of(model) if columns else ():
        yield from _check_transition(model, name, method, columns)
    for column in columns.values():
        yield from _check_rules(model, column)


def _transitions_of(model: type[models.Model]) -> Iterator[tuple[str, Any]]:
    for name in dir(model):
        method = getattr(model, name, None) if not name.startswith("__") else None
        if hasattr(method, "_django_fsm"):
            yield name, method


def _check_transition(
    model: type[models.Model], name: str, method: Any, columns: dict[str, StateField]
) -> Iterator[CheckMessage]:
    where, declared = f"{model.__name__}.{name}", method._django_fsm
    column = columns.get(getattr(declared.field, "name", declared.field))
    if column is None:
        text = f"{where}: {declared.field!r} isn't a field of states."
        yield Error(text, hint=f"field={next(iter(columns))!r}", obj=model, id="tradepost.E034")
        return
    if not declared.transitions:
        text = f"{where} leaves no state, so that it can't be made."
        yield Error(text, hint='source="…", a list of states, or "*" for any.', obj=model, id="tradepost.E030")
    slips: dict[str, str] = {}
    for t in declared.transitions.values():
        yield from _check_source(where, t, column, model)
        slips |= {sentence: check_id for check_id, sentence in t.custom.get("slips", ())}
        yield from _check_words(where, t, column, model)
    for sentence, check_id in slips.items():
        if check_id == "tradepost.E032":
            yield Error(f"{where} has an option that isn't read: {sentence}.", obj=model, id="tradepost.E032")
        else:
            hint = 'custom={"actors": {Actor.STAFF, Actor.SYSTEM}, …}, with Actor of tradepost.core.actors.'
            yield Error(
                f"{where} names actors that aren't known: {sentence}.", hint=hint, obj=model, id="tradepost.E033"
            )


def _check_source(where: str, t: Any, column: StateField, model: type[models.Model]) -> Iterator[CheckMessage]:
    source = str(getattr(t.source, "value", t.source))
    if source in {"*", "+", *column.known_states}:
        return
    near = difflib.get_close_matches(source, column.known_states, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(sorted(column.known_states))}."
    yield Error(f"{where} leaves {source!r}, which no transition leads to.", hint=hint, obj=model, id="tradepost.E031")


def _check_words(where: str, t: Any, column: StateField, model: type[models.Model]) -> Iterator[CheckMessage]:
    target = str(getattr(t.target, "value", t.target or ""))
    if not target or len(target) > (column.max_length or 0):
        text = f"{where} leads to {target!r}: a state has 1 to {column.max_length} characters."
        yield Error(text, hint='target="…"', obj=model, id="tradepost.E034")
    rule = t.custom.get("allows")
    if rule is not None and not isinstance(rule, type(column.undeclared)):
        text = f'{where}: custom["allows"] is {rule!r}.'
        hint = f'custom={{"allows": {type(column.undeclared).__name__}(…), …}}'
        yield Error(text, hint=hint, obj=model, id="tradepost.E034")
    flag = t.custom.get("also_from")
    if flag is not None and not hasattr(column.undeclared, flag):
        text = f'{where}: custom["also_from"] is {flag!r}, which no state says of itself.'
        yield Error(text, obj=model, id="tradepost.E034")


def _check_rules(model: type[models.Model], column: StateField) -> Iterator[CheckMessage]:
    if column.undeclared is None:
        return
    rules = type(column.undeclared).__name__
    for state in sorted(column.known_states - column.declared_states):
        yield Warning(
            f"{model.__name__}: the state {state!r} doesn't say what it allows, so it allows nothing.",
            hint=f'custom={{"allows": {rules}(…), …}} in the transition that leads to it, with {rules} of '
            f"{type(column.undeclared).__module__}.",
            obj=model,
            id="tradepost.W030",
        )
