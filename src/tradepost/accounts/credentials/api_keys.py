"""API keys as integrations hold them: ``tp_live_<prefix>_<secret>``, which tools that look for leaked secrets can recognise."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import get_random_string

from .refresh_tokens import digest

__all__ = ["KeyText", "is_key", "read_key"]

_FORM = re.compile(r"tp_(?:live|test)_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A whole key; it is never logged, nor stored.

    Attributes:
        prefix: The part by which it is found, which is no secret.
    """

    text: str
    prefix: str

    @classmethod
    def new(cls) -> KeyText:
        """A new one with 256 secret bits: a test key where ``DEBUG`` is on, so that one is told from the other at a glance."""
        mode, prefix = "test" if settings.DEBUG else "live", get_random_string(8)
        return cls(f"tp_{mode}_{prefix}_{secrets.token_urlsafe(32)}", prefix)

    @property
    def digest(self) -> str:
        """The hash of the whole key, as it is stored."""
        return digest(self.text)

    def __repr__(self) -> str:
        return f"<KeyText {self.prefix}>"


def read_key(text: str) -> KeyText | None:
    """Read a key as it was shown; ``None`` for what has another form."""
    match = _FORM.fullmatch(text)
    return KeyText(text, match[1]) if match else None


def is_key(text: str) -> bool:
    """Whether text is or contains a key."""
    return _FORM.search(text) is not None
