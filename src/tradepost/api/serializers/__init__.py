"""Serializers: found by key, so that a project's own is used wherever ours would be, nested or not."""

from __future__ import annotations

from .base import Nested, Shape, TradepostSerializer
from .registry import serializer_class

__all__ = ["Nested", "Shape", "TradepostSerializer", "serializer_class"]
