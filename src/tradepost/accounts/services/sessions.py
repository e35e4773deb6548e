"""Sessions of devices: beginning them by a password, refreshing and ending them.

None of these services writes in a transaction of its own: each writes by one statement, and a refusal must not undo the end of a
session.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import DateTimeField, Q, UUIDField
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.inputs.json_values import is_text

from ..base import AbstractSession
from ..conf import settings
from ..credentials.refresh_tokens import RefreshToken, read_refresh_token
from ..device_labels import device_label
from ..errors import RefreshSuperseded, SessionNotFound, SessionOver, SignInRefused
from ..models import Session
from .ended_browsers import delete_browsers
from .identities import username_for

__all__ = [
    "SignedIn",
    "begin",
    "check_password",
    "end",
    "end_all",
    "end_by_token",
    "end_one_of",
    "end_others",
    "find_session",
    "refresh",
    "sessions_of",
    "sign_in",
]

log = logging.getLogger(__name__)
_LONGEST = 4096  # characters of a password that is hashed: more are nobody's, and cost time
_BY_UUID = db.Prepared(
    lambda p: Session.objects.filter(uuid=p.uuid, ended_at=None, expires_at__gt=p.now).select_related("user"),
    uuid=UUIDField(),
    now=DateTimeField(),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its refresh token, which is told this once; the session's user is loaded."""

    session: AbstractSession
    refresh_token: str


def sign_in(
    email: str, password: str, *, request: Any = None, user_agent: str = "", address: str | None = None
) -> SignedIn:
    """Begin a session by e-mail address and password.

    Call it outside any transaction: a password takes long to hash. Attempts are counted by whoever calls
    (:func:`tradepost.core.requests.sign_in.count_sign_in`), before.

    Args:
        request: Django's, for authentication backends that want it and receivers of ``user_logged_in``.
        user_agent: What the device says of itself.
        address: Its IP address.

    Raises:
        SignInRefused: They don't fit, or the account isn't open; it takes the same time in every case.
    """
    user = check_password(email, password, request=request)
    signed = begin(user, user_agent=user_agent, address=address)
    _check_still(user, signed.session)
    user_logged_in.send(sender=type(user), request=request, user=user)
    return signed


def check_password(email: str, password: str, *, request: Any = None) -> Any:
    """The user of an address and a password, by Django's authentication backends: those of the project count.

    Who has no verified address, such as staff made by a command, is known by the name that the user model has.

    Raises:
        SignInRefused: They don't fit, or the account isn't open.
    """
    name_field = get_user_model().USERNAME_FIELD
    user = None
    if is_text(email) and is_text(password) and len(password) <= _LONGEST:
        credentials = {name_field: username_for(email.strip()), "password": password}
        user = authenticate(request, **credentials)
    if user is None or not user.is_active:
        raise SignInRefused(_("The e-mail address or the password is wrong."))
    return user


def _check_still(user: Any, session: AbstractSession) -> None:
    """Refuse a sign-in during which the password was changed: its sessions were ended before this one was there.

    Raises:
        SignInRefused: The session has been ended.
    """
    with transaction.atomic(savepoint=False):  # a change that isn't committed yet has ended the sessions that it saw
        now = db.lock(type(user)._default_manager.filter(pk=user.pk)).first()
    if now is None or not now.is_active or now.password != user.password:
        end(session, Session.End.CREDENTIALS)
        raise SignInRefused(_("The e-mail address or the password is wrong."))


def begin(user: Any, *, user_agent: str = "", address: str | None = None, browser_key: str | None = None) -> SignedIn:
    """Begin a session of a user who has shown who they are.

    Args:
        user: Active.
        user_agent: What the device says of itself; it names the session in the list of devices.
        address: Its IP address.
        browser_key: Key of Django's session, for a browser that uses no token.
    """
    now, token = clock.now(), RefreshToken.new(uuid4())
    session = Session(
        uuid=token.uuid,
        user=user,
        current=token.digest,
        created_at=now,
        last_used_at=now,
        expires_at=now + settings().SESSION_LIFETIME,
        label=device_label(user_agent),
        address=address,
        browser_key=browser_key,
    )
    session.save(force_insert=True)
    return SignedIn(session, str(token))


