"""Django's sign-in by name and password, with a user who is fetched by a query that is compiled once.

The project says ``AUTHENTICATION_BACKENDS = ["tradepost.core.requests.user_backend.ModelBackend"]``. A session remembers by which
backend its user came: where there are sessions already, Django's stays in the list behind it, or all are signed out.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import backends, get_user_model

from ..db import Prepared, key_of

__all__ = ["ModelBackend"]


class ModelBackend(backends.ModelBackend):
    """Django's own."""

    def get_user(self, user_id: Any) -> Any:
        """The user of a session; ``None`` where there is none, or they may not sign in any more."""
        user: Any = _BY_KEY.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


_BY_KEY = Prepared(lambda p: get_user_model()._default_manager.filter(pk=p.user), user=key_of(settings.AUTH_USER_MODEL))
