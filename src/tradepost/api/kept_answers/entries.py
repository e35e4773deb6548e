"""Answers as a cache holds them: their bytes, with a gap for each value that is put in when they are given.

Units of a product change with every order, and nothing else on its page does. So they are cut out of what is kept, and one query
tells them. Where they stand is found out by rendering the answer once more with marks in their place, and believed only if the
gaps, filled, give the answer byte for byte.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from rest_framework.renderers import JSONRenderer

__all__ = ["IS_LEFT", "UNITS", "Entry"]

UNITS, IS_LEFT = "units", "is_left"
"""Forms of a gap: the number of units, or whether there are any."""


class Entry(NamedTuple):
    """One answer.

    Attributes:
        pieces: Of its content; one more than there are gaps.
        gaps: Between the pieces: of which fact, and in which form.
    """

    content_type: str
    pieces: tuple[bytes, ...]
    gaps: tuple[tuple[Hashable, str], ...] = ()

    def content(self, facts: Mapping[Any, int]) -> bytes | None:
        """All of it.

        Args:
            facts: Units by what a gap is of.

        Returns:
            ``None`` where a fact isn't there.
        """
        if not self.gaps:
            return self.pieces[0]
        parts = [self.pieces[0]]
        for (key, form), piece in zip(self.gaps, self.pieces[1:], strict=True):
            if key not in facts:
                return None
            parts += [_written(facts[key], form), piece]
        return b"".join(parts)

    @classmethod
    def of(cls, response: Any) -> Entry:
        """An answer as it stands."""
        return cls(response.headers["Content-Type"], (response.content,))

    @classmethod
    def with_gaps(cls, view: Any, response: Any, facts: Mapping[Any, int]) -> Entry | None:
        """An answer without the facts that it shows; ``None`` where it can't be told where they stand.

        Args:
            view: Puts marks in their place (``marked``).
            facts: Those that it shows.
        """
        if type(response.accepted_renderer) is not JSONRenderer:  # another one may write how long things are
            return None
        token = secrets.token_hex(8)
        gaps: list[tuple[Hashable, str]] = []

        def mark(key: Hashable, form: str) -> str:
            gaps.append((key, form))
            return f"{token}.{len(gaps) - 1}."

        data = view.marked(response.data, mark)
        rendered = response.accepted_renderer.render(data, response.accepted_media_type, response.renderer_context)
        parts = re.split(rf'"{token}\.(\d+)\."'.encode(), rendered)
        entry = cls(
            response.headers["Content-Type"],
            tuple(parts[::2]),
            tuple(gaps[int(number)] for number in parts[1::2]),
        )
        return entry if entry.content(facts) == response.content else None


def _written(units: int, form: str) -> bytes:
    if form == UNITS:
        return b"%d" % units
    return b"true" if units > 0 else b"false"
