"""Lines of orders show what is engraved."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.api.serializers.orders import OrderLineSerializer


class LineSerializer(OrderLineSerializer):
    """Ours with one field more."""

    engraving = serializers.CharField(source="metadata.engraving", default="")

    class Meta(OrderLineSerializer.Meta):
        fields = (*OrderLineSerializer.Meta.fields, "engraving")
