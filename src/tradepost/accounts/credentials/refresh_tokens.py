"""Refresh tokens as callers hold them: ``"<uuid of the session>.<secret of 43 characters>"``.

A secret is 128 random bits and a seal over them. The seal opens nothing: it tells an old token, which was given once and may have
been stolen, from a made-up one, which must end nobody's session.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

__all__ = ["RefreshToken", "digest", "read_refresh_token"]

_FORM = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})", re.ASCII)
_RANDOM = 16  # bytes; the seal has as many


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Which session, and its secret; it is never logged, nor stored."""

    uuid: UUID
    secret: str

    @classmethod
    def new(cls, uuid: UUID) -> RefreshToken:
        """One with a new secret."""
        random = secrets.token_bytes(_RANDOM)
        sealed = random + _seal(uuid, random, settings.SECRET_KEY)
        return cls(uuid, base64.urlsafe_b64encode(sealed).decode().rstrip("="))

    @property
    def digest(self) -> str:
        """The hash of the secret, as it is stored."""
        return digest(self.secret)

    @property
    def was_given(self) -> bool:
        """Whether it was given by this shop once, by the present key or one before it."""
        sealed = base64.urlsafe_b64decode(f"{self.secret}=")
        random, seal = sealed[:_RANDOM], sealed[_RANDOM:]
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(constant_time_compare(seal, _seal(self.uuid, random, key)) for key in keys)

    def __str__(self) -> str:
        return f"{self.uuid}.{self.secret}"

    def __repr__(self) -> str:
        return f"<RefreshToken {self.uuid}>"


def read_refresh_token(text: Any) -> RefreshToken | None:
    """Read a token as it was handed in; ``None`` for what has another form."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    return RefreshToken(UUID(match[1]), match[2]) if match else None


def digest(secret: str) -> str:
    """SHA-256 as hexadecimal digits. A random secret can't be guessed, so it needs no slow hash."""
    return sha256(secret.encode()).hexdigest()


def _seal(uuid: UUID, random: bytes, key: str | bytes) -> bytes:
    value = uuid.bytes + random
    return salted_hmac("tradepost.refresh_token", value, secret=key, algorithm="sha256").digest()[:_RANDOM]
