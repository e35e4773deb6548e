"""Filters that have a form of their own."""

from __future__ import annotations

import strawberry

__all__ = ["AttributeFilter"]


@strawberry.input
class AttributeFilter:
    """Products whose attribute has one of some values."""

    code: str = strawberry.field(description="The attribute's, as facets name it.")
    values: list[str] = strawberry.field(description="One of them is enough.")
