"""Who calls: by an access token, by an API key, or by Django's session, for whose callers CSRF is enforced."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed

from ..conf import settings

__all__ = ["ApiKeyAuthentication", "BearerAuthentication", "SessionAuthentication", "authenticators"]


def authenticators() -> list[authentication.BaseAuthentication]:
    """Those of ``TRADEPOST_API["AUTHENTICATION"]``, without those that need an app that isn't installed."""
    classes = [import_string(path) for path in settings().AUTHENTICATION]
    return [cls() for cls in classes if getattr(cls, "needs", "") in ("", *apps.app_configs)]


def credential_of(request: Any, scheme: str) -> str | None:
    """The credential behind a scheme in the header ``Authorization``, whose case doesn't count; ``None`` for another one."""
    name, _blank, credential = authentication.get_authorization_header(request).decode("latin-1").partition(" ")
    return credential.strip() if name.lower() == scheme.lower() else None


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's, but who isn't signed in is told 401, not 403."""

    def authenticate_header(self, request: Any) -> str:
        """Makes the answer a 401."""
        return "Session"


class BearerAuthentication(authentication.BaseAuthentication):
    """By an access token: ``Authorization: Bearer …``.

    The signature is checked at once. The session is looked up, with its user, when a view wants the user: no query where none
    does, one where it does. Then also a session that has ended, or whose user may not sign in any more, is refused.
    """

    needs = "tradepost_accounts"

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """The user, who is looked up later, and the token.

        Raises:
            AuthenticationFailed: The token opens nothing.
        """
        from .access_tokens import read_access_token

        credential = credential_of(request, "Bearer")
        if credential is None:
            return None
        token = read_access_token(credential)
        if token is None:
            raise _refusal()
        return SimpleLazyObject(partial(_user_of, request, token)), token

    def authenticate_header(self, request: Any) -> str:
        """Says how to come in."""
        return "Bearer"


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """By the key of an integration: ``Authorization: Api-Key …``, and never in an address, which logs keep."""

    needs = "tradepost_accounts"

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """The key's user, who may do what is in the scopes and in their own role, and the key.

        Raises:
            AuthenticationFailed: The key opens nothing, or stands in the address.
        """
        from tradepost.accounts.errors import ApiKeyRefused
        from tradepost.accounts.services import is_key, open_key

        if any(is_key(value) for _name, values in request.query_params.lists() for value in values):
            message = _(
                "An API key belongs in the header Authorization, and this one must be replaced: addresses are logged."
            )
            raise AuthenticationFailed(message, code="api_key_in_address")
        credential = credential_of(request, "Api-Key")
        if credential is None:
            return None
        try:
            key = open_key(credential)
        except ApiKeyRefused as refusal:
            raise AuthenticationFailed(refusal.message, code=refusal.code) from None
        return key.user, key

    def authenticate_header(self, request: Any) -> str:
        """Says how to come in."""
        return "Api-Key"


def _user_of(request: Any, token: Any) -> Any:
    from tradepost.accounts.services import find_session

    session = find_session(token.session_uuid)
    if session is None or not session.user.is_active:
        # Whoever asks next, as middleware does after the refusal, meets nobody.
        getattr(request, "_request", request).user = AnonymousUser()
        raise _refusal()
    return session.user


def _refusal() -> AuthenticationFailed:
    return AuthenticationFailed(_("This access token isn’t valid. Refresh it, or sign in again."), code="token_invalid")
