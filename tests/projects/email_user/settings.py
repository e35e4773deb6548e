"""A new project, whose users have no other name than their address."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.projects.email_user.users", *INSTALLED_APPS]
AUTH_USER_MODEL = "email_users.User"
