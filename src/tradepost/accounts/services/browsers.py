"""Browsers that are signed in by Django's session: devices in the same list as those with tokens, and ended like them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY

from tradepost.core.dates import clock
from tradepost.core.requests.client_address import client_address

from ..conf import settings
from ..models import Session
from .sessions import begin

__all__ = ["begin_browser", "browser_of", "end_browser", "touch_browser"]

_NOTE = "tradepost_device"
_LONGEST_KEY = (
    40  # of a key in Django's table; sessions that are kept in the cookie have longer ones, and can't be ended
)


def begin_browser(request: Any, user: Any) -> None:
    """Note the browser in which a user has just signed in by Django's session, or whose session has a new key.

    Does nothing where the sign-in was another: by token, or in a project that keeps sessions in cookies.

    Side effects: the session is written if it is new.
    """
    session = getattr(request, "session", None)
    if session is None or session.get(SESSION_KEY) != user._meta.pk.value_to_string(user):
        return
    if session.session_key is None:
        session.create()
    key = session.session_key
    if len(key) > _LONGEST_KEY or Session.objects.filter(browser_key=key).exists():
        return
    agent = request.META.get("HTTP_USER_AGENT", "")
    row = begin(user, user_agent=agent, address=client_address(request), browser_key=key).session
    session[_NOTE] = {"uuid": str(row.uuid), "day": _today()}


def browser_of(request: Any) -> UUID | None:
    """Which of the devices this browser is; ``None`` where it isn't noted."""
    note = request.session.get(_NOTE)
    try:
        return UUID(note["uuid"])
    except (TypeError, KeyError, ValueError):
        return None


def touch_browser(request: Any) -> None:
    """Note that this browser is in use, once a day: its last use, and that it goes on. Costs nothing on the same day."""
    uuid = browser_of(request)
    if uuid is None or request.session[_NOTE].get("day") == _today():
        return
    now = clock.now()
    Session.objects.filter(uuid=uuid).update(last_used_at=now, expires_at=now + settings().SESSION_LIFETIME)
    request.session[_NOTE] = {"uuid": str(uuid), "day": _today()}


def end_browser(request: Any) -> None:
    """This browser was signed out."""
    uuid = browser_of(request) if hasattr(request, "session") else None
    if uuid is not None:
        Session.objects.filter(uuid=uuid, ended_at=None).update(
            ended_at=clock.now(), end_reason=Session.End.SIGNED_OUT, browser_key=None
        )


def _today() -> str:
    return clock.now().date().isoformat()
