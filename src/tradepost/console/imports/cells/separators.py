"""Several texts in one cell: separators inside of a text have a backslash before them, and so has a backslash."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["joined", "lines_of", "on_one_line", "pieces", "split", "unescaped"]

_BREAKS = {"\\": "\\", "n": "\n", "r": "\r"}


def joined(parts: Iterable[str], separator: str, *, escape: str | None = None) -> str:
    """Texts in one cell, as :func:`split` reads them.

    Args:
        separator: May have blanks around it.
        escape: Characters that mean something in this cell; the separator's where nothing is said.
    """
    special = re.escape(separator.strip() if escape is None else escape)
    return separator.join(re.sub(rf"[\\{special}]", r"\\\g<0>", part) for part in parts)


def pieces(text: str, separator: str) -> list[str]:
    """The parts of a cell, their backslashes still in them."""
    return re.findall(rf"(?:^|(?<={re.escape(separator)}))(?:\\.|[^\\{re.escape(separator)}]|\\$)*", text, re.DOTALL)


def unescaped(piece: str, escape: str) -> str:
    """A text without the backslashes that :func:`joined` put in; others stay."""
    return re.sub(rf"\\([\\{re.escape(escape)}])", r"\1", piece)


def split(text: str, separator: str) -> list[str]:
    """The texts of a cell, trimmed, each once, in their order."""
    parts = (unescaped(piece.strip(), separator) for piece in pieces(text, separator))
    return list(dict.fromkeys(part for part in parts if part))


def on_one_line(text: str) -> str:
    """A text whose line breaks are written as in ``\\n``."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def lines_of(text: str) -> str:
    """The text that :func:`on_one_line` was given."""
    return re.sub(r"\\([\\nr])", lambda match: _BREAKS[match[1]], text)
