"""State machines: django-fsm's fields and transitions, with guards that say why not.

A transition stays empty of effects. It is called by :func:`fire` alone, on a locked row; effects are event handlers.

What may be done with a row in a state is declared with the state (``allows``), and asked by all code; nobody compares states with
lists of them. So a state of a project's own is treated as it says of itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partialmethod
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, FSMFieldDescriptor
from django_fsm import transition as _transition

from ..actors import Actor, By
from ..errors import Misused, TransitionRefused

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

CUSTOM = ("actors", "allows", "also_from", "event", "extra", "label", "overridable", "verb")
"""Keys of a transition's ``custom`` that are read; ``extra`` is for whatever a project keeps there."""


def transition(
    field: Any,
    source: Any = (),
    target: Any = None,
    *,
    conditions: Sequence[Callable[[Any], bool]] = (),
    custom: Mapping[str, Any] | None = None,
    **unknown: Any,
) -> Callable[[Any], Any]:
    """django-fsm's, with a source that must be named, and without the options that :func:`fire` doesn't heed.

    A transition that is declared wrongly can't be made, and :mod:`.fsm_checks` says what is wrong with it.

    Args:
        field: A :class:`StateField`, or its name.
        source: A state, a list of states, ``"*"`` for any, ``"+"`` for any but the target.
        target: A state.
        conditions: Guards.
        custom: See :data:`CUSTOM`.
        unknown: None: what is here is misspelt.
    """
    leaves = source if isinstance(source, str) else list(source)
    kept = dict(custom or {})
    if slips := _slips(kept, unknown):
        kept, conditions = {**kept, "slips": slips}, [*conditions, _misdeclared]
    return _transition(field, leaves, target, conditions=list(conditions), custom=kept)


def _slips(custom: Mapping[str, Any], unknown: Iterable[str]) -> list[tuple[str, str]]:
    """List what is wrong with a transition in itself: the id of a check, and the sentence."""
    slips = [
        ("tradepost.E032", _unknown(name, ("field", "source", "target", "conditions", "custom"))) for name in unknown
    ]
    slips += [("tradepost.E032", f"custom: {_unknown(key, CUSTOM)}") for key in custom if key not in CUSTOM]
    actors = custom.get("actors", ())
    if isinstance(actors, str) or not all(isinstance(actor, Actor) for actor in actors):
        slips.append(("tradepost.E033", f'custom["actors"] is {actors!r}, and no set of actors'))
    return slips


def _unknown(name: str, options: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, options, n=1)
    return f"{name!r} isn't an option" + (
        f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(options)}"
    )


class _StateDescriptor(FSMFieldDescriptor):
    """Lets a refresh and a form's ``full_clean`` set what is stored already; everything else goes through transitions."""

    def __set__(self, instance: Any, value: Any) -> None:
        held = instance.__dict__
        if held.get("_refreshing_state") or held.get(self.field.name, value) == value:
            self.field.set_state(instance, value)
        else:
            super().__set__(instance, value)


