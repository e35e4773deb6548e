"""Mail about accounts, written by the worker: only here it is looked up whether an address has an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model

from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import Email
from tradepost.core.mail import send

from .base import AbstractAccountToken
from .conf import settings, users
from .events import AccountMailRequested
from .links import link
from .services.identities import find_identity
from .services.tokens import issue

__all__ = ["send_account_mail"]

Purpose = AbstractAccountToken.Purpose


class _Reply(NamedTuple):
    """A mail, the purpose of the token that is made with it, and whose account it is about."""

    template: str
    purpose: AbstractAccountToken.Purpose | None = None
    user: Any = None


def send_account_mail(event: AccountMailRequested) -> None:
    """Find out what there is to write, make the token, and send."""
    reply = _REPLIES[event.kind](event)
    # whoever reads the mailbox may be somebody else than who ticked a box
    context: dict[str, Any] = {"address": event.address, "agreed": [row["text"] for row in event.consents]}
    if reply.purpose is not None:
        lifetime = _lifetime(reply.purpose)
        secret = issue(
            reply.purpose,
            Email(event.address, event.email_key),
            lifetime=lifetime,
            user_id=None if reply.user is None else reply.user.pk,
            data={"name": event.full_name, "language": event.language, "consents": event.consents},
        )
        now = clock.now()
        context |= {"link": link(reply.purpose, secret), "now": now, "expires": now + lifetime}
    send(reply.template, to=event.address, context=context, language=_language(reply.user) or event.language)


def _register_or_reset(event: AccountMailRequested) -> _Reply:
    """The same statements in all cases, and a token in each: where everything runs in one process, time tells nothing either.

    A token of a mail that shows no link is known to nobody.
    """
    identity, listed = find_identity(event.email_key), users().find(event.address)
    if identity is not None and not identity.is_current:
        return _Reply("account_kept", Purpose.REGISTER)
    user = identity.user if identity is not None else listed
    if user is None:
        return _Reply("account_register" if event.kind == "register" else "account_unknown", Purpose.REGISTER)
    if not users().is_active(user):
        return _Reply("account_inactive", Purpose.RESET, user)
    return _Reply("account_exists" if event.kind == "register" else "account_reset", Purpose.RESET, user)


def _change_email(event: AccountMailRequested) -> _Reply:
    identity, listed, user = find_identity(event.email_key), users().find(event.address), _user(event)
    owner = identity.user if identity is not None else listed
    template = "account_change_email" if owner is None or owner == user else "account_taken"
    return _Reply(template, Purpose.CHANGE_EMAIL, user)  # a token in both cases, as above


def _notice(template: str, purpose: AbstractAccountToken.Purpose | None = None) -> Callable[..., _Reply]:
    return lambda event: _Reply(template, purpose, _user(event))


def _user(event: AccountMailRequested) -> Any:
    """Of whom it was said; ``None`` where the row is gone."""
    return get_user_model()._default_manager.filter(pk=event.user_id).first()


def _lifetime(purpose: AbstractAccountToken.Purpose) -> timedelta:
    lifetimes = {
        Purpose.REGISTER: settings().REGISTER_LIFETIME,
        Purpose.RESET: settings().RESET_LIFETIME,
        Purpose.CHANGE_EMAIL: settings().CHANGE_LIFETIME,
        Purpose.UNDO_EMAIL: settings().UNDO_LIFETIME,
    }
    return lifetimes[purpose]


def _language(user: Any) -> str:
    customer = getattr(user, "tradepost_customer", None)
    return "" if customer is None else str(customer.language)


_REPLIES: Mapping[str, Callable[[AccountMailRequested], _Reply]] = {
    "register": _register_or_reset,
    "reset": _register_or_reset,
    "change_email": _change_email,
    "email_changed": _notice("account_email_changed", Purpose.UNDO_EMAIL),
    "email_returned": _notice("account_email_changed"),
    "password_changed": _notice("account_password_changed"),
    "closed": _notice("account_closed"),
}
