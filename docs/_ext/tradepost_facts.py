"""Facts about the library, read from its code: settings, system checks, errors, events, jobs, transitions.

The pages of reference are made of them (``tradepost_reference.py``), and ``tests/docs`` looks whether all are explained.
"""

from __future__ import annotations

import ast
import inspect
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from rest_framework.exceptions import APIException

import tradepost
from tradepost.api.errors import status_of
from tradepost.core import (
    events,
    fsm,
    jobs,
)
from tradepost.core.actors import Actor
from tradepost.core.conf import Backend
from tradepost.core.errors import Misused, TradepostError
from tradepost.core.extending import port_map
from tradepost.testing import contracts

__all__ = [
    "Check",
    "ErrorCode",
    "Graph",
    "Key",
    "Port",
    "Way",
    "all_events",
    "all_jobs",
    "all_ports",
    "checks",
    "default_of",
    "described",
    "error_codes",
    "graph",
    "graph_in",
    "plain",
    "settings",
    "ways",
]

SRC = Path(tradepost.__file__).parent
_ERROR = re.compile(r"^    (?:default_)?code = \"", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?([\w.]+)`")


@dataclass(frozen=True)
class Key:
    """One key of a settings dict."""

    name: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Check:
    """A system check's message."""

    id: str
    message: str


@dataclass(frozen=True)
class ErrorCode:
    """An error's code, the status that the API answers (``–``: it never does), what it means, and its class."""

    code: str
    status: str
    meaning: str
    raised_as: str


@dataclass(frozen=True)
class Way:
    """A transition, once for each state that it leaves."""

    name: str
    source: str
    target: str
    actors: tuple[str, ...]
    guards: tuple[tuple[str, str], ...]
    meaning: str


@dataclass(frozen=True)
class Graph:
    """The states of a model, the first one first, with its transitions and the same as Mermaid."""

    states: list[str]
    ways: list[Way]
    mermaid: str


def plain(text: str) -> str:
    """A docstring's words as Markdown on one line: no roles of reStructuredText, single backticks."""
    return " ".join(_ROLE.sub(r"`\1`", text).replace("``", "`").split())


def described(cls: type[Any]) -> dict[str, str]:
    """What a class's docstring says of its attributes."""
    found: dict[str, list[str]] = {}
    name = ""
    inside = False
    for line in inspect.getdoc(cls).splitlines():  # type: ignore[union-attr]
        if line.strip() == "Attributes:":
            inside = True
        elif inside and (start := re.match(r"    (\w+): (.*)", line)):
            name = start[1]
            found[name] = [start[2]]
        elif inside and line.startswith("     ") and name:
            found[name].append(line.strip())
        elif inside and line.strip():
            inside = False
    return {key: plain(" ".join(lines)) for key, lines in found.items()}


def default_of(field: Field[Any]) -> str:
    """A default as a project would write it."""
    value = field.default if field.default is not MISSING else None
    if field.default_factory is not MISSING:
        value = field.default_factory()
    elif field.default is MISSING:
        return ""
    if isinstance(value, Backend):
        return f'"{value.path}"'
    if isinstance(value, timedelta):
        return re.sub(r"^datetime\.", "", repr(value)).replace("seconds=3600", "hours=1")
    return repr(dict(value) if hasattr(value, "keys") else value).replace("'", '"')


def settings() -> dict[str, tuple[type[Any], list[Key]]]:
    """Each ``TRADEPOST_…`` dict with its dataclass and keys, in the order of the apps."""
    found = {}
    for cls in _settings_classes():
        name = re.match(r"``(TRADEPOST_\w+)``", inspect.getdoc(cls) or "")
        if name:
            meanings = described(cls)
            keys = [Key(f.name, default_of(f), meanings.get(f.name, "")) for f in fields(cls)]
            found[name[1]] = (cls, keys)
    return found


def _settings_classes() -> Iterator[type[Any]]:
    for app in (*tradepost.APPS, *tradepost.EXTRA_APPS):
        for name in (f"{app}.conf", f"{app}.shop_settings"):
            if find_spec(name):
                for cls in vars(import_module(name)).values():
                    if is_dataclass(cls) and isinstance(cls, type) and cls.__module__ == name:
                        yield cls


def checks() -> list[Check]:
    """All system checks by id; values that are known only at run time are shown as ``…``."""
    found: dict[str, str] = {}
    for path in sorted(SRC.rglob("*checks.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            texts = {
                target.id: _text(node.value)
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                code, message = _message(call, texts)
                if code:
                    found.setdefault(code, message or plain((ast.get_docstring(function) or "").splitlines()[0]))
    return [Check(code, found[code]) for code in sorted(found, key=lambda code: (code[11:], code))]


def _message(call: ast.Call, texts: dict[str, str]) -> tuple[str, str]:
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    if called == "check_settings":
        return ast.literal_eval(
            call.args[2]
        ), f"`{ast.literal_eval(call.args[0])}`: an unknown key, or a value that can't be used."
    if called == "check_order":
        where = ast.literal_eval(call.args[0])
        return ast.literal_eval(call.args[3]), f"`{where}`: one of ours is missing, there twice, or misplaced."
    if called == "check_backend":
        return ast.literal_eval(call.args[2]), ""
    code = next(
        (ast.literal_eval(k.value) for k in call.keywords if k.arg == "id" and isinstance(k.value, ast.Constant)), ""
    )
    if called not in {"Error", "Warning"} or not code:
        return "", ""
    first = call.args[0]
    return code, texts.get(first.id, "") if isinstance(first, ast.Name) else _text(first)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def error_codes() -> list[ErrorCode]:
    """Every code that an error of the library, or of its API alone, has of its own; by code."""
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC.parent).with_suffix("").parts
        if _ERROR.search(path.read_text(encoding="utf-8")) and not {"gateways", "testing", "graphql"} & {*parts}:
            import_module(".".join(part for part in parts if part != "__init__"))
    found = [
        ErrorCode(cls.code, "–" if issubclass(cls, Misused) else str(status_of(cls)), _first(cls), _path(cls))
        for cls in _below(TradepostError)
        if "code" in vars(cls)
    ]
    found += [
        ErrorCode(str(cls.default_code), str(cls.status_code), _first(cls), _path(cls)) for cls in _below(APIException)
    ]
    return sorted(found, key=lambda each: (each.code, each.raised_as))


def _below(cls: type[Any]) -> Iterator[type[Any]]:
    """The library's classes below one, each once."""
    seen = dict.fromkeys(cls.__subclasses__())
    for each in [*seen]:
        seen |= dict.fromkeys(_below(each))
    return (each for each in seen if each.__module__.startswith("tradepost."))


def _first(cls: type[Any]) -> str:
    """The first paragraph of its docstring."""
    return plain((inspect.getdoc(cls) or "").split("\n\n")[0])


def _path(cls: type[Any]) -> str:
    return f"{cls.__module__.removeprefix('tradepost.')}.{cls.__name__}"


def all_events() -> list[type[events.Event]]:
    """The library's events, in the order of its apps."""
    found = []
    for app in tradepost.APPS:
        if find_spec(f"{app}.events") and app != "tradepost.core":
            module = import_module(f"{app}.events")
            found += [
                getattr(module, name) for name in module.__all__ if issubclass(getattr(module, name), events.Event)
            ]
    return found


def all_jobs() -> list[jobs.Job]:
    """The library's jobs by name."""
    return [job for _name, job in sorted(jobs.jobs().items())]


def ways(model: type[Any], field: str = "status") -> tuple[list[str], list[Way]]:
    """The states of a model, the first one first, and its transitions."""
    state = model._meta.get_field(field)
    found = []
    for t in fsm.transitions_of(model, field):
        guards = tuple((g.code, str(g.reason)) for g in t.conditions if isinstance(g, fsm.Guard))
        actors = tuple(actor.value for actor in Actor if actor in t.custom.get("actors", Actor))
        meaning = plain(inspect.getdoc(getattr(model, t.name)) or "")
        found.append(Way(t.name, str(t.source), str(t.target), actors, guards, meaning))
    found.sort(key=lambda way: (way.name, way.source))
    first = str(getattr(state.get_default(), "value", state.get_default()))
    return [first, *(value for value, _label in state.choices if value != first)], found


def graph(label: str, field: str = "status") -> Graph:
    """The graph of a model's state field."""
    model: Any = apps.get_model(label)
    return Graph(*ways(model, field), fsm.mermaid(model, field=field))


def graph_in(project: str, label: str, field: str = "status") -> Graph:
    """The same in a project of other settings, which a process of its own starts."""
    program = "import sys, pickle, django; django.setup(); import tradepost_facts as facts; "
    program += "sys.stdout.buffer.write(pickle.dumps(facts.graph(*sys.argv[1:])))"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": project, "PYTHONPATH": path}
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, label, field], env=environment, capture_output=True, check=True
    ).stdout
    found: Graph = pickle.loads(told)  # noqa: S301 - what the line above wrote
    return found


@dataclass(frozen=True)
class Port:
    """A port that a setting chooses for: what its docstring says first, when it is called, and the class that tests it."""

    entry: port_map.PortSetting
    about: str
    called: str
    contract: str


def all_ports() -> list[Port]:
    """Each port that a setting chooses for."""
    found = []
    for entry in port_map.port_settings():
        module, _dot, name = entry.port.rpartition(".")
        about, *more = (inspect.getdoc(getattr(import_module(module), name)) or "").split("\n\n")
        contract = f"{name}Contract" if hasattr(contracts, f"{name}Contract") else ""
        found.append(Port(entry, plain(about), plain(more[0]) if more else "", contract))
    return found
