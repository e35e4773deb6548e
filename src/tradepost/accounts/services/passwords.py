"""Passwords: forgotten, changed, and what a new one must be."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.inputs.email_keys import Email, read_email
from tradepost.core.inputs.json_values import is_text

from ..base import AbstractAccountToken
from ..errors import LinkUnusable, PasswordRefused, WrongPassword
from ..events import AccountMailRequested, CredentialsChanged
from .identities import claim, current_identity, is_open, locked
from .mail_limits import count_mail
from .tokens import consume, end_tokens, peek

__all__ = [
    "change_password",
    "check_new_password",
    "notice_to",
    "prove_password",
    "request_password_reset",
    "reset_password",
]

Purpose = AbstractAccountToken.Purpose
_LONGEST = 128


def request_password_reset(email: str, *, language: str = "", asker: str = "") -> None:
    """Have a link to a new password mailed, or word that there is no account. Looks nothing up, so its caller learns nothing.

    Args:
        language: In which the caller reads; one that is none of the project's is passed over.
        asker: Of whom mails are counted, such as :func:`tradepost.core.requests.client_address.client_network`.

    Raises:
        InvalidEmail: It is no address.
        TooManyRequests: Too many mails were asked for to this mailbox.
    """
    _request("reset", email, language, asker)


@db.atomic
def _request(kind: str, email: str, language: str, asker: str) -> None:
    address, key = read_email(email)
    count_mail(key, asker=asker)
    spoken = language if language in dict(django_settings.LANGUAGES) else ""
    events.publish(AccountMailRequested(kind, address, key, language=spoken))


def reset_password(token: str, password: str) -> Any:
    """Set a new password by the token of a link; its mailbox is proven by it. Doesn't sign in.

    Returns:
        The user.

    Raises:
        LinkUnusable: The token can't be used, or the account may not be signed in to.
        PasswordRefused: The project's validators refuse the password. The token can still be used.
        AddressTaken: The mailbox has become another account's.

    Side effects: sign-ins from before end; a mail says that the password was changed.
    """
    user = peek(Purpose.RESET, token).user
    check_new_password(password, user)
    return _reset(token, _encoded(password), password)


@db.atomic
def _reset(token: str, encoded: str, password: str) -> Any:
    row = consume(Purpose.RESET, token)
    user = locked(row.user)
    if not is_open(user):
        raise LinkUnusable(_("This account isn't open. Please write to us."))
    _write(user, encoded, password, "reset")
    identity = claim(user, Email(row.address, row.email_key))
    events.publish(notice_to(user, "password_changed", Email(identity.address, identity.key)))
    return user


def change_password(user: Any, current: str, new: str) -> Any:
    """Change the password of somebody who is signed in. The caller keeps their own session by
    ``django.contrib.auth.update_session_auth_hash(request, user)`` with what this returns.

    Returns:
        The user, as written.

    Raises:
        WrongPassword: ``current`` isn't the password, or was changed meanwhile.
        PasswordRefused: The project's validators refuse the new one.

    Side effects: all other sign-ins end; a mail says that the password was changed.
    """
    prove_password(user, current, attr="current_password")
    before = user.password
    check_new_password(new, user)
    return _change(user, before, _encoded(new), new)


@db.atomic
def _change(user: Any, before: str, encoded: str, password: str) -> Any:
    row = locked(user)
    if row.password != before:
        raise _wrong("current_password")
    _write(row, encoded, password, "password")
    if (identity := current_identity(row)) is not None:
        events.publish(notice_to(row, "password_changed", Email(identity.address, identity.key)))
    return row


def check_new_password(password: str, user: Any, *, attr: str = "password") -> None:
    """Ask the project's validators.

    Args:
        user: Of whom it will be; may be not saved yet.

    Raises:
        PasswordRefused: They refuse it, or no database holds it.
    """
    if not password or len(password) > _LONGEST or not is_text(password):
        raise PasswordRefused(_("A password has 1 to 128 characters."), attr=attr, refusals=["password_length"])
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        codes = [str(refusal.code) for refusal in error.error_list]
        raise PasswordRefused(" ".join(error.messages), attr=attr, refusals=codes) from None


def prove_password(user: Any, password: str, *, attr: str = "password") -> None:
    """Have somebody who is signed in prove that it is them.

    Raises:
        WrongPassword: It isn't their password.
    """
    if not user.check_password(password):
        raise _wrong(attr)


def notice_to(user: Any, kind: str, email: Email, *, language: str | None = None) -> AccountMailRequested:
    """A mail that informs of what happened to an account.

    Args:
        language: In which to write to who hasn't said in which; the present one where that is theirs, too.
    """
    spoken = translation.get_language() if language is None else language
    return AccountMailRequested(kind, email.address, email.key, language=spoken or "", user_id=user.pk)


def _wrong(attr: str) -> WrongPassword:
    return WrongPassword(_("This isn't your password."), attr=attr)


def _encoded(password: str) -> str:
    """As the user model writes it. It takes its time, so this is done before a transaction."""
    user = get_user_model()()
    user.set_password(password)
    return str(user.password)


def _write(user: Any, encoded: str, password: str, reason: str) -> None:
    """Whatever was mailed or signed in to before the new password is worth nothing after it."""
    user.password = encoded
    user.save(update_fields=["password"])
    password_validation.password_changed(password, user)
    end_tokens(user.pk, Purpose.RESET, Purpose.CHANGE_EMAIL)
    events.publish(CredentialsChanged(user.pk, reason))
