"""The end of an account, by its owner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tradepost.accounts import services as accounts

from ...account.forms import CloseForm
from ...redirects import see
from .base import AccountPageView, ProvenActionView

__all__ = ["CloseActionView", "CloseView"]


class CloseView(AccountPageView):
    """The question, with what is deleted and what is kept."""

    template_name = "tradepost/storefront/account/close.html"
    account_entry = "credentials"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The form."""
        return super().get_context(**{"form": CloseForm(), **facts})


class CloseActionView(ProvenActionView):
    """Close it, and be signed out."""

    page_name = "close"
    page_class = CloseView
    form_class = CloseForm

    def use(self, **values: Any) -> None:
        """Close it."""
        accounts.close_account(self.request.user, values["password"])

    def done(self, values: dict[str, Any]) -> HttpResponse:
        """Back to the shop."""
        logout(self.request)
        messages.success(self.request, _("Your account is closed. Thank you for having been with us."))
        return see("tradepost:home")
