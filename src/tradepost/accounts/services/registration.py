"""Registration: a mailbox is proven first, and only then there is a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.errors import Invalid
from tradepost.core.inputs.email_keys import Email, read_email
from tradepost.core.inputs.json_values import is_text
from tradepost.customers.models import Consent, Customer
from tradepost.customers.services import Agreement, give_consent, read_agreements

from ..base import AbstractAccountToken
from ..conf import users
from ..events import AccountMailRequested
from .identities import claim, taken
from .mail_limits import count_mail
from .passwords import check_new_password
from .tokens import consume, peek

__all__ = ["confirm_registration", "request_registration"]

Purpose = AbstractAccountToken.Purpose
_LONGEST_NAME = 200


@db.atomic
def request_registration(
    email: str,
    *,
    name: str = "",
    language: str = "",
    consents: Mapping[str, str | None] | None = None,
    asker: str = "",
) -> None:
    """Have a link mailed by which an account can be made, or word that there is one. Looks nothing up, so its caller learns
    nothing; makes no user, so whoever asks for somebody else's address gains nothing.

    Args:
        name: Of the person, at most 200 characters; they can change it behind the link.
        language: One of the project's ``LANGUAGES``; empty for none.
        consents: What they agree to, version by purpose (``TRADEPOST_CUSTOMERS["CONSENTS"]``). It is written down once the
            mailbox is proven; where that has an account already, never.
        asker: Of whom mails are counted, such as :func:`tradepost.core.requests.client_address.client_network`.

    Raises:
        InvalidEmail: It is no address.
        ConsentOutdated: A text that they agreed to has changed since.
        Invalid: The name is too long, or the project doesn't have the language or the consent.
        TooManyRequests: Too many mails were asked for to this mailbox.
    """
    address, key = read_email(email)
    _check(name, language)
    agreed = [agreement.as_dict() for agreement in read_agreements(consents or {})]
    count_mail(key, asker=asker)
    events.publish(AccountMailRequested("register", address, key, language=language, full_name=name, consents=agreed))


def confirm_registration(
    token: str,
    password: str,
    *,
    name: str = "",
    language: str = "",
    consents: Mapping[str, str | None] | None = None,
) -> Any:
    """Make the account of a proven mailbox: user, customer and identity. Doesn't sign in.

    Args:
        name: Instead of the one that was typed at the registration; empty keeps that.
        language: Likewise.
        consents: What they agree to now, besides what they agreed to at the registration: version by purpose.

    Returns:
        The user.

    Raises:
        LinkUnusable: The token can't be used. Of two calls at once one gets this.
        ConsentOutdated: A text that they agree to now has changed. The token can still be used.
        PasswordRefused: The project's validators refuse the password. The token can still be used.
        AddressTaken: The mailbox has become an account's meanwhile.
        Invalid: The project has no such consent, or a receiver of it refused the new rows by Django's ``ValidationError``.
            Whatever a receiver raises, nothing is written, and the token can still be used.
    """
    _check(name, language)
    agreements = read_agreements(consents or {})
    row = peek(Purpose.REGISTER, token)
    name, language = name or row.data.get("name", ""), language or row.data.get("language", "")
    user = users().build(row.address, name)
    check_new_password(password, user)
    user.set_password(password)  # takes its time, so before the transaction
    try:
        return _confirm(token, user, name, language, agreements)
    except ValidationError as error:  # of a project's receiver
        raise Invalid(" ".join(error.messages)) from error


@db.atomic
def _confirm(token: str, user: Any, name: str, language: str, agreements: Sequence[Agreement]) -> Any:
    row = consume(Purpose.REGISTER, token)
    try:
        with transaction.atomic():
            users().save(user)
    except IntegrityError:
        raise taken() from None
    customer = Customer.objects.filter(user=user).first() or Customer(
        user=user
    )  # a project's receiver may have made one
    customer.email, customer.name, customer.language = row.address, name, language
    customer.save()
    for agreement in (*(Agreement(**agreed) for agreed in row.data.get("consents", ())), *agreements):
        give_consent(customer, agreement, source=Consent.Source.REGISTRATION)
    claim(user, Email(row.address, row.email_key))
    return user


def _check(name: str, language: str) -> None:
    if len(name) > _LONGEST_NAME or not is_text(name):
        raise Invalid(_("A name has at most 200 characters."), attr="name")
    if language and language not in dict(django_settings.LANGUAGES):
        raise Invalid(
            _("This shop isn't available in this language."),
            attr="language",
            languages=[*dict(django_settings.LANGUAGES)],
        )
