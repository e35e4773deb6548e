"""The customer's saved payment methods: to look at, and to remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.core.dates.days import today
from tradepost.core.errors import NotFound
from tradepost.payments.services import saved_methods

from ..redirects import see
from .account.base import AccountActionView, AccountPageView

__all__ = ["ForgetSavedMethodView", "SavedMethodsView"]


class SavedMethodsView(AccountPageView):
    """The latest first."""

    template_name = "tradepost/storefront/saved.html"
    account_entry = "saved"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """Each with whether it can still be used."""
        day = today()
        rows = [{"saved": row, "is_expired": row.is_expired(day)} for row in saved_methods.saved_of(self.request.user)]
        return super().get_context(rows=rows, **facts)


class ForgetSavedMethodView(AccountActionView):
    """It is gone from the list at once; the provider is told until it answers."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Remove it."""
        try:
            row = saved_methods.find_saved(uuid, user=request.user)
        except NotFound as error:
            raise Http404(str(error)) from None
        saved_methods.forget(row)
        messages.success(request, _("%(name)s was removed.") % {"name": row.name})
        return see("tradepost:saved")
