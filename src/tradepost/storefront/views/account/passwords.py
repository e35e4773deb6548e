"""Passwords: a link where one was forgotten, a new one behind it, and a change by those who know theirs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tradepost.accounts import services as accounts
from tradepost.accounts.base import AbstractAccountToken
from tradepost.core.requests.client_address import client_network

from ...account.emails import email_of
from ...account.forms import EmailChangeForm, EmailForm, NewPasswordForm, PasswordChangeForm
from ...redirects import see
from .base import AccountPageView, ProvenActionView
from .links import LinkPageView, MailPageView, spoken_language

__all__ = ["CredentialsView", "EmailChangeView", "PasswordChangeView", "ResetLinkView", "ResetView"]


class ResetView(MailPageView):
    """Ask for a link to a new password."""

    template_name = "tradepost/storefront/account/reset.html"
    form_class = EmailForm
    scope = "reset"
    purpose = AbstractAccountToken.Purpose.RESET
    link_page = "tradepost:reset_link"

    def request_mail(self, **values: Any) -> None:
        """Have the link mailed."""
        accounts.request_password_reset(**values, language=spoken_language(), asker=client_network(self.request))


class ResetLinkView(LinkPageView):
    """Choose a new password; then sign in with it."""

    template_name = "tradepost/storefront/account/reset_link.html"
    form_class = NewPasswordForm
    purpose = AbstractAccountToken.Purpose.RESET
    again = "tradepost:reset"

    def use(self, **values: Any) -> None:
        """Set it."""
        self.leave(accounts.reset_password(self.token, values["password"]).pk)

    def done(self) -> HttpResponse:
        """On to the sign-in."""
        messages.success(self.request, _("Your password has been changed. Please sign in."))
        return see("tradepost:sign_in")


class CredentialsView(AccountPageView):
    """How the customer signs in: a form for another password, and one for another address."""

    template_name = "tradepost/storefront/account/credentials.html"
    account_entry = "credentials"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The present address, and both forms."""
        forms = {"password_form": PasswordChangeForm(prefix="password"), "email_form": EmailChangeForm(prefix="email")}
        return super().get_context(**{"email": email_of(self.request.user), **forms, **facts})


class PasswordChangeView(ProvenActionView):
    """Another password. This browser stays signed in; all other devices don't."""

    page_name = "credentials"
    page_class = CredentialsView
    form_class = PasswordChangeForm
    form_name = "password_form"
    form_prefix = "password"

    def use(self, **values: Any) -> None:
        """Change it."""
        user = accounts.change_password(self.request.user, values["current_password"], values["password"])
        update_session_auth_hash(self.request, user)
        accounts.begin_browser(self.request, user)

    def done(self, values: dict[str, Any]) -> HttpResponse:
        """Back to the page."""
        messages.success(self.request, _("Your password has been changed. Your other devices are signed out."))
        return see("tradepost:credentials")


class EmailChangeView(ProvenActionView):
    """Another address: it counts once its link was followed."""

    page_name = "credentials"
    page_class = CredentialsView
    form_class = EmailChangeForm
    form_name = "email_form"
    form_prefix = "email"

    def use(self, **values: Any) -> None:
        """Have the link mailed to the new address."""
        accounts.request_email_change(self.request.user, values["email"], values["password"])

    def done(self, values: dict[str, Any]) -> HttpResponse:
        """Back to the page."""
        text = _("We’ve sent a link to %(email)s. Follow it, and this will be your new address.")
        messages.success(self.request, text % {"email": values["email"]})
        return see("tradepost:credentials")
