"""The OpenAPI schema. Its classes are imported when they are asked for: with drf-spectacular they are a large part of a start."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .deferred import extend_schema, make_deferred

if TYPE_CHECKING:
    from .description import TradepostSchema
    from .extensions import (
        ApiKeySchema,
        BearerSchema,
        EnumFieldSchema,
        ExtraSchema,
        MoneyFieldSchema,
        SessionSchema,
    )

__all__ = [
    "ApiKeySchema",
    "BearerSchema",
    "EnumFieldSchema",
    "ExtraSchema",
    "MoneyFieldSchema",
    "SessionSchema",
    "TradepostSchema",
    "extend_schema",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    make_deferred()  # a project that derives from our classes finds them everywhere
    module = "description" if name == "TradepostSchema" else "extensions"
    return getattr(import_module(f".{module}", __name__), name)
