"""Names that say what they hold, and texts as people say them in a shop. The words stand in ``docs/words.toml``."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from .sources import SRC, modules, name_of, parsed

ROOT = Path(__file__).parents[2]
WORDS = tomllib.loads((ROOT / "docs" / "words.toml").read_text(encoding="utf-8"))
# Apps whose names aren't edited yet. It may only become shorter.
NOT_YET: tuple[str, ...] = ()
# Fields of the API's answers, which callers read by these names.
API_FIELDS = {("api/serializers/payments/pay_links.py", "left")}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_TRANSLATED = re.compile(
    r"{% translate (?:\"([^\"]*)\"|'([^']*)')|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL
)
_BOUND = re.compile(r"{% for ([\w, ]+) in |{% with (\w+)=")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the library by its place, parsed once."""
    return tuple((name_of(path), parsed(path)) for path in modules())


def beside() -> Iterator[tuple[str, ast.Module]]:
    """Every module that isn't the library's, by its place."""
    for folder in ("tests", "benchmarks", "sandbox"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), parsed(path)


def bound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names and attributes that a module assigns, and arguments of its functions, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, node.lineno


def docstrings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Docstrings of a module, its classes, functions and constants, with their lines."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement, text in pairwise(body if isinstance(body, list) else ()):
            match statement, text:
                case ast.Assign() | ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(words))):
                    yield words, text.lineno
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield text, node.body[0].lineno


def messages(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Texts that are handed to gettext, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            texts = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
            yield from ((text, node.lineno) for text in texts if isinstance(text, str))


def dialect(text: str) -> list[str]:
    """The patterns of the documentation that a text meets."""
    return [pattern for pattern in WORDS["instead"] if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)]


def _is_dialect(docstring: str) -> bool:
    return docstring.split(maxsplit=1)[0] in WORDS["docstrings"]


def _waits(place: str, apps: tuple[str, ...] = NOT_YET) -> bool:
    return place.startswith(tuple(f"{app}/" for app in apps))


def test_names_say_what_they_hold() -> None:
    """``messages`` and ``row``, not ``found`` and ``made``."""
    wrong = [
        f"{place}:{line}: {name}: {WORDS['names'][name]}"
        for place, tree in trees()
        if not _waits(place)
        for name, line in bound(tree)
        if name in WORDS["names"] and (place, name) not in API_FIELDS
    ]

    assert wrong == []


def test_names_and_docstrings_beside_the_library_do_so() -> None:
    """In tests, benchmarks and the sandbox."""
    wrong = []
    for place, tree in beside():
        names = [(line, name) for name, line in bound(tree) if name in WORDS["names"]]
        texts = [(line, text.splitlines()[0]) for text, line in docstrings(tree) if _is_dialect(text)]
        wrong += [f"{place}:{line}: {words}" for line, words in sorted(names + texts)]

    assert wrong == []


def test_names_in_templates_say_what_they_hold() -> None:
    """Those of loops and of ``with``."""
    wrong = [
        (path.name, name)
        for path in sorted((*SRC.rglob("templates/**/*.html"), *SRC.rglob("templates/**/*.txt")))
        for loop, given in _BOUND.findall(path.read_text(encoding="utf-8"))
        for name in re.findall(r"\w+", loop) or [given]
        if name in WORDS["names"]
    ]

    assert wrong == []


def test_docstrings_begin_with_what_a_thing_is_or_does() -> None:
    """A noun phrase or the imperative."""
    wrong = [
        f"{place}:{line}: {text.splitlines()[0]}"
        for place, tree in trees()
        if not _waits(place)
        for text, line in docstrings(tree)
        if _is_dialect(text)
    ]

    assert wrong == []


def test_messages_are_in_the_words_of_the_documentation() -> None:
    """People read both."""
    wrong = [(place, line, text) for place, tree in trees() for text, line in messages(tree) if dialect(text)]

    assert wrong == []


def test_pages_and_mails_are_in_the_words_of_the_documentation() -> None:
    """Templates, in the texts that are translated."""
    wrong = [
        (path.name, text)
        for path in sorted((*SRC.rglob("templates/**/*.html"), *SRC.rglob("templates/**/*.txt")))
        for parts in _TRANSLATED.findall(path.read_text(encoding="utf-8"))
        if (text := "".join(parts)) and dialect(text)
    ]

    assert wrong == []


def test_the_words_are_looked_for() -> None:
    """Each kind of binding is seen, and what isn't one is left alone."""
    source = (
        "def f(told, *, x=1):\n    for one in x:\n        x.left = (made := one)\n    f(told=1)\n    return x.known\n"
    )

    assert [name for name, _line in bound(ast.parse(source)) if name in WORDS["names"]] == [
        "told",
        "one",
        "left",
        "made",
    ]
