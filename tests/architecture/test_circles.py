"""No module imports one that imports it: neither at its top nor inside a function, and packages count as what they load.

Imports for types only may run in circles, since nothing runs then: an abstract model and its queryset name each other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from .sources import SRC, modules, parsed

Graph = Mapping[str, set[str]]


def dotted() -> dict[str, ast.Module]:
    """The library's modules by their names; a package's ends with ``__init__``."""
    return {".".join(path.relative_to(SRC.parent).with_suffix("").parts): parsed(path) for path in modules()}


def running(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import that runs some day: all but those for types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.stmt | ast.ExceptHandler) and not is_for_types(child):
            yield from running(child)


def is_for_types(node: ast.AST) -> bool:
    """Whether it is ``if TYPE_CHECKING:``."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def named(module: str, statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Modules that a statement may load, by full name: the module that it names, and each name as a module of its own."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    above = module.split(".")[: -statement.level] if statement.level else []
    origin = ".".join([*above, *([statement.module] if statement.module else [])])
    yield origin
    yield from (f"{origin}.{alias.name}" for alias in statement.names)


def loaded(name: str, importer: str, modules_by_name: Mapping[str, object]) -> Iterator[str]:
    """Modules that run when a name is imported: its own, and the packages around it that don't hold the importer."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = ".".join(parts[:end])
        package = f"{place}.__init__"
        if place in modules_by_name:
            yield place
        elif package in modules_by_name and (end == len(parts) or not importer.startswith(f"{place}.")):
            yield package


def graph(sources: Mapping[str, ast.Module]) -> Graph:
    """Who loads whom; a package that holds the importer counts only where it is imported by its own name."""
    edges: dict[str, set[str]] = {}
    for module, tree in sources.items():
        names = {name for statement in running(tree) for name in named(module, statement)}
        own = {name for name in names if module.startswith(f"{name}.")}  # ``from . import x`` names its own package
        edges[module] = {m for name in names - own for m in loaded(name, module, sources)} - {module}
    return edges


def circles(edges: Graph) -> list[list[str]]:
    """Groups of modules that reach each other, each sorted."""
    ahead = {module: reachable(module, edges) for module in edges}
    together = {tuple(sorted(m for m in ahead[module] if module in ahead[m])) for module in edges}
    return sorted([*group] for group in together if group)


def reachable(start: str, edges: Graph) -> set[str]:
    """All that a module loads, at first or second hand."""
    seen: set[str] = set()
    ahead = [*edges[start]]
    while ahead:
        module = ahead.pop()
        if module not in seen:
            seen.add(module)
            ahead += edges[module]
    return seen


def test_no_imports_run_in_circles() -> None:
    """Code that two modules share is in a third one."""
    assert circles(graph(dotted())) == []


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("from .b import x", "from .a import y"),
        ("from . import b", "def late():\n    from shop.a import y"),
        ("import shop.b", "import shop.a"),
        ("from .c import x", ""),  # the package of c loads a
    ],
)
def test_the_search_for_circles_finds_them(first: str, other: str) -> None:
    """A control: in each form of an import, at the top or in a function, and through a package."""
    package = "from shop.a import y"
    sources = {"shop.__init__": "", "shop.a": first, "shop.b": other, "shop.c.__init__": package}

    assert circles(graph({name: ast.parse(text) for name, text in sources.items()})) != []


def test_imports_for_types_are_no_circle() -> None:
    """A control, with what a module takes of its own package."""
    sources = {
        "shop.__init__": "from .a import y",
        "shop.a": "from . import b",
        "shop.b": "if TYPE_CHECKING:\n    from .a import y",
    }

    assert circles(graph({name: ast.parse(text) for name, text in sources.items()})) == []
