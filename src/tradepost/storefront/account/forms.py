"""Forms of the account's pages. They know fields and their forms; rules are the services'."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from .consent_boxes import CONSENT_PREFIX, ConsentBoxesMixin

__all__ = [
    "SHOWABLE",
    "CloseForm",
    "EmailChangeForm",
    "EmailForm",
    "NewPasswordForm",
    "PasswordChangeForm",
    "ProfileForm",
    "RegisterForm",
    "RegistrationLinkForm",
]

SHOWABLE = {"data-show": _("Show password"), "data-hide": _("Hide password")}
"""Attributes of a password's field, to which ``shop.js`` adds a button that shows what was typed."""

_LONGEST_EMAIL = 254


def _email(label: Any, autocomplete: str = "email") -> forms.CharField:
    """An address as it was typed; what is one, a service decides."""
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "inputmode": "email"})
    return forms.CharField(label=label, max_length=_LONGEST_EMAIL, widget=widget)


def _name() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label=_("Name"), required=False, max_length=200, widget=widget)


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, **SHOWABLE})
    return forms.CharField(label=label, strip=False, max_length=4096, widget=widget)


def _present_password() -> forms.CharField:
    return _password(_("Your password"), "current-password")


class EmailForm(forms.Form):
    """To whom a link is mailed."""

    email = _email(_("E-mail"))


class RegisterForm(ConsentBoxesMixin):
    """Who wants an account; the password is chosen behind the link that is mailed."""

    consent_place = "registration"

    email = _email(_("E-mail"))
    name = _name()


class NewPasswordForm(forms.Form):
    """A new password, with the project's rules for one."""

    password = _password(_("New password"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())


class RegistrationLinkForm(ConsentBoxesMixin, NewPasswordForm):
    """The rest of an account whose address is proven."""

    consent_place = "registration"

    name = _name()
    field_order = ("name", "password")

    def ask_only_others(self, agreed: Collection[str]) -> None:
        """Show no box for what was agreed to before, by the keys of its purposes."""
        for key in agreed:
            self.fields.pop(f"{CONSENT_PREFIX}{key}", None)


class PasswordChangeForm(NewPasswordForm):
    """Another password, for those who know the present one."""

    current_password = _present_password()
    field_order = ("current_password", "password")


class EmailChangeForm(forms.Form):
    """Another address, which is proven by a link."""

    email = _email(_("New e-mail address"))
    password = _present_password()


class CloseForm(forms.Form):
    """The account's end."""

    password = _present_password()
    sure = forms.BooleanField(label=_("Yes, close my account for good"))


class ProfileForm(forms.Form):
    """The customer's own description: name, phone, birth date, and the language where the shop has several."""

    name = _name()
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday", "min": "1900-01-01"}),
    )
    language = forms.ChoiceField(label=_("Language of our messages"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) < 2:  # nothing to choose
            del self.fields["language"]
            return
        field: Any = self.fields["language"]
        field.choices = [("", _("As in the shop")), *settings.LANGUAGES]
