"""The four files with which a project replaces an app."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import tradepost

__all__ = ["CannotReplace", "Skeleton", "add_missing", "missing_models", "report", "skeleton", "write"]


class CannotReplace(Exception):
    """Nothing was written; the message says why."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files to write, by path inside the new package."""

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
            "models.py": _MODELS.format(
                app=app, imports="\n".join(_imports(app, _classes(app))), classes="\n\n\n".join(_classes(app))
            ),
            "migrations/__init__.py": _MIGRATIONS.format(app=app),
        },
    )


def write(app: str, folder: str) -> list[Path]:
    """Write the files of :func:`skeleton`.

    Args:
        app: As there.
        folder: From the project's root, as in ``"myshop/catalogue"``.

    Returns:
        The files that were written.

    Raises:
        CannotReplace: There is no such app, or the folder isn't one that Python can import, or isn't empty.
    """
    path = _package(app, folder)
    if path.exists() and any(path.iterdir()):
        raise CannotReplace(f"{path} isn't empty; use --update, or another folder.")
    written = []
    for name, text in skeleton(app, ".".join(path.parts)).files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    for parent in path.parents:
        if parent != Path() and not (parent / "__init__.py").exists():
            (parent / "__init__.py").touch()
    return written


def add_missing(app: str, folder: str) -> int:
    """Add the models of a newer release to a package's ``models.py``.

    Returns:
        How many there were.

    Raises:
        CannotReplace: As for :func:`write`, or there is no ``models.py``.
    """
    models = _package(app, folder) / "models.py"
    if not models.exists():
        raise CannotReplace(f"There is no {models} to update.")
    source = models.read_text(encoding="utf-8")
    added = missing_models(app, source)
    if added:
        whole = _with_imports(app, source, added)
        models.write_text(whole.rstrip() + "\n\n\n" + "\n\n\n".join(added) + "\n", encoding="utf-8")
    return len(added)


def _with_imports(app: str, source: str, added: list[str]) -> str:
    """The source with the imports that added classes need and that it lacks, below those that it has."""
    body = ast.parse(source).body
    bound = {name.asname or name.name: node for node in body if isinstance(node, _IMPORT) for name in node.names}
    lines = source.splitlines()
    missing = [line for line in _imports(app, added) if line.rpartition(" ")[2] not in bound]
    is_text = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    after = max((node.end_lineno or 0 for node in (*bound.values(), *body[:is_text])), default=0)
    return "\n".join([*lines[:after], *missing, *lines[after:]])


def _imports(app: str, classes: Iterable[str]) -> list[str]:
    """Lines that import what the source of classes of ours names, from where our own ``models.py`` has it."""
    used = {node.id for text in classes for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    lines = []
    for node in _tree(app).body:
        if isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, (f"tradepost.{app}" if node.level else "", node.module)))
            named = [
                n.name + (f" as {n.asname}" if n.asname else "") for n in node.names if (n.asname or n.name) in used
            ]
            lines += [f"from {module} import {name}" for name in named]
    return sorted(lines)


def _package(app: str, folder: str) -> Path:
    if f"tradepost.{app}" not in tradepost.APPS:
        names = ", ".join(name.removeprefix("tradepost.") for name in tradepost.APPS)
        raise CannotReplace(f"{app!r} is not an app of Tradepost; there are: {names}.")
    if _source(app) is None:
        raise CannotReplace(
            f"tradepost.{app} has no models to replace; its views and templates are overridden one by one."
        )
    path = Path(folder)
    if path.is_absolute() or not all(part.isidentifier() for part in path.parts):
        raise CannotReplace(
            "Write the folder from the project's root, of names that Python can import: myshop/catalogue."
        )
    return path


def missing_models(app: str, source: str) -> list[str]:
    """Classes, as source text, that the library's app has and the project's ``models.py`` lacks."""
    have = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)}
    return [text for text in _classes(app) if ast.parse(text).body[0].name not in have]  # type: ignore[attr-defined]


def _config(app: str) -> str:
    classes = inspect.getmembers(import_module(f"tradepost.{app}.apps"), inspect.isclass)
    return next(name for name, cls in classes if cls.__module__ == f"tradepost.{app}.apps")


def _classes(app: str) -> Iterator[str]:
    """The stock models, one after the other, as they stand in the library's ``models.py``."""
    source = _source(app) or ""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.col_offset == 4:  # below the choice of stock or replaced
            text = ast.get_source_segment(source, node, padded=True)
            assert text is not None
            yield _ELLIPSIS.sub(r"\1\2:\n\1    pass", textwrap.dedent(text))


def _source(app: str) -> str | None:
    """The library's ``models.py`` of an app; ``None`` where it has none."""
    path = Path(import_module(f"tradepost.{app}").__path__[0]) / "models.py"
    return path.read_text(encoding="utf-8") if path.exists() else None


def _tree(app: str) -> ast.Module:
    return ast.parse(_source(app) or "")


_IMPORT = (ast.Import, ast.ImportFrom)
_ELLIPSIS = re.compile(r"^(\s*)(class .*): \.\.\.$", re.MULTILINE)
_NEXT = """
Next:
  1. settings:  INSTALLED_APPS = [..., *tradepost.installed_apps(replace={{"tradepost.{app}": "{package}"}})]
  2. add your fields to {folder}/models.py
  3. python manage.py makemigrations -n {label} tradepost_{app} && python manage.py migrate
After an upgrade of the library:
     python -m tradepost replace {app} {folder} --update
     python manage.py makemigrations --merge && python manage.py migrate
"""


def report(app: str, folder: str, *, update: bool) -> str:
    """Do it, and say what was done and what comes next; for both command lines.

    Raises:
        CannotReplace: Nothing was written.
    """
    if update:
        added = add_missing(app, folder)
        models = Path(folder) / "models.py"
        if not added:
            return f"{models} has all models of tradepost.{app}."
        return f"{models}: added {added}; now makemigrations --merge && migrate."
    files = "\n".join(f"  {path}" for path in write(app, folder))
    package = ".".join(Path(folder).parts)
    label = package.replace(".", "_")
    return files + "\n" + _NEXT.format(app=app, package=package, folder=Path(folder), label=label)


_APPS = '''"""Replaces tradepost.{app}, under its own label."""

import tradepost.{app}.apps


class {config}(tradepost.{app}.apps.{config}):
    name = "{package}"
    default = True
'''
_MODELS = '''"""The project's models of {app}: add fields, constraints and behaviour to them."""

{imports}


{classes}
'''
_MIGRATIONS = '''"""The library's migrations, inherited, and beside them the project's own."""

from tradepost.{app} import migrations as upstream

__path__ = [*__path__, *upstream.__path__]
'''
