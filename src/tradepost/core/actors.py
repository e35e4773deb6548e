"""Actors of guards, histories and audits."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

__all__ = ["SYSTEM", "Actor", "By"]


class Actor(str, enum.Enum):
    """The kind of party that acts."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    STAFF = "staff"
    VENDOR = "vendor"
    INTEGRATION = "api_key"  # another system, by an API key


@dataclass(frozen=True, slots=True)
class By:
    """One acting party.

    Attributes:
        kind: What it may do follows from this.
        user_id: Primary key of the user, where one is signed in.
        label: For people who read the history later ("anna@example.com", "webhook stripe").
    """

    kind: Actor
    user_id: Any = None
    label: str = ""

    @property
    def rights(self) -> Actor:
        """By whose rights it acts: an integration, whose key is bounded by the permissions of its user, by those of staff."""
        return Actor.STAFF if self.kind is Actor.INTEGRATION else self.kind

    @classmethod
    def user(cls, user: AbstractBaseUser | AnonymousUser) -> By:
        """The signed-in user, as staff where they are staff; an integration where a key calls; else a customer without a name."""
        if key := getattr(user, "tradepost_api_key", None):
            return cls(Actor.INTEGRATION, user.pk, str(key))
        staff = bool(getattr(user, "is_staff", False))
        name = user.get_username() if user.is_authenticated else ""
        return cls(Actor.STAFF if staff else Actor.CUSTOMER, user.pk, str(name))


SYSTEM = By(Actor.SYSTEM, label="system")
