"""Serializers: found by key, so that a project's own is used wherever ours would be, nested or not."""

from __future__ import annotations

from .base import Extra, Input, Nested, Shape, TradepostSerializer
from .registry import serializer_class

__all__ = ["Extra", "Input", "Nested", "Shape", "TradepostSerializer", "serializer_class"]
