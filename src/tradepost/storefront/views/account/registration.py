"""A new account: asked for by address, and made behind the link that is mailed there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.accounts import services as accounts
from tradepost.accounts.base import AbstractAccountToken
from tradepost.core.requests.client_address import client_network

from ...account.consent_boxes import language_read
from ...account.forms import RegisterForm, RegistrationLinkForm
from ...redirects import local_url, see
from .links import LinkPageView, MailPageView, spoken_language

__all__ = ["RegisterView", "RegistrationLinkView"]

_NEXT = "tradepost_next"


class RegisterView(MailPageView):
    """Ask for an account. There is none before the address is proven, so whoever asks for another's gains nothing."""

    template_name = "tradepost/storefront/account/register.html"
    form_class = RegisterForm
    scope = "register"
    purpose = AbstractAccountToken.Purpose.REGISTER
    link_page = "tradepost:register_link"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; those who are signed in have an account."""
        if request.user.is_authenticated and "token" not in request.GET:
            return see("tradepost:account")
        return super().get(request, *args, **kwargs)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the address to go to afterwards."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return super().get_context(**{"next": asked, **facts})

    def request_mail(self, **values: Any) -> None:
        """Remember where they were going, and have the link mailed."""
        language, asker = spoken_language(), client_network(self.request)
        with language_read(values.pop("consents_language")):
            accounts.request_registration(**values, language=language, asker=asker)
        self.request.session[_NEXT] = self.request.POST.get("next", "")


class RegistrationLinkView(LinkPageView):
    """Choose a password, and the account is there."""

    template_name = "tradepost/storefront/account/register_link.html"
    form_class = RegistrationLinkForm
    purpose = AbstractAccountToken.Purpose.REGISTER
    again = "tradepost:register"

    def get_initial(self, row: AbstractAccountToken) -> dict[str, Any]:
        """The name that was typed before."""
        return {"name": row.data.get("name", "")}

    def get_facts(self, row: AbstractAccountToken) -> dict[str, Any]:
        """Texts that were agreed to by purpose; whoever follows the link may be somebody else than who ticked the boxes."""
        return {"agreed": {consent["purpose"]: consent["text"] for consent in row.data.get("consents", ())}}

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With a box for each of the other consents."""
        context = super().get_context(**facts)
        context["form"].ask_only_others(context["agreed"])
        return context

    def use(self, **values: Any) -> None:
        """Make the account, and sign in as a sign-in by password would: a project's backend may want more than that."""
        with language_read(values["consents_language"]):
            user = accounts.confirm_registration(
                self.token, values["password"], name=values["name"], consents=values["consents"]
            )
        self.user = authenticate(self.request, username=user.get_username(), password=values["password"])

    def done(self) -> HttpResponse:
        """On to where they were going when they registered, or to the account."""
        request = self.request
        asked = str(request.session.pop(_NEXT, "") or "")
        if self.user is None:
            messages.success(request, _("Your account is ready. You can sign in now."))
            return see("tradepost:sign_in")
        if request.user.is_authenticated:
            logout(request)
        login(request, self.user)
        messages.success(request, _("Your account is ready."))
        return see(local_url(request, asked, "tradepost:account"))
