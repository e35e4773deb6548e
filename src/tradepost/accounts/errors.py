"""Errors of accounts."""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = ["AddressTaken", "LinkUnusable", "WrongPassword"]


class LinkUnusable(Conflict):
    """The token of a link is unknown, expired, ended by a newer one, or was used. Nobody is told which."""

    code = "link_unusable"


class AddressTaken(Conflict):
    """The mailbox is another account's. Told only to whoever has proven that they read it."""

    code = "address_taken"


class WrongPassword(Invalid):
    """The password isn't the account's."""

    code = "wrong_password"
