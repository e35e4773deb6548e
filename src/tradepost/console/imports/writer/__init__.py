"""Plain rows of a catalogue, brought into the database."""

from __future__ import annotations

from .products import Writer

__all__ = [
    "Writer",
]
