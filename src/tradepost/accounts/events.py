"""Events of accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tradepost.core.events import Event

__all__ = ["AccountClosed", "AccountMailRequested", "CredentialsChanged", "EmailVerified"]


@dataclass(frozen=True)
class AccountMailRequested(Event):
    """Somebody asked for a mail about an account, or is to be informed of a change.

    Whether there is an account isn't known yet: only the handler looks, so that no answer tells it.

    Attributes:
        kind: ``register``, ``reset``, ``change_email``; or ``password_changed``, ``email_changed``, ``email_returned``,
            ``closed``.
        address: Where the mail goes.
        email_key: :func:`tradepost.core.inputs.email_keys.email_key` of it.
        language: In which they asked; an account's own comes first.
        full_name: As they wrote it when they registered. It isn't put into mail: a stranger may have written it.
        user_id: Whose account it is about, where they were signed in.
        consents: What they agreed to when they registered, as JSON of :class:`tradepost.customers.services.Agreement`; it counts
            once the mailbox is proven.
    """

    kind: str
    address: str
    email_key: str
    language: str = ""
    full_name: str = ""
    user_id: Any = None
    consents: list[dict[str, str]] = field(default_factory=list)


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


@dataclass(frozen=True)
class AccountClosed(Event):
    """A customer closed their account. Orders stay; name, addresses and sign-in are gone."""

    user_id: Any
    customer_id: int
