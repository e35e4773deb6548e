"""The blocks of ``docs/tutorial.md`` that are run, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Block", "Command", "blocks", "commands", "matches"]

_BLOCK = re.compile(
    r"^```\{code-block\} (?P<language>\w+)\n(?P<options>(?::\w+:[^\n]*\n)+)\n?(?P<body>.*?)^```$"
    r"|^<!-- page (?P<path>\S+) : (?P<text>[^\n]+) -->$",
    re.DOTALL | re.MULTILINE,
)
_OPTION = re.compile(r"^:(\w+): *(.*)$", re.MULTILINE)
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Block:
    """One thing to do.

    Attributes:
        kind: ``append`` (to the file that ``target`` names), ``run``, ``server``, or ``page`` (``target`` shows ``body``).
        language: Of a block of code, as in ``console`` or ``pycon``.
        line: Where it stands in the page.
    """

    kind: str
    body: str
    language: str = ""
    target: str = ""
    line: int = 0


@dataclass(frozen=True)
class Command:
    """A command of a console, and what the page says that it prints; ``None`` where the page doesn't."""

    text: str
    output: str | None


def blocks(page: str) -> list[Block]:
    """The steps of the tutorial, in the page's order. A block of code without a class is for reading only."""
    entries = []
    for match in _BLOCK.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        if match["path"]:
            entries.append(Block("page", match["text"], target=match["path"], line=line))
            continue
        options = dict(_OPTION.findall(match["options"]))
        if "class" in options:
            caption = options.get("caption", "")
            entries.append(Block(options["class"], match["body"], match["language"], caption, line))
    return entries


def commands(body: str) -> list[Command]:
    """The commands behind ``$``, each with the lines below it."""
    entries = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        text, _, output = part.partition("\n")
        entries.append(Command(text, output.rstrip("\n") or None))
    return entries


def matches(expected: str, output: str) -> bool:
    """Whether a program printed what the page shows; a line ``…`` stands for any lines."""
    pattern = "\n".join(r"[\s\S]*?" if line.strip() == _ELLIPSIS else re.escape(line) for line in expected.splitlines())
    return re.fullmatch(pattern, output.strip("\n")) is not None
