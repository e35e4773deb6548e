"""Modules are small, and free of floats where money is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from .sources import modules, name_of, parsed

MODULE_LINES = 400
FUNCTION_LINES = 50
MONEY = (
    "core/money",
    "core/db/fields.py",
    "pricing",
    "promotions",
    "basket",
    "orders",
    "payments",
    "gateways",
    "checkout",
    "shipping",
    "browse/cards.py",
    "browse/details.py",
)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, nested ones and methods too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def floats(source: str) -> Iterator[int]:
    """The lines on which ``float`` or a float literal stands, but for those whose comment says that it is seconds."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        named = isinstance(node, ast.Name) and node.id == "float"
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if (named or literal) and "# seconds" not in lines[node.lineno - 1]:
            yield node.lineno


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    """A module that outgrows the limit becomes a package of the same name."""
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in modules()}

    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_fifty_lines() -> None:
    """Decorators and docstring are part of a function."""
    long = {
        f"{name_of(path)}:{function.name}": lines
        for path in modules()
        for function in functions(parsed(path))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }

    assert long == {}


def test_no_float_comes_near_money() -> None:
    """Amounts are Decimals: neither ``float`` nor a float literal stands in a module that computes with them."""
    texts = [
        f"{name_of(path)}:{line}"
        for path in modules()
        if name_of(path).startswith(MONEY)
        for line in floats(path.read_text())
    ]

    assert texts == []


@pytest.mark.parametrize("source", ["x = float(y)", "x = 0.1", "def f(x: float) -> None: ..."])
def test_the_search_for_floats_finds_them(source: str) -> None:
    """A control: the test above would see what it forbids."""
    assert list(floats(source)) == [1]
