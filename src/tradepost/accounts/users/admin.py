"""The admin of an e-mail user. A project registers it, for its model is the project's::

admin.site.register(User, EmailUserAdmin)
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

__all__ = ["EmailUserAdmin"]


class EmailUserAdmin(UserAdmin):
    """Django's, without names that an :class:`~tradepost.accounts.users.AbstractEmailUser` hasn't got."""

    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("email", "password")}),
        (_("Personal info"), {"fields": ("name",)}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets: Any = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    list_display: Any = ("email", "name", "is_staff")
    search_fields: ClassVar[Any] = ("email", "name")
    ordering: ClassVar[Any] = ("email",)
