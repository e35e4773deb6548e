"""The four files with which a project replaces an app."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

__all__ = ["Skeleton", "missing_models", "skeleton"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What to write, by path inside the new package."""

    package: str
    files: dict[str, str]


def skeleton(app: str, package: str) -> Skeleton:
    """The files of a package that replaces an app of ours.

    Args:
        app: Its short name, as in ``"catalogue"``.
        package: The project's package, as in ``"myshop.catalogue"``.

    Raises:
        ModuleNotFoundError: There is no such app.
    """
    config = _config(app)
    return Skeleton(
        package,
        {
            "__init__.py": "",
            "apps.py": _APPS.format(app=app, config=config, package=package),
            "models.py": _MODELS.format(app=app, classes="\n\n\n".join(_classes(app))),
            "migrations/__init__.py": _MIGRATIONS.format(app=app),
        },
    )


def missing_models(app: str, source: str) -> list[str]:
    """Classes, as source text, that the library's app has and the project's ``models.py`` lacks."""
    have = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)}
    return [text for text in _classes(app) if ast.parse(text).body[0].name not in have]  # type: ignore[attr-defined]


def _config(app: str) -> str:
    found = inspect.getmembers(import_module(f"tradepost.{app}.apps"), inspect.isclass)
    return next(name for name, cls in found if cls.__module__ == f"tradepost.{app}.apps")


def _classes(app: str) -> Iterator[str]:
    """The stock models, one after the other, as they stand in the library's ``models.py``."""
    path = Path(import_module(f"tradepost.{app}").__path__[0]) / "models.py"
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.col_offset == 4:  # below the choice of stock or replaced
            text = ast.get_source_segment(source, node, padded=True)
            assert text is not None
            yield _ELLIPSIS.sub(r"\1\2:\n\1    pass", textwrap.dedent(text))


_ELLIPSIS = re.compile(r"^(\s*)(class .*): \.\.\.$", re.MULTILINE)
_APPS = '''"""Replaces tradepost.{app}, under its own label."""

import tradepost.{app}.apps


class {config}(tradepost.{app}.apps.{config}):
    name = "{package}"
    default = True
'''
_MODELS = '''"""The project's models of {app}: add fields, constraints and behaviour to them."""

from tradepost.{app} import base


{classes}
'''
_MIGRATIONS = '''"""The library's migrations, inherited, and beside them the project's own."""

from tradepost.{app} import migrations as upstream

__path__ = [*__path__, *upstream.__path__]
'''
