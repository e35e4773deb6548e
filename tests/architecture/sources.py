"""The library's modules, read as text: what is imported where, without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tradepost

SRC = Path(tradepost.__file__).parent


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module, parsed once for all the tests that ask."""
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(pattern: str = "*.py") -> list[Path]:
    """Every module of the library but its migrations."""
    return [path for path in sorted(SRC.rglob(pattern)) if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    """Its place below the package, as in ``core/db.py``."""
    return path.relative_to(SRC).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """Imports anywhere in a module, by full name; relative imports begin with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            separator = "" if origin.endswith(".") else "."
            yield from (f"{origin}{separator}{alias.name}" for alias in node.names)


def at_import(tree: ast.Module) -> ast.Module:
    """The statements that run when a module is imported: without functions, and without what is there for types only."""
    return ast.Module(body=[node for node in tree.body if not _is_for_later(node)], type_ignores=[])


def _is_for_later(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