def refresh(token: str) -> SignedIn:
    """Use a refresh token up for the next one. Of any number of callers at once, one gets it.

    Raises:
        RefreshSuperseded: It was replaced a moment ago. Nothing is given, and the session goes on.
        SessionOver: It opens nothing. An old token ends its session, for either the caller has stolen it, or whoever has
            the present one.
    """
    given = read_refresh_token(token)
    if given is None:
        raise _over()
    now, new = clock.now(), RefreshToken.new(given.uuid)
    won = (
        Session.objects.alive(now)
        .filter(uuid=given.uuid, current=given.digest)
        .update(current=new.digest, previous=given.digest, rotated_at=now, last_used_at=now)
    )
    session = Session.objects.filter(uuid=given.uuid).select_related("user__tradepost_customer").first()
    if session is None:
        raise _over()
    if not won:
        _refuse(session, given)
    if not session.user.is_active:
        end(session, Session.End.INACTIVE)
    if session.ended_at is not None:
        raise _over()
    return SignedIn(session, str(new))


def _refuse(session: AbstractSession, given: RefreshToken) -> None:
    """Say why a token doesn't refresh; one that was given and replaced before the last ends its session."""
    now = clock.now()
    fresh = session.rotated_at is not None and session.rotated_at > now - settings().REFRESH_GRACE
    if session.ended_at is not None or session.current == given.digest:  # over, or left unused for too long
        raise _over()
    if session.previous == given.digest and fresh:
        raise RefreshSuperseded(_("This refresh token was replaced a moment ago. Use the new one."))
    if not given.was_given:  # made up by somebody who knows the session's id
        raise _over()
    log.warning("A refresh token was used again: session %s of user %s ends.", session.uuid, session.user_id)
    end(session, Session.End.REUSED)
    raise _over()


def find_session(uuid: UUID) -> AbstractSession | None:
    """The session of an access token with its user, by one query; ``None`` for one that has ended or never was.

    How long it was left unused isn't looked at: an access token lives for minutes.
    """
    return _BY_UUID.first(uuid=uuid, now=clock.now())


def sessions_of(user: Any) -> list[AbstractSession]:
    """A user's sessions that go on, the one used last first."""
    return list(Session.objects.alive(clock.now()).filter(user=user.pk).order_by("-last_used_at", "-pk"))


def end(session: AbstractSession, reason: str) -> None:
    """End a session; one that has ended keeps its reason.

    Args:
        reason: One of ``Session.End``.
    """
    _end(session.user_id, Session.objects.filter(pk=session.pk), reason)
    session.ended_at, session.end_reason = session.ended_at or clock.now(), session.end_reason or reason


def end_by_token(token: str) -> None:
    """Sign out by the refresh token, the present one or the one before; of any other nothing is said."""
    given = read_refresh_token(token)
    if given is not None:
        is_hers = Q(current=given.digest) | Q(previous=given.digest)
        rows = Session.objects.filter(is_hers, uuid=given.uuid, ended_at=None)
        rows.update(ended_at=clock.now(), end_reason=Session.End.SIGNED_OUT)


def end_one_of(user: Any, uuid: UUID | str) -> None:
    """End one session of a user, as from the list of their devices.

    Raises:
        SessionNotFound: There is none that goes on, or it is somebody else's.
    """
    if not _end(user.pk, Session.objects.alive(clock.now()).filter(user=user.pk, uuid=uuid), Session.End.ENDED):
        raise SessionNotFound(_("There is no such session."))


def end_others(user: Any, *, but: UUID | None) -> int:
    """End all sessions of a user except one, if there is one to keep; gives how many."""
    sessions = Session.objects.filter(user=user.pk)
    return _end(user.pk, sessions if but is None else sessions.exclude(uuid=but), Session.End.ENDED)


def end_all(user_id: Any, reason: str) -> int:
    """End all sessions of a user; gives how many.

    Args:
        user_id: Primary key.
        reason: One of ``Session.End``.
    """
    return _end(user_id, Session.objects.filter(user=user_id), reason)


def _end(user_id: Any, sessions: Any, reason: str) -> int:
    """End what goes on, by one conditional update. Of browsers Django's session is deleted, too, once that is committed, so that
    their next page is a guest's.
    """
    number = int(sessions.filter(ended_at=None).update(ended_at=clock.now(), end_reason=reason))
    ended = Session.objects.filter(user=user_id).ended_browsers() if number else Session.objects.none()
    if keys := list(ended.values_list("browser_key", flat=True)):
        db.after_commit(delete_browsers, keys)
    return number


def _over() -> SessionOver:
    return SessionOver(_("You have been signed out. Please sign in again."))
