"""The OpenAPI schema."""

from __future__ import annotations

from .description import TradepostSchema, extend_schema
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
