"""Django's sessions in the database, read by a query that is compiled once.

The project says ``SESSION_ENGINE = "tradepost.core.requests.session_store"``. Table, cookies and all else are those of
``django.contrib.sessions.backends.db``, so one may change from either to the other at any time.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db as django_store
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from ..db import Prepared

__all__ = ["SessionStore"]


class SessionStore(django_store.SessionStore):
    """Of whoever sends the cookie. Its name is Django's, by which the data are signed."""

    def _get_session_from_db(self) -> Any:
        """The row of a session that hasn't ended; without one the key is forgotten, as in Django."""
        if self.model is not django_store.SessionStore.get_model_class():
            return super()._get_session_from_db()  # type: ignore[misc]
        row = _CURRENT.first(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None
        return row


_CURRENT = Prepared(
    lambda p: django_store.SessionStore.get_model_class().objects.filter(session_key=p.key, expire_date__gt=p.now),
    key=CharField(),
    now=DateTimeField(),
)
