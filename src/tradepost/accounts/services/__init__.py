"""Use cases of accounts."""

from __future__ import annotations

__all__: list[str] = []
