"""Serializers of the list of events."""

from __future__ import annotations

from rest_framework import serializers

from .base import Shape

__all__ = ["EventSerializer"]


class EventSerializer(Shape):
    """An event that the shop publishes."""

    name = serializers.CharField(help_text="Stable.")
    meaning = serializers.CharField()
    payload = serializers.DictField(help_text="JSON Schema of what it carries.")
