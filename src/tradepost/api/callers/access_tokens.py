"""Access tokens: signed, valid for some minutes, and held by callers alone.

They are simplejwt's, under a key, an audience and an issuer of our own: a project's ``SIMPLE_JWT`` is neither read nor needed,
and tokens of the one are none of the other. A token names its session, with which its user comes by one query.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings as django_settings
from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import AccessToken as SimpleAccessToken

from tradepost.accounts.base import AbstractSession
from tradepost.core.shop_settings import shop

from ..conf import settings

__all__ = ["ALGORITHM", "AUDIENCE", "AccessToken", "new_access_token", "read_access_token"]

ALGORITHM = "HS256"
AUDIENCE = "tradepost-api"
_LONGEST = 2000  # characters; ours have some 400
_LEEWAY = timedelta(seconds=5)  # clocks of several servers differ


class _Keys(TokenBackend):
    """Signs with the first key, and believes what any of them has signed."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(ALGORITHM, keys[0], audience=AUDIENCE, issuer=shop().URL, leeway=_LEEWAY)
        self.older = _Keys(keys[1:]) if len(keys) > 1 else None

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """The claims."""
        try:
            claims: dict[str, Any] = super().decode(token, verify=verify)
        except TokenBackendError:
            if self.older is None:
                raise
            return self.older.decode(token, verify=verify)
        return claims


class AccessToken(SimpleAccessToken):
    """One, as simplejwt has them; ``token["sid"]`` is the session."""

    @property
    def lifetime(self) -> timedelta:  # type: ignore[override]
        """How long it is valid."""
        return settings().ACCESS_LIFETIME

    def get_token_backend(self) -> _Keys:
        """Our keys."""
        return _Keys(_keys())

    @property
    def session_uuid(self) -> UUID:
        """Which session it belongs to.

        Raises:
            ValueError: It names none.
        """
        return UUID(str(self.get("sid")))


def new_access_token(session: AbstractSession) -> str:
    """Sign a token of a session whose user is loaded."""
    token = AccessToken()
    token["sub"], token["sid"] = _subject_of(session.user), str(session.uuid)
    return str(token)


def read_access_token(text: str) -> AccessToken | None:
    """Read a token that a caller showed; ``None`` for one that isn't ours, was changed, or isn't valid any more.

    Whatever the signature doesn't cover, as the header with its algorithm, is anybody's: any failure to read it is a refusal.
    """
    if len(text) > _LONGEST:
        return None
    try:
        token = AccessToken(cast("Any", text))
        token.session_uuid  # noqa: B018 - a token that names no session is none
    except (TokenError, TokenBackendError, ValueError, TypeError, RecursionError):
        return None
    # PyJWT looks at the type from 2.10 on, and simplejwt takes older ones
    return token if isinstance(token.get("sub"), str) else None


def _subject_of(user: Any) -> str:
    """Who it is, to others: the customer's UUID, or what stands for a user without one. It is never a primary key."""
    customer = getattr(user, "tradepost_customer", None)
    if customer is not None:
        return str(customer.uuid)
    return salted_hmac("tradepost.subject", str(user.pk), algorithm="sha256").hexdigest()


def _keys() -> list[str]:
    """The key that signs, then those that signed before it."""
    own = settings().TOKEN_KEYS
    secrets = [django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS]
    # Derived, so that nothing else that is signed by the secret can be taken for a token.
    return list(own) or [
        salted_hmac("tradepost.access_token", "", secret, algorithm="sha256").hexdigest() for secret in secrets
    ]
