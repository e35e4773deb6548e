"""The OpenAPI schema."""

from __future__ import annotations

from .description import (
    BearerSchema,
    EnumFieldSchema,
    ExtraSchema,
    MoneyFieldSchema,
    SessionSchema,
    TradepostSchema,
    extend_schema,
)

__all__ = [
    "BearerSchema",
    "EnumFieldSchema",
    "ExtraSchema",
    "MoneyFieldSchema",
    "SessionSchema",
    "TradepostSchema",
    "extend_schema",
]
