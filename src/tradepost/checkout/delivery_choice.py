"""How a delivery group is delivered, as it was chosen."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Choice"]

_AT = "@"  # no code has it in it


@dataclass(frozen=True, slots=True)
class Choice:
    """The code of a method, and of a pickup point where one was chosen. Stored as ``method`` or ``method@point``."""

    method: str = ""
    point: str = ""

    @classmethod
    def read(cls, text: str) -> Choice:
        """From what is stored."""
        method, _at, point = text.partition(_AT)
        return cls(method, point)

    def __str__(self) -> str:
        return f"{self.method}{_AT}{self.point}" if self.method and self.point else self.method
