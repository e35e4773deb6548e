"""The OpenAPI schema."""

from __future__ import annotations

from .description import (
    ApiKeySchema,
    BearerSchema,
    EnumFieldSchema,
    ExtraSchema,
    MoneyFieldSchema,
    SessionSchema,
    TradepostSchema,
    extend_schema,
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
