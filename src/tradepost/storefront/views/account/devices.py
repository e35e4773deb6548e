"""Devices on which the customer is signed in: looked at, and signed out one by one or all at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.accounts import services as accounts
from tradepost.core.errors import NotFound

from ...redirects import see
from .base import AccountActionView, AccountPageView

__all__ = ["DevicesView", "EndDeviceView", "EndOtherDevicesView"]


class DevicesView(AccountPageView):
    """This one first, then the one used last."""

    template_name = "tradepost/storefront/account/devices.html"
    account_entry = "devices"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """Each with whether it is the browser that asks."""
        present = accounts.browser_of(self.request)
        rows = [{"device": row, "is_this": row.uuid == present} for row in accounts.sessions_of(self.request.user)]
        return super().get_context(rows=sorted(rows, key=lambda row: not row["is_this"]), **facts)


class EndDeviceView(AccountActionView):
    """Sign one out."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """End it; this browser is signed out as by its own button."""
        if uuid == accounts.browser_of(request):
            logout(request)
            return see("tradepost:home")
        try:
            accounts.end_one_of(request.user, uuid)
        except NotFound as error:
            raise Http404(str(error)) from None
        messages.success(request, _("The device is signed out."))
        return see("tradepost:devices")


class EndOtherDevicesView(AccountActionView):
    """Sign out everywhere else."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End all but this browser."""
        accounts.end_others(request.user, but=accounts.browser_of(request))
        messages.success(request, _("All your other devices are signed out."))
        return see("tradepost:devices")
