"""Deleting what ended long ago."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from tradepost.core.dates import clock

from ..models import ApiKey, Session

__all__ = ["forget_old_access"]

_KEPT = timedelta(days=30)
_BATCH = 5000


def forget_old_access() -> int:
    """Delete sessions and API keys whose end is a month ago, a bounded number of them; gives how many.

    Sessions that were ended early go with their absolute end, so that what was stolen can be looked into.
    """
    until = clock.now() - _KEPT
    return sum(
        model._default_manager.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH])).delete()[
            0
        ]
        for model, rows in (
            (Session, Session.objects.filter(expires_at__lt=until)),
            (ApiKey, ApiKey.objects.filter(Q(revoked_at__lt=until) | Q(expires_at__lt=until))),
        )
    )
