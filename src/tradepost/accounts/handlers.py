"""Reactions of accounts: sessions end with the credentials that began them, and mail is written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver

from tradepost.core.events import subscribe

from .events import AccountMailRequested, CredentialsChanged
from .mails import send_account_mail
from .models import Session
from .services import begin_browser, end_all, end_browser

__all__ = ["end_sessions", "end_sessions_of_saved_user", "forget_browser", "note_browser"]

_OF_REASON = {"deactivated": Session.End.INACTIVE, "closed": Session.End.INACTIVE}


def end_sessions(event: CredentialsChanged) -> None:
    """End the sessions of a user whose password, address or standing has changed."""
    end_all(event.user_id, _OF_REASON.get(event.reason, Session.End.CREDENTIALS))


subscribe(CredentialsChanged, end_sessions, when="within", elsewhere=True)
subscribe(AccountMailRequested, send_account_mail)


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="tradepost.accounts.end_sessions")
def end_sessions_of_saved_user(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:  # noqa: FBT001
    """End them also where a project, Django's admin or a command changes a password or deactivates a user.

    ``_password`` is Django's own mark of a password that is being changed; hashing the same one again, as a sign-in does after
    an upgrade of Django, leaves no such mark, and must sign nobody out.
    """
    if created or kwargs.get("raw"):
        return
    if getattr(instance, "_password", None) is not None:
        end_all(instance.pk, Session.End.CREDENTIALS)
    elif not getattr(instance, "is_active", True):
        end_all(instance.pk, Session.End.INACTIVE)


@receiver(user_logged_in, dispatch_uid="tradepost.accounts.begin_browser")
def note_browser(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """A browser that signs in, at whatever page, is a device."""
    begin_browser(request, user)


@receiver(user_logged_out, dispatch_uid="tradepost.accounts.end_browser")
def forget_browser(sender: Any, request: Any, **kwargs: Any) -> None:
    """It is none any more when it signs out."""
    end_browser(request)
