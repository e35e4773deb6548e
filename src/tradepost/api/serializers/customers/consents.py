"""Consents: the texts that customers may agree to, and whether they do."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.customers.conf import ASKED_AT
from tradepost.customers.services import ConsentState

from ..base import Input, Shape
from ..fields import EnumField, TextField, TruthField, UtcField

__all__ = ["ConsentChangeSerializer", "ConsentSerializer", "PurposeSerializer"]


class PurposeSerializer(Shape):
    """Something that customers may agree to (`TRADEPOST_CUSTOMERS["CONSENTS"]`)."""

    key = serializers.CharField()
    label = serializers.CharField(source="purpose.LABEL")  # type: ignore[assignment]
    text = serializers.CharField(source="purpose.TEXT", help_text="What they agree to, in the language of the request.")
    version = serializers.CharField(source="purpose.VERSION", help_text="Of the text; to be sent where they agree.")
    asked_at = serializers.ListField(
        source="purpose.ASKED_AT",
        child=EnumField("ConsentPlace", ASKED_AT),
        help_text="Where it is asked for besides the account. Never tick it for them.",
    )


class ConsentSerializer(PurposeSerializer):
    """Something that customers may agree to, and whether the signed-in one does."""

    is_granted = serializers.BooleanField()
    changed_at = UtcField(allow_null=True, help_text="When they agreed or withdrew last.")
    agreed_version = serializers.SerializerMethodField(
        help_text="The version that they agreed to; null where they don’t agree. It may be older than `version`."
    )

    def get_agreed_version(self, state: ConsentState) -> str | None:
        """Of the text that they read."""
        return state.latest.version if state.latest is not None and state.is_granted else None


class ConsentChangeSerializer(Input):
    """Agreeing, or withdrawing."""

    is_granted = TruthField()
    version = TextField(
        required=False, max_length=40, help_text="Of the text that they read; needed to agree, and not to withdraw."
    )
