"""Reactions of accounts: sessions end with the credentials that began them, and mail is written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from tradepost.core.events import subscribe

from .events import AccountMailRequested, CredentialsChanged
from .mails import send_account_mail
from .models import Session
from .services import begin_browser, end_all, end_browser

__all__ = ["end_sessions", "end_sessions_of_saved_user", "forget_browser", "note_browser", "note_lost_password"]

_LOST = "_tradepost_lost_password"
_OF_REASON = {"deactivated": Session.End.INACTIVE, "closed": Session.End.INACTIVE}


def end_sessions(event: CredentialsChanged) -> None:
    """End the sessions of a user whose password, address or standing has changed."""
    end_all(event.user_id, _OF_REASON.get(event.reason, Session.End.CREDENTIALS))


subscribe(CredentialsChanged, end_sessions, when="within", elsewhere=True)
subscribe(AccountMailRequested, send_account_mail)


@receiver(pre_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="tradepost.accounts.note_lost_password")
def note_lost_password(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    """A password that is taken away, as Django's admin can do, leaves no mark either: the row says whether there was one."""
    is_written = update_fields is None or "password" in update_fields
    if kwargs.get("raw") or instance._state.adding or not is_written or instance.has_usable_password():
        return
    stored = sender._default_manager.filter(pk=instance.pk).values_list("password", flat=True).first()
    vars(instance)[_LOST] = stored is not None and is_password_usable(stored)


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="tradepost.accounts.end_sessions")
def end_sessions_of_saved_user(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:  # noqa: FBT001
    """End them also where a project, Django's admin or a command changes a password or deactivates a user.

    ``_password`` is Django's own mark of a password that is being changed; hashing the same one again, as a sign-in does after
    an upgrade of Django, leaves no such mark, and must sign nobody out.
    """
    if created or kwargs.get("raw"):
        return
    is_lost = vars(instance).pop(_LOST, False)
    if getattr(instance, "_password", None) is not None:
        end_all(instance.pk, Session.End.CREDENTIALS)
    elif not getattr(instance, "is_active", True):
        end_all(instance.pk, Session.End.INACTIVE)
    elif is_lost:
        end_all(instance.pk, Session.End.CREDENTIALS)


@receiver(user_logged_in, dispatch_uid="tradepost.accounts.begin_browser")
def note_browser(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """A browser that signs in, at whatever page, is a device."""
    begin_browser(request, user)


@receiver(user_logged_out, dispatch_uid="tradepost.accounts.end_browser")
def forget_browser(sender: Any, request: Any, **kwargs: Any) -> None:
    """It is none any more when it signs out."""
    end_browser(request)