class StateField(FSMField):
    """A protected django-fsm field whose choices come from the transitions, and which migrations see as a ``CharField``.

    Never redefine it in a subclass. Labels of states: ``labels`` here, or ``custom={"label": …}`` of a transition; likewise what
    they allow: ``rules`` here, or ``custom={"allows": …}``.

    Attributes:
        rules: What a row in a state allows, by state. A model without rules has none.
        undeclared: What a state allows that says nothing.
    """

    descriptor_class = _StateDescriptor

    def __init__(
        self,
        *args: Any,
        labels: Mapping[str, Any] | None = None,
        rules: Mapping[Any, Any] | None = None,
        undeclared: Any = None,
        **kwargs: Any,
    ) -> None:
        self.labels = dict(labels or {})
        self.rules = {_value(state): rule for state, rule in (rules or {}).items()}
        self.undeclared = undeclared
        self.known_states: set[str] = set()
        self.declared_states: set[str] = set()
        kwargs.setdefault("protected", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        for key in ("protected", "choices", "verbose_name", "help_text"):
            kwargs.pop(key, None)
        return name, "django.db.models.CharField", args, kwargs

    def _collect_transitions(self, *args: Any, **kwargs: Any) -> None:
        super()._collect_transitions(*args, **kwargs)
        model = kwargs["sender"]
        if not self.transitions.get(model):
            return
        transitions = list(self.get_all_transitions(model))
        labels: dict[Any, Any] = {
            **self.labels,
            **{t.target: t.custom["label"] for t in transitions if "label" in t.custom},
        }
        named = [self.get_default(), *labels, *(t.source for t in transitions), *(t.target for t in transitions)]
        states = dict.fromkeys(_value(state) for state in named if state not in ("*", "+", None))
        by_value: dict[str, Any] = {_value(state): label for state, label in labels.items()}
        self.known_states = {_value(self.get_default()), *map(_value, self.labels), *self.rules}
        self.known_states |= {_value(t.target) for t in transitions if t.target is not None}
        self.declared_states = {_value(t.target) for t in transitions if "allows" in t.custom} | set(self.rules)
        declared = {_value(t.target): t.custom["allows"] for t in transitions if "allows" in t.custom}
        self.rules = {**dict.fromkeys(states, self.undeclared), **self.rules, **declared}
        self.choices = [(s, by_value.get(s, s.replace("_", " ").capitalize())) for s in states]
        setattr(model, f"get_{self.name}_display", partialmethod(model._get_FIELD_display, field=self))


def _value(state: Any) -> str:
    return str(getattr(state, "value", state))


class StatefulModel(models.Model):
    """Base of models with a :class:`StateField`: safe to refresh."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_refreshing_state"] = True  # this instance only; the field is shared by the process
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            del self.__dict__["_refreshing_state"]


@dataclass(frozen=True)
class Guard:
    """A named condition of a transition; django-fsm calls it with the row. It reads the row's own columns only.

    Attributes:
        code: Stable, for machines.
        reason: Why the transition is refused, for people.
        holds: The condition.
    """

    code: str
    reason: Any
    holds: Callable[[Any], bool]

    def __call__(self, row: Any) -> bool:
        return self.holds(row)


def guard(code: str, reason: Any) -> Callable[[Callable[[Any], bool]], Guard]:
    """Make a :class:`Guard` of a function of the row."""
    return lambda holds: Guard(code, reason, holds)


_misdeclared = Guard(
    "misdeclared", gettext_lazy("This is declared wrongly; the system checks say how."), lambda _row: False
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a transition can't be made."""

    code: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """For ``context`` and the API."""
        return {"code": self.code, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class AvailableTransition:
    """One transition that leaves the present state; ``refusals`` is empty where it can be made."""

    name: str
    label: str
    target: str
    refusals: tuple[Refusal, ...]
    overridable: bool = False


def allows(row: models.Model, *, field: str = "status") -> Any:
    """The permissions of a row's state, as they were declared with it."""
    column: Any = row._meta.get_field(field)
    return column.rules.get(_value(getattr(row, field)), column.undeclared)


def states_that(model: type[models.Model], flag: str, *, field: str = "status") -> list[str]:
    """The states of a model whose declaration has a flag, as in ``"can_ship"``; for queries.

    Raises:
        AttributeError: No declaration has such a flag.
    """
    rules: Mapping[str, Any] = model._meta.get_field(field).rules  # type: ignore[union-attr]
    return [state for state, rule in rules.items() if getattr(rule, flag)]


def transitions_of(model: type[models.Model], field: str = "status") -> list[Any]:
    """All transitions, those among them that leave a state because it allows what they name in ``also_from``."""
    column: Any = model._meta.get_field(field)
    declared = list(column.get_all_transitions(model))
    keys = {(t.name, _value(t.source)) for t in declared}
    more = []
    for t in declared:
        flag = t.custom.get("also_from")
        for state in states_that(model, flag, field=field) if flag else ():
            if (t.name, state) not in keys and state != _value(t.target):
                keys.add((t.name, state))
                leaves = copy(t)
                leaves.source = state
                more.append(leaves)
    return [*declared, *more]


def _transitions(row: models.Model, field: str) -> Iterable[Any]:
    return transitions_of(type(row), field)


def steps(row: models.Model, by: By, *, field: str = "status") -> list[AvailableTransition]:
    """Transitions from the row's state, each with the reasons why this actor may not make it now."""
    now = _value(getattr(row, field))
    available = []
    for t in _transitions(row, field):
        source = _value(t.source)
        if not (source in (now, "*") or (source == "+" and _value(t.target) != now)):
            continue
        refusals = []
        if {by.kind, by.rights}.isdisjoint(t.custom.get("actors", Actor)):
            refusals.append(Refusal("wrong_actor", _("You aren't allowed to do this.")))
        for condition in t.conditions:
            if not condition(row):
                named = isinstance(condition, Guard)
                refusals.append(
                    Refusal(condition.code, str(condition.reason)) if named else Refusal(condition.__name__, "")
                )
        label = t.custom.get("verb", t.name.replace("_", " ").capitalize())
        overridable = bool(t.custom.get("overridable"))
        available.append(AvailableTransition(t.name, str(label), _value(t.target), tuple(refusals), overridable))
    return available


def fire(row: models.Model, name: str, by: By, *, field: str = "status", override: bool = False) -> bool:
    """Make a transition on a row that the caller has locked, and leave saving to the caller.

    Args:
        row: Locked.
        name: The transition's method.
        by: Who acts.
        field: The state field.
        override: Staff insist: guards of a transition that is declared ``overridable`` are passed over.

    Returns:
        False when the row was at the transition's target already: nothing happened.

    Raises:
        TransitionRefused: Not from this state, or guards refuse; ``context["refusals"]`` says which.
        Misused: There is no such transition.
    """
    candidates = [t for t in _transitions(row, field) if t.name == name]
    if not candidates:
        names = sorted({t.name for t in _transitions(row, field)})
        raise Misused(f"{type(row).__name__} has no transition {name!r}; there are: {', '.join(names)}.")
    step = next((s for s in steps(row, by, field=field) if s.name == name), None)
    now = _value(getattr(row, field))
    if step is None:
        if now in {_value(t.target) for t in candidates}:
            return False
        refusal = Refusal("wrong_state", _("This is not possible in the state “%(state)s”.") % {"state": now})
        raise _refused(row, name, now, (refusal,))
    forced = override and step.overridable and by.kind is Actor.STAFF
    if step.refusals and not (forced and all(r.code != "wrong_actor" for r in step.refusals)):
        raise _refused(row, name, now, step.refusals)
    if (forced and step.refusals) or not getattr(type(row), name)._django_fsm.has_transition(now):
        row._meta.get_field(field).set_state(row, step.target)  # type: ignore[union-attr]
    else:
        getattr(row, name)()
    return True


def _refused(row: models.Model, name: str, state: str, refusals: tuple[Refusal, ...]) -> TransitionRefused:
    reasons = " ".join(r.reason for r in refusals if r.reason) or _("This is not possible now.")
    facts = [refusal.as_dict() for refusal in refusals]
    return TransitionRefused(reasons, transition=name, state=state, refusals=facts, row=str(row))


def mermaid(model: type[models.Model], *, field: str = "status") -> str:
    """The graph of a state field as a Mermaid ``stateDiagram-v2``, drawn from the code."""
    state = model._meta.get_field(field)
    rows = {f"    [*] --> {_value(state.get_default())}"}  # type: ignore[union-attr]
    rows |= {f"    {_value(t.source)} --> {_value(t.target)}: {t.name}" for t in transitions_of(model, field)}
    return "\n".join(["stateDiagram-v2", *sorted(rows)])
