"""Ports of accounts."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

__all__ = ["UserStore"]


@runtime_checkable
class UserStore(Protocol):
    """How users of the project's model are made, found and changed; chosen by ``TRADEPOST_ACCOUNTS["USERS"]``.

    Addresses were read by :func:`tradepost.core.inputs.email_keys.read_email`. A user has the methods of Django's
    ``AbstractBaseUser``; passwords are set and checked by those, outside this port and outside any transaction.
    """

    def build(self, email: str, name: str) -> Any:
        """A user who isn't saved yet, may sign in, and has no password. Writes nothing.

        Args:
            name: As the person wrote it; may be empty.
        """

    def save(self, user: Any) -> None:
        """Write a new user, within the caller's transaction.

        Raises:
            django.db.IntegrityError: The model has such a user already.
        """

    def find(self, email: str) -> Any | None:
        """The one user whom the project's own rows give this address, proven or not; ``None`` for none, and for several."""

    def set_email(self, user: Any, email: str) -> None:
        """Write a new address into the user's row.

        Raises:
            django.db.IntegrityError: The model has it for another user.
        """

    def is_active(self, user: Any) -> bool:
        """Whether the user may sign in."""

    def set_active(self, user: Any, *, active: bool) -> None:
        """Let the user sign in, or no more.

        Raises:
            Misused: The model has no place for it.
        """

    def forget(self, user: Any) -> None:
        """Take what is personal out of the user's row for good, and let nobody sign in by it. The row stays."""
