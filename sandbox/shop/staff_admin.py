"""The admin of users, in which nobody gives what they don't have."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from tradepost.accounts.roles.user_admin import GuardedUserMixin

admin.site.unregister(User)


@admin.register(User)
class StaffAdmin(GuardedUserMixin, UserAdmin):
    """Django's, with that limit."""
