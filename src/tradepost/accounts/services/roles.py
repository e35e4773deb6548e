"""Roles as Django groups: written, compared, and given by nobody who has less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Misused

from ..roles import PREFIX, Role, shop_roles, unknown_permissions

__all__ = ["RoleChange", "grantable_groups", "may_edit_user", "role_changes", "write_roles"]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A difference between a role and its group.

    Attributes:
        group: The group's name.
        is_new: There is no such group yet.
        missing: Permissions of the role that the group lacks, by name.
        surplus: Permissions that the group has and the role hasn't, or whose role is gone.
    """

    group: str
    is_new: bool
    missing: tuple[str, ...]
    surplus: tuple[str, ...]


def role_changes() -> list[RoleChange]:
    """List the changes that :func:`write_roles` would make; none where every group is as its role says. Writes nothing."""
    roles = {role.group_name: role for role in shop_roles()}
    groups = {
        group.name: {_name(permission) for permission in group.permissions.all()}
        for group in Group.objects.filter(name__startswith=PREFIX).prefetch_related("permissions__content_type")
    }
    changes = [_change(name, roles.get(name), groups.get(name)) for name in sorted({*roles, *groups})]
    return [change for change in changes if change.is_new or change.missing or change.surplus]


@db.atomic
def write_roles() -> list[RoleChange]:
    """Make the groups what the roles say, and give back what was changed. Safe to repeat; members stay as they are.

    A group of ours whose role is gone loses its permissions, and isn't deleted.

    Raises:
        Misused: A role names a permission that doesn't exist, or ``migrate`` hasn't made yet. Nothing has changed.
    """
    if unknown := unknown_permissions():
        raise Misused(f"No model has these permissions: {unknown}.")
    changes = role_changes()
    roles = {role.group_name: role for role in shop_roles()}
    for change in changes:
        group, _created = Group.objects.get_or_create(name=change.group)
        role = roles.get(change.group)
        group.permissions.set(_rows(role.permissions if role else ()))
    return changes


def may_edit_user(editor: Any, user: Any) -> bool:
    """Whether somebody may change another user's account: only of who has no permission that they lack themselves.

    Whoever may change a colleague's password may be that colleague. An inactive account counts with the permissions that it
    would have, for it can be made active again.
    """
    if editor.is_superuser:
        return True
    return not user.is_superuser and _permissions_of(user) <= set(editor.get_all_permissions())


def grantable_groups(granter: Any) -> QuerySet[Group]:
    """The groups that somebody may put others into: those without a permission that they lack themselves."""
    if granter.is_superuser:
        return Group.objects.all()
    own = set(granter.get_all_permissions())
    beyond = [row.pk for row in Permission.objects.select_related("content_type") if _name(row) not in own]
    return Group.objects.exclude(pk__in=Group.objects.filter(permissions__in=beyond).values("pk"))


def _permissions_of(user: Any) -> set[str]:
    rows = Permission.objects.filter(Q(user=user) | Q(group__user=user)).select_related("content_type")
    return {_name(row) for row in rows}


def _change(name: str, role: Role | None, has: set[str] | None) -> RoleChange:
    expected = role.permissions if role else frozenset[str]()
    missing, surplus = expected - (has or set()), (has or set()) - expected
    return RoleChange(name, has is None, tuple(sorted(missing)), tuple(sorted(surplus)))


def _rows(names: Iterable[str]) -> list[Permission]:
    """The rows of permissions that are named.

    Raises:
        Misused: ``migrate`` hasn't made one of them yet.
    """
    rows = {_name(row): row for row in Permission.objects.select_related("content_type")}
    if absent := sorted(set(names) - rows.keys()):
        raise Misused(_("Run migrate first: there is no %s yet.") % ", ".join(absent))
    return [rows[name] for name in names]


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
