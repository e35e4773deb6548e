"""Registration, passwords and addresses of accounts, as they are asked for."""

from __future__ import annotations

from rest_framework import serializers

from ..base import Input
from ..fields import TextField

__all__ = [
    "ClosureSerializer",
    "EmailChangeSerializer",
    "LinkTokenSerializer",
    "PasswordChangeSerializer",
    "PasswordResetRequestSerializer",
    "PasswordResetSerializer",
    "RegistrationConfirmationSerializer",
    "RegistrationSerializer",
]


def _password(help_text: str) -> serializers.CharField:
    return TextField(max_length=128, trim_whitespace=False, write_only=True, help_text=help_text)


def _token() -> serializers.CharField:
    return TextField(max_length=200, help_text="From the link in the mail.")


def _language() -> serializers.CharField:
    return TextField(
        required=False, allow_blank=True, max_length=10, help_text="One of the project's `LANGUAGES`, for the mail."
    )


def _consents(help_text: str) -> serializers.DictField:
    return serializers.DictField(child=TextField(max_length=40, allow_null=True), required=False, help_text=help_text)


class RegistrationSerializer(Input):
    """A registration; the password is chosen behind the link that is mailed."""

    email = TextField(max_length=254)
    name = TextField(required=False, allow_blank=True, max_length=200)
    language = _language()
    consents = _consents("What they agree to (`consents/`): version by key. It counts once the address is proven.")


class RegistrationConfirmationSerializer(Input):
    """The end of a registration."""

    token = _token()
    password = _password("The project's validators may refuse it; the token can still be used then.")
    name = TextField(
        required=False, allow_blank=True, max_length=200, help_text="Instead of the one at the registration."
    )
    language = _language()
    consents = _consents("What they agree to besides what they did at the registration: version by key.")


class PasswordResetRequestSerializer(Input):
    """A mailbox that a new password is asked for."""

    email = TextField(max_length=254)
    language = _language()


class PasswordResetSerializer(Input):
    """A new password instead of a forgotten one."""

    token = _token()
    password = _password("The project's validators may refuse it; the token can still be used then.")


class PasswordChangeSerializer(Input):
    """A new password of somebody who knows the old one."""

    current_password = _password("The present one.")
    password = _password("The new one.")


class EmailChangeSerializer(Input):
    """Another address, which counts once the link that is mailed there is used."""

    email = TextField(max_length=254)
    password = _password("The account's.")


class LinkTokenSerializer(Input):
    """A token of a link."""

    token = _token()


class ClosureSerializer(Input):
    """The wish to close an account, for good."""

    password = _password("The account's.")
