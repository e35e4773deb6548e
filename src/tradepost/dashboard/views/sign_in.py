"""Signing in and out of the dashboard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from tradepost.core.access import ANYONE
from tradepost.core.errors import TooManyRequests
from tradepost.core.requests.sign_in import count_sign_in_form, give_back

__all__ = ["SignInForm", "SignInView", "SignOutView"]


class SignInForm(AuthenticationForm):
    """Django's, for those who work in the shop."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("That e-mail and password don’t match."),
        "no_staff": _("This account isn’t one of the shop’s staff."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail or username")

    def clean_username(self) -> str:
        """The user's name, where an address was typed that is known to be theirs."""
        name = str(self.cleaned_data["username"])
        if "tradepost_accounts" in apps.app_configs:
            from tradepost.accounts.services import username_for

            return username_for(name)
        return name

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse customers."""
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise forms.ValidationError(self.error_messages["no_staff"], code="no_staff")


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """Django's, with the limit of all doors."""

    access = ANYONE
    template_name = "tradepost/dashboard/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        """The first page."""
        return reverse("tradepost_dashboard:home")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt before the password is looked at, and give it back where that was right."""
        try:
            counted = count_sign_in_form(request)
        except TooManyRequests as error:
            context = self.get_context_data(form=self.get_form_class()(), problem=str(error))
            headers = {"Retry-After": str(error.context["retry_after"])}
            return self.render_to_response(context, status=429, headers=headers)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            give_back(counted)
        return answer


class SignOutView(LogoutView):
    """Django's; back to the door."""

    access = ANYONE
    next_page = "tradepost_dashboard:sign_in"
