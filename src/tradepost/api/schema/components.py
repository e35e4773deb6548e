"""Components of the schema that are no serializers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

__all__ = ["named"]


def named(auto_schema: Any, name: str, kind: str, schema: Any) -> Any:
    """A reference to a component of that name, which is made at the first call."""
    component: Any = ResolvedComponent(name=name, type=kind, object=name, schema=schema)  # type: ignore[no-untyped-call]
    auto_schema.registry.register_on_missing(component)
    return component.ref
