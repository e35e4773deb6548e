"""Signing in by token, and the devices on which somebody is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.accounts.models import Session

from ..base import Input, Shape, TradepostSerializer
from ..fields import TextField, TruthField

__all__ = ["CsrfSerializer", "RefreshSerializer", "SessionSerializer", "SignInSerializer", "TokensSerializer"]


class SignInSerializer(Input):
    """An address and a password."""

    email = TextField(max_length=254, help_text="A verified address; or the name of a user without one.")
    password = TextField(max_length=4096, trim_whitespace=False)
    cookie = TruthField(
        required=False,
        default=False,
        help_text="For browsers: the refresh token goes into a cookie, not into the body.",
    )
    basket = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="A guest's basket, which becomes the customer's or moves into theirs.",
    )


class RefreshSerializer(Input):
    """A refresh token; where it is in the cookie, the body is empty."""

    refresh_token = TextField(required=False, allow_blank=True, max_length=200)


class TokensSerializer(Shape):
    """An access token, and what refreshes it."""

    access_token = TextField(help_text="For the header `Authorization: Bearer …`.")
    expires_in = serializers.IntegerField(help_text="Seconds until the access token has to be refreshed.")
    refresh_token = TextField(required=False, help_text="For one refresh; absent where it is in a cookie.")
    csrf_token = TextField(required=False, help_text="For the header `X-CSRFToken` of the next call with the cookie.")
    session = serializers.UUIDField(help_text="The session, as in `auth/sessions/`.")


class CsrfSerializer(Shape):
    """The token that calls with a cookie need."""

    csrf_token = TextField(help_text="For the header `X-CSRFToken`.")


class SessionSerializer(TradepostSerializer[Session]):
    """A device on which the caller is signed in."""

    is_current = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    class Meta:
        model = Session
        fields: Sequence[str] = (
            "uuid",
            "label",
            "address",
            "created_at",
            "last_used_at",
            "expires_at",
            "is_current",
        )
        read_only_fields: Sequence[str] = fields

    def get_is_current(self, session: Any) -> bool:
        """By the token of the call."""
        return bool(session.uuid == self.context["current"])
