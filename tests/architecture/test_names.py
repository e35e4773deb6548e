"""The same names in every app, so that who knows one knows all."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.core.management import call_command

import tradepost
from tradepost.core.errors import TradepostError
from tradepost.core.events import Event
from tradepost.core.extending.app_config import TradepostConfig

from .sources import SRC, modules, name_of

# Modules that other apps and projects import from.
PUBLIC = ("base", "calculation", "conf", "errors", "events", "ports", "selectors", "services")


def public_modules(*stems: str) -> list[ModuleType]:
    """Modules of the library by the names of their files; a package stands for its ``__init__``."""
    paths = [path for stem in stems for path in (*SRC.glob(f"*/{stem}.py"), *SRC.glob(f"*/{stem}/__init__.py"))]
    dotted = (".".join(path.relative_to(SRC.parent).with_suffix("").parts) for path in sorted(paths))
    return [importlib.import_module(name.removesuffix(".__init__")) for name in dotted]


def defined(module: ModuleType) -> Iterator[str]:
    """Public classes and functions that a module defines itself."""
    tree = ast.parse(inspect.getsource(module))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield from (node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_"))


def classes(kind: type, *stems: str) -> list[type]:
    """Classes of a kind that these modules define."""
    return [
        result
        for module in public_modules(*stems)
        for result in vars(module).values()
        if inspect.isclass(result) and issubclass(result, kind) and result.__module__ == module.__name__
    ]


def settings_classes() -> list[type]:
    """Dataclasses behind ``TRADEPOST_…``."""
    result = classes(object, "conf", "shop_settings")
    return [cls for cls in result if dataclasses.is_dataclass(cls) and cls.__name__.endswith("Settings")]


@pytest.mark.parametrize("name", tradepost.APPS)
def test_an_app_is_called_by_its_package(name: str) -> None:
    """Its label is ``tradepost_<app>``, its configuration is ours, and its modules load beside it."""
    config = apps.get_app_config(name.replace(".", "_"))

    assert isinstance(config, TradepostConfig)
    assert (config.name, config.library) == (name, name)


def test_public_modules_say_what_is_public() -> None:
    """``__all__`` names what a public module defines; a helper of the app alone begins with an underscore."""
    missing = {
        module.__name__: entries
        for module in public_modules(*PUBLIC)
        if (entries := sorted(set(defined(module)) - set(getattr(module, "__all__", ()))))
    }

    assert missing == {}


def test_what_is_said_to_be_public_is_there() -> None:
    """No name in ``__all__`` is left over from something that was renamed."""
    missing = {
        name_of(path): names
        for path in modules()
        if "__all__" in path.read_text()
        and (module := importlib.import_module(_dotted(path)))
        and (names := [name for name in module.__all__ if not hasattr(module, name)])
    }

    assert missing == {}


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SRC.parent).with_suffix("").parts).removesuffix(".__init__")


def test_errors_have_codes_of_their_own() -> None:
    """Each error has a code in small letters, and no two apps use the same one."""
    errors = classes(TradepostError, "errors")
    codes = Counter(error.code for error in errors if "code" in vars(error))

    assert [code for code in codes if not re.fullmatch(r"[a-z][a-z_]+", code)] == []
    assert {code: number for code, number in codes.items() if number > 1} == {}


def test_events_are_frozen_and_of_plain_values() -> None:
    """A durable one is stored as JSON, and made again from it."""
    events = classes(Event, "events")

    assert events
    assert [event.__name__ for event in events if not event.__dataclass_params__.frozen and event is not Event] == []  # type: ignore[attr-defined]


def test_every_setting_is_explained() -> None:
    """The docstring names the setting and each of its keys: the reference is made of it."""
    missing = {
        cls.__name__: names
        for cls in settings_classes()
        if (names := [f.name for f in dataclasses.fields(cls) if f"{f.name}: " not in (cls.__doc__ or "")])
    }

    assert missing == {}
    assert [
        cls.__name__ for cls in settings_classes() if not re.match(r"``TRADEPOST_[A-Z]+``", cls.__doc__ or "")
    ] == []


def test_settings_are_frozen() -> None:
    """And written by keyword."""
    assert [c.__name__ for c in settings_classes() if not c.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
    assert len(settings_classes()) >= 10


@pytest.mark.django_db
def test_the_stock_project_passes_every_check() -> None:
    """A warning is a failure."""
    call_command("check", fail_level="WARNING", databases=["default"])
