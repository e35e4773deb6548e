"""Filters that have a form of their own."""

from __future__ import annotations

import strawberry

__all__ = ["AttributeFilter", "ExtraFilter"]


@strawberry.input(description="Products whose attribute has one of some values.")
class AttributeFilter:
    """Products whose attribute has one of some values."""

    code: str = strawberry.field(description="The attribute's, as facets name it.")
    values: list[str] = strawberry.field(description="One of them is enough.")


@strawberry.input(description="Rows whose exposed field has a value.")
class ExtraFilter:
    """Rows whose exposed field has a value."""

    name: str = strawberry.field(description="The field's, as in `extra`.")
    value: str = strawberry.field(description="As text.")
