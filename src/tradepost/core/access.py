"""Declarations of who may call an endpoint or open a page; schema, documentation and tests read the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_permission_codename

if TYPE_CHECKING:
    from django.db.models import Model

__all__ = ["ANYONE", "OWN", "PROVIDER", "SIGNED_IN", "STAFF", "Access", "existing_permissions", "needs"]


@dataclass(frozen=True, slots=True)
class Access:
    """A declaration of who may.

    Attributes:
        code: Short and stable, for the schema.
        meaning: A sentence for people.
        needs_account: Only somebody who is signed in may at all.
        of_staff: And only if they are staff.
        permissions: Names of Django permissions; staff need all of them. Empty for what isn't for staff.
    """

    code: str
    meaning: str
    needs_account: bool = False
    permissions: tuple[str, ...] = ()
    of_staff: bool = False

    def allows(self, user: Any) -> bool:
        """Whether a user passes the door; whose rows there are behind it is for querysets and services to say.

        Staff need both: ``is_staff`` alone opens nothing, nor does a permission of somebody who isn't staff.
        """
        if not self.needs_account:
            return True
        if not (user.is_authenticated and user.is_active):
            return False
        if not (self.of_staff or self.permissions):
            return True
        return bool(getattr(user, "is_staff", False) and user.has_perms(self.permissions))


ANYONE = Access("anyone", "Anyone.")
OWN = Access(
    "own",
    "Whose it is: a customer, or a guest by its UUID or token; nobody else finds it.",
)
SIGNED_IN = Access(
    "signed_in",
    "Who is signed in, for their own; nobody else finds it.",
    needs_account=True,
)
STAFF = Access("staff", "Staff, for their own; nobody else finds it.", needs_account=True, of_staff=True)
PROVIDER = Access("provider", "A payment provider, by deliveries that are verified.")


def needs(*permissions: str) -> Access:
    """Staff who have every one of these permissions, as in ``needs("tradepost_orders.change_order")``.

    Raises:
        ValueError: None is named.
    """
    if not permissions:
        raise ValueError('Name a permission, as in needs("tradepost_orders.change_order").')
    return Access(
        "staff", f"Staff with {' and '.join(permissions)}.", needs_account=True, permissions=permissions, of_staff=True
    )


def existing_permissions() -> frozenset[str]:
    """Names of all permissions of the installed models, as ``app_label.codename``; read from the models, without a query."""
    return _permissions_of(tuple(apps.get_models()))


@lru_cache(maxsize=1)
def _permissions_of(all_models: tuple[type[Model], ...]) -> frozenset[str]:
    names: set[str] = set()
    for model in all_models:
        meta = model._meta
        defaults = (get_permission_codename(action, meta) for action in meta.default_permissions)
        names |= {f"{meta.app_label}.{codename}" for codename in (*defaults, *(own[0] for own in meta.permissions))}
    return frozenset(names)
