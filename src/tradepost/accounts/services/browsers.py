"""Browsers that are signed in by Django's session: devices in the same list as those with tokens, and ended like them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY

from tradepost.core.dates import clock
from tradepost.core.requests.client_address import client_address

from ..base import AbstractSession
from ..conf import settings
from ..models import Session
from .sessions import begin

__all__ = ["begin_browser", "browser_of", "end_browser", "touch_browser"]

_NOTE = "tradepost_device"
_PREFIX = 8  # characters of a session's key, by which another one is told from it
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
    if len(key) > _LONGEST_KEY:
        return
    agent = request.META.get("HTTP_USER_AGENT", "")
    row: AbstractSession | None = Session.objects.filter(browser_key=key).first()
    if row is not None and row.ended_at is not None:  # about to be deleted
        return
    if row is None:
        row = begin(user, user_agent=agent, address=client_address(request), browser_key=key).session
    session[_NOTE] = _note(row.uuid, key)


def browser_of(request: Any) -> UUID | None:
    """Which of the devices this browser is; ``None`` where it isn't noted, or its session has got another key since."""
    note = request.session.get(_NOTE)
    try:
        return UUID(note["uuid"]) if note["key"] == str(request.session.session_key)[:_PREFIX] else None
    except (TypeError, KeyError, ValueError):
        return None


def touch_browser(request: Any) -> None:
    """Note that this browser is in use, once a day: its last use, and that it goes on. Costs nothing on the same day.

    One that isn't noted becomes a device: it signed in before there were any, or its password was changed in Django's admin.
    """
    uuid = browser_of(request)
    if uuid is None and SESSION_KEY in request.session and request.user.is_authenticated:
        begin_browser(request, request.user)
    if uuid is None or request.session[_NOTE].get("day") == _today():
        return
    now = clock.now()
    Session.objects.filter(uuid=uuid).update(last_used_at=now, expires_at=now + settings().SESSION_LIFETIME)
    request.session[_NOTE] = _note(uuid, request.session.session_key)


def end_browser(request: Any) -> None:
    """This browser was signed out."""
    uuid = browser_of(request) if hasattr(request, "session") else None
    if uuid is not None:
        Session.objects.filter(uuid=uuid, ended_at=None).update(
            ended_at=clock.now(), end_reason=Session.End.SIGNED_OUT, browser_key=None
        )


def _note(uuid: UUID, key: str) -> dict[str, str]:
    return {"uuid": str(uuid), "day": _today(), "key": key[:_PREFIX]}


def _today() -> str:
    return clock.now().date().isoformat()
