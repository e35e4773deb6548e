"""The admin that the library offers, as it is."""

from __future__ import annotations

from django.contrib import admin

from tradepost.accounts.users.admin import EmailUserAdmin

from .models import User

admin.site.register(User, EmailUserAdmin)
