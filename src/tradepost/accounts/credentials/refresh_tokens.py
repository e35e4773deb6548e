"""Refresh tokens as callers hold them: ``"<uuid of the session>.<secret of 43 characters>"``."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

__all__ = ["RefreshToken", "digest", "read_refresh_token"]

_FORM = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Which session, and its secret; it is never logged, nor stored."""

    uuid: UUID
    secret: str

    @classmethod
    def new(cls, uuid: UUID) -> RefreshToken:
        """One with a new secret (256 bits)."""
        return cls(uuid, secrets.token_urlsafe(32))

    @property
    def digest(self) -> str:
        """The hash of the secret, as it is stored."""
        return digest(self.secret)

    def __str__(self) -> str:
        return f"{self.uuid}.{self.secret}"

    def __repr__(self) -> str:
        return f"<RefreshToken {self.uuid}>"


def read_refresh_token(text: Any) -> RefreshToken | None:
    """Read a token as it was handed in; ``None`` for what has another form."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    return RefreshToken(UUID(match[1]), match[2]) if match else None


def digest(secret: str) -> str:
    """SHA-256 as hexadecimal digits. A secret of 256 bits can't be guessed, so it needs no slow hash."""
    return sha256(secret.encode()).hexdigest()
