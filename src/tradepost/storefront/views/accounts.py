"""Signing in and out, and making an account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView
from django.views.generic.base import ContextMixin

from tradepost.core.access import ANYONE
from tradepost.core.errors import TooManyRequests
from tradepost.core.requests import rate_limits
from tradepost.core.requests.sign_in import count_sign_in_form, give_back

from ..account.menu import has_accounts
from ..forms import RegistrationForm, SignInForm
from ..redirects import dashboard_url, local_url, refusing

__all__ = ["RegisterView", "SignInView", "SignOutView"]


class _Page(ContextMixin):
    """Gives a generic view of Django's the ``get_context`` that all pages of the shop have."""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The context of the template; a subclass adds to ``super().get_context(**facts)``."""
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return self.get_context(**super().get_context_data(**kwargs))


def _refusing(view: Any, error: TooManyRequests) -> HttpResponse:
    """The form's page with the refusal above it; what was posted isn't looked at."""
    form = view.get_form_class()()
    return refusing(view.render_to_response(view.get_context_data(form=form, problem=str(error))), error)


class SignInView(_Page, LoginView):
    """Django's, with the shop's page."""

    access = ANYONE
    template_name = "tradepost/storefront/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """The customer's own first page; that of the dashboard for who works here."""
        if address := dashboard_url(self.request.user):
            return address
        return reverse("tradepost:account" if has_accounts() else "tradepost:orders")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt before the password is looked at, and give it back where that was right."""
        try:
            counted = count_sign_in_form(request)
        except TooManyRequests as error:
            return _refusing(self, error)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            give_back(counted)
        return answer


class SignOutView(LogoutView):
    """Django's; back to the shop."""

    access = ANYONE
    next_page = "tradepost:home"


class RegisterView(_Page, FormView):
    """Create an account, and be signed in."""

    access = ANYONE
    template_name = "tradepost/storefront/register.html"
    form_class = RegistrationForm
    success_url = reverse_lazy("tradepost:orders")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            return redirect(self.success_url)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt: its answer tells whether an address has an account."""
        try:
            rate_limits.count("register", request)
        except TooManyRequests as error:
            return _refusing(self, error)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the address to go to afterwards."""
        return super().get_context(**{**facts, "next": self._next()})

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        user = form.save()
        signed = authenticate(self.request, username=user.get_username(), password=form.cleaned_data["password"])
        if signed is not None:  # a project's backend may want a confirmed address first
            login(self.request, signed)
        return redirect(local_url(self.request, self._next(), str(self.success_url)))

    def _next(self) -> str:
        request: HttpRequest = self.request
        return str(request.POST.get("next") or request.GET.get("next") or "")
