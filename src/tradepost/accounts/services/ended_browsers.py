"""Django's sessions of browsers that were ended: deleted, each by itself, and again where that failed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings as django_settings

from ..models import Session

__all__ = ["delete_browsers", "delete_left_browsers"]

log = logging.getLogger(__name__)
_BATCH = 500


def delete_browsers(keys: Iterable[str | None]) -> int:
    """Delete sessions of Django by their keys, wherever the project keeps them; gives how many.

    A store that is gone loses none: whichever couldn't be deleted keeps its key in our row, and :func:`delete_left_browsers` has
    it again. Call it once the end is committed.
    """
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    deleted = []
    for key in keys:
        try:
            store(key).delete()
        except Exception:  # any store's own error
            log.exception("A browser that was signed out couldn't be; it is tried again.")
        else:
            deleted.append(key)
    Session.objects.filter(browser_key__in=deleted).exclude(ended_at=None).update(browser_key=None)
    return len(deleted)


def delete_left_browsers() -> int:
    """Delete those whose first try failed or never came, a bounded number of them; gives how many."""
    return delete_browsers(
        Session.objects.ended_browsers().order_by("pk").values_list("browser_key", flat=True)[:_BATCH]
    )
