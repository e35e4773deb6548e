"""The OpenAPI schema."""

from __future__ import annotations

from .description import EnumFieldSchema, ExtraSchema, MoneyFieldSchema, SessionSchema, TradepostSchema, extend_schema

__all__ = [
    "EnumFieldSchema",
    "ExtraSchema",
    "MoneyFieldSchema",
    "SessionSchema",
    "TradepostSchema",
    "extend_schema",
]
