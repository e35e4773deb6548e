"""Consents: what the customer has agreed to, with the text and the day, and a button for each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.customers import services as customers
from tradepost.customers.conf import purposes
from tradepost.customers.errors import Anonymised, ConsentOutdated
from tradepost.customers.models import Consent

from ... import session
from ...account.consent_boxes import language_read
from ...redirects import see
from .base import AccountActionView, AccountPageView

__all__ = ["ConsentActionView", "ConsentsView"]


class ConsentsView(AccountPageView):
    """All that the shop asks for, in the order of the setting."""

    template_name = "tradepost/storefront/account/consents.html"
    account_entry = "consents"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """Each with what holds."""
        states = customers.consents_of(session.customer(self.request))
        return super().get_context(states=states, **facts)


class ConsentActionView(AccountActionView):
    """Agree to one, or withdraw it."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """The page with the buttons: a browser comes here again after it had to sign in."""
        return see("tradepost:consents")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Write down what the button says."""
        customer, version = customers.customer_for(request.user), request.POST.get("version", "")
        if key not in purposes():
            raise Http404("The shop asks for no such consent.")
        try:
            if request.POST.get("is_granted"):
                with language_read(request.POST.get("consents_language", "")):
                    agreement = customers.agreement_to(key, version)
                customers.give_consent(customer, agreement, source=Consent.Source.ACCOUNT)
                messages.success(request, _("Thank you. You can withdraw your consent here at any time."))
            else:
                customers.withdraw_consent(customer, key, source=Consent.Source.ACCOUNT)
                messages.success(request, _("Your consent is withdrawn."))
        except (Anonymised, ConsentOutdated) as error:
            messages.error(request, str(error))
        return see("tradepost:consents")
