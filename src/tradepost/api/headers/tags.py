"""Entity tags: what is written into them, and reading those that callers send back.

Ours are strong. What compresses an answer on its way makes them weak or adds a word (``W/"5"``, ``"5-gzip"``); it stands for the
same content, so it is taken off before tags are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["ANY", "tag", "tags_of", "version_of"]

ANY = "*"
_TAG = re.compile(r'(?:W/)?"([!#-~\x80-\xff]*)"')
_COMPRESSION = re.compile(r"(?:-{1,2}|;)(?:gzip|br|zstd|deflate)\Z")
_MOST = 50  # of one header
_VERSION = re.compile(r"(\d{1,10})(?:\.[0-9a-f]+)?\Z", re.ASCII)


def tag(text: str) -> str:
    """A strong tag, as a header has it."""
    return f'"{text}"'


def tags_of(header: str) -> Sequence[str]:
    """The texts of a header's tags, without quotes, weakness and compression; :data:`ANY` for a star."""
    if header.strip() == ANY:
        return [ANY]
    return [_COMPRESSION.sub("", match[1]) for match, _ in zip(_TAG.finditer(header), range(_MOST), strict=False)]


def version_of(text: str) -> int | None:
    """The version in a tag of ours, ``5`` or ``5.9f86d081…``; ``None`` where it has none."""
    match = _VERSION.match(text)
    return int(match[1]) if match else None
