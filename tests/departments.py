"""The groups of a shop's departments, one at a time: `write_roles` writes all of them, which takes a tenth of a second."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from tradepost.accounts.services import shop_roles

__all__ = ["department"]


def department(code: str) -> Group:
    """The group of a role, with its permissions, as ``write_roles`` makes it.

    Args:
        code: Of a role of the shop, as in ``TRADEPOST_ACCOUNTS``.
    """
    [role] = [role for role in shop_roles() if role.code == code]
    group, is_new = Group.objects.get_or_create(name=role.group_name)
    if is_new:
        names = {name.partition(".")[2] for name in role.permissions}
        rows = Permission.objects.filter(codename__in=names).values_list("pk", "content_type__app_label", "codename")
        kept = [pk for pk, app, codename in rows if f"{app}.{codename}" in role.permissions]
        group.permissions.add(*kept)
    return group
