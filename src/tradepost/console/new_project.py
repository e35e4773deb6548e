"""A new project, written from the templates in ``project/``."""

from __future__ import annotations

import keyword
import secrets
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.template import Context, Engine

import tradepost

__all__ = ["CHOICES", "CannotStart", "start"]

TEMPLATES = Path(__file__).parent / "project"
CHOICES = ("api", "storefront", "dashboard", "payments", "fulfilment")
"""Apps that a new project may do without, by their short names."""


class CannotStart(Exception):
    """Nothing was written; the message says why."""


def start(name: str, folder: Path, *, without: Sequence[str] = ()) -> list[Path]:
    """Write a new project.

    Args:
        name: Of its package.
        folder: Where ``manage.py`` comes to lie; made if it isn't there, and empty.
        without: Some of :data:`CHOICES`.

    Returns:
        The files that were written.

    Raises:
        CannotStart: The name can't be imported or is taken, the folder isn't empty, or an app isn't optional.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CannotStart(f"{name!r} can't be the name of a Python package.")
    if find_spec(name) is not None:
        raise CannotStart(f"There is a Python module called {name!r} already; take another name.")
    if unknown := [app for app in without if app not in CHOICES]:
        raise CannotStart(f"{', '.join(unknown)} can't be left out; optional are: {', '.join(CHOICES)}.")
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart(f"{folder} isn't empty.")
    facts = _facts(name, without)
    return [_write(folder / target, source, facts) for source, target in _files(name)]


def _facts(name: str, without: Sequence[str]) -> dict[str, Any]:
    left_out = [f"tradepost.{app}" for app in CHOICES if app in without]
    major, minor = tradepost.__version__.split(".")[:2]
    chosen = {app: app not in without for app in CHOICES}
    extras = ["postgres", "redis", *(["api-docs", "cors"] if chosen["api"] else [])]
    return {
        "name": name,
        "left_out": left_out,
        "extras": ",".join(extras),
        "requirement": f">={tradepost.__version__},<{major}.{int(minor) + 1}",
        "secret_key": secrets.token_urlsafe(50),
        **chosen,
    }


def _files(name: str) -> Iterator[tuple[Path, Path]]:
    """Each template, and where it goes."""
    for source in sorted(TEMPLATES.rglob("*-tpl")):
        path = source.relative_to(TEMPLATES)
        file = path.name.removesuffix("-tpl")
        file = f".{file.removeprefix('dot-')}" if file.startswith("dot-") else file
        yield source, Path(*(name if part == "project_name" else part for part in path.parts[:-1]), file)


def _write(target: Path, source: Path, facts: dict[str, Any]) -> Path:
    template = Engine(autoescape=False).from_string(source.read_text(encoding="utf-8"))
    text = template.render(Context(facts, autoescape=False, use_l10n=False, use_tz=False))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.rstrip() + "\n", encoding="utf-8")
    return target
