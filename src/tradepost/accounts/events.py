"""Events of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tradepost.core.events import Event

__all__ = ["CredentialsChanged", "EmailVerified"]


@dataclass(frozen=True)
class CredentialsChanged(Event):
    """Sign-ins from before must end: a password or an address changed, or the account isn't open any more.

    Attributes:
        user_id: Primary key of the user, of whatever type.
        reason: ``password``, ``reset``, ``email``, ``email_undone``, ``deactivated`` or ``closed``.
    """

    user_id: Any
    reason: str


@dataclass(frozen=True)
class EmailVerified(Event):
    """A customer has proven that they read a mailbox; what was bought by its address is theirs.

    Attributes:
        email_key: :func:`tradepost.core.inputs.email_keys.email_key` of the address.
    """

    user_id: Any
    customer_id: int
    email_key: str
