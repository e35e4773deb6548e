"""Files of a project that Django never finds, because one of ours has their name and comes first."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Warning

from .app_config import TradepostConfig

__all__ = ["check_hidden_files", "named_folders"]

_LIBRARY = Path(__file__).resolve().parent.parent
_SHOWN = 3
_DIRS = {"templates": 'TEMPLATES[0]["DIRS"]', "static": "STATICFILES_DIRS"}


def check_hidden_files(**kwargs: Any) -> list[CheckMessage]:
    """An app that comes after ours can't override their templates and static files."""
    messages: list[CheckMessage] = []
    before: list[Path] = []
    for app in apps.get_app_configs():
        folder = Path(app.path).resolve()
        if folder.is_relative_to(_LIBRARY):
            before.append(folder)
            continue
        for kind, setting in _DIRS.items():
            names = sorted(_hidden(folder / kind, [ours / kind for ours in before]))
            if names and folder / kind not in named_folders():
                more = " …" if len(names) > _SHOWN else ""
                first = (
                    "" if isinstance(app, TradepostConfig) else f"{app.name!r} before *tradepost.installed_apps(), or "
                )
                messages.append(
                    Warning(
                        f"{app.name}/{kind} has files that ours hide: {', '.join(names[:_SHOWN])}{more}",
                        hint=f"Put {first}the files into a folder of {setting}.",
                        id="tradepost.W003",
                    )
                )
    return messages


def _hidden(theirs: Path, ours: list[Path]) -> Iterator[str]:
    if not (theirs / "tradepost").is_dir():
        return
    for path in (theirs / "tradepost").rglob("*"):
        name = path.relative_to(theirs)
        if path.is_file() and any((folder / name).is_file() for folder in ours):
            yield name.as_posix()


def named_folders() -> set[Path]:
    """List the folders that the project's settings name, whatever for; of libraries of template tags, too."""
    project: Any = settings
    named = [*project.LOCALE_PATHS, *project.FIXTURE_DIRS]
    named += [path[1] if isinstance(path, (list, tuple)) else path for path in project.STATICFILES_DIRS]
    for engine in project.TEMPLATES:
        named += engine.get("DIRS", ())
        for path in engine.get("OPTIONS", {}).get("libraries", {}).values():
            named += import_module(path.rpartition(".")[0]).__path__
    return {Path(path).resolve() for path in named}
