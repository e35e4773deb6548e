"""Settings of accounts: ``TRADEPOST_ACCOUNTS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .ports import UserStore

__all__ = ["AccountSettings", "settings", "users"]


@settings_class("TRADEPOST_ACCOUNTS")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """``TRADEPOST_ACCOUNTS``.

    Attributes:
        USERS: How users of the project's model are made and found (:class:`tradepost.accounts.ports.UserStore`).
        LINK: Where links in mail go: a path of the shop (``TRADEPOST_SHOP["URL"]``) or a whole address, with ``{page}`` for
            ``register``, ``reset``, ``change-email`` or ``undo-email``, and ``{token}`` for the secret. The page asks, and hands
            the token to the service or the API: opening a link must change nothing, for mail programs open them, too.
        REGISTER_LIFETIME: How long a link that ends a registration works.
        RESET_LIFETIME: How long a link to a new password works.
        CHANGE_LIFETIME: How long a link that proves a new address works.
        UNDO_LIFETIME: How long the owner of an earlier address can undo its change; as long nobody else can have it.
        SESSION_LIFETIME: When a session by token ends, however often it is refreshed.
        SESSION_IDLE: When it ends if nobody refreshes it.
        REFRESH_GRACE: How long the refresh token that was just replaced is answered with "superseded", and isn't taken for
            stolen: two tabs may refresh at the same moment, and an answer may get lost.
        ROLES: Permissions of a role by its name (``{"warehouse": ("tradepost_inventory.change_stocklevel", …)}``), beside ours;
            one of ours is replaced as a whole, and left out with ``None``. ``manage.py tradepost_roles`` writes them.
    """

    USERS: Annotated[Backend, Port(UserStore)] = Backend("tradepost.accounts.users.model_users.ModelUsers")
    LINK: str = "/account/{page}/?token={token}"
    REGISTER_LIFETIME: timedelta = timedelta(days=1)
    RESET_LIFETIME: timedelta = timedelta(hours=1)
    CHANGE_LIFETIME: timedelta = timedelta(days=1)
    UNDO_LIFETIME: timedelta = timedelta(days=14)
    SESSION_LIFETIME: timedelta = timedelta(days=30)
    SESSION_IDLE: timedelta = timedelta(days=14)
    REFRESH_GRACE: timedelta = timedelta(seconds=10)
    ROLES: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


def settings() -> AccountSettings:
    """``TRADEPOST_ACCOUNTS``."""
    return load("TRADEPOST_ACCOUNTS", AccountSettings)


def users() -> UserStore:
    """The project's users."""
    store: UserStore = instance(settings().USERS)
    return store
