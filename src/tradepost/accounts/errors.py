"""Errors of accounts."""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid, NotFound, Unauthenticated

__all__ = [
    "AddressTaken",
    "ApiKeyRefused",
    "LinkUnusable",
    "PasswordRefused",
    "RefreshSuperseded",
    "ScopesRefused",
    "SessionNotFound",
    "SessionOver",
    "SignInRefused",
    "WrongPassword",
]


class LinkUnusable(Conflict):
    """The token of a link is unknown, expired, ended by a newer one, or was used. Nobody is told which."""

    code = "link_unusable"


class AddressTaken(Conflict):
    """The mailbox is another account's. Told only to whoever has proven that they read it."""

    code = "address_taken"


class WrongPassword(Invalid):
    """The password isn't the account's."""

    code = "wrong_password"


class PasswordRefused(Invalid):
    """The project's validators refuse a new password; ``context["refusals"]`` are their codes."""

    code = "password_refused"


class SignInRefused(Unauthenticated):
    """Address and password don't fit, or the account isn't open. Nobody is told which."""

    code = "sign_in_refused"


class SessionOver(Unauthenticated):
    """A refresh token opens nothing: it is unknown, its session has ended, or it was used before. Sign in again."""

    code = "session_over"


class RefreshSuperseded(Conflict):
    """The refresh token was replaced a moment ago, by another tab or an answer that got lost. Nothing has changed."""

    code = "refresh_superseded"


class SessionNotFound(NotFound):
    """There is no such session of this user."""

    code = "session_not_found"


class ApiKeyRefused(Unauthenticated):
    """An API key is unknown, revoked or expired, or its user isn't active. Nobody is told which."""

    code = "api_key_refused"


class ScopesRefused(Invalid):
    """A key can't get scopes that aren't permissions, or that its maker doesn't have. ``context["scopes"]`` lists them."""

    code = "scopes_refused"
