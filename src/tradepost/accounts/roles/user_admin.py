"""A mixin for a project's admin of users: nobody gives what they don't have, or edits those who have more.

Django's own lets whoever may change users make themselves a superuser. Before it, in the project's admin::

    from tradepost.accounts.roles.user_admin import GuardedUserMixin

    admin.site.unregister(User)

    @admin.register(User)
    class StaffAdmin(GuardedUserMixin, UserAdmin): ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest

from ..services import grantable_groups, may_edit_user

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Admin = ModelAdmin[Any]
else:
    _Admin = object

__all__ = ["GuardedUserMixin"]

_FOR_SUPERUSERS = ("is_superuser", "user_permissions")


class GuardedUserMixin(_Admin):
    """For a ``ModelAdmin`` of users; it goes before Django's ``UserAdmin``, whatever the user model is."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Also asked before a password is changed."""
        return super().has_change_permission(request, obj) and (obj is None or may_edit_user(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or may_edit_user(request.user, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Superusers give single permissions and their own status; others only see them."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *filter(self._has_field, _FOR_SUPERUSERS))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only groups that whoever edits could be in."""
        if db_field.name == "groups":
            kwargs["queryset"] = grantable_groups(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _has_field(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True
