"""The customer's saved payment methods: to look at, and to remove."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tradepost.core import clock
from tradepost.core.errors import NotFound
from tradepost.payments import saved

from ..answers import see

__all__ = ["forget", "listing"]

_SIGN_IN = reverse_lazy("tradepost:sign_in")


@require_safe
@never_cache
@login_required(login_url=_SIGN_IN)
def listing(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    today = clock.now().date()
    rows = [{"saved": row, "is_expired": row.is_expired(today)} for row in saved.saved_of(request.user)]
    return render(request, "tradepost/storefront/saved.html", {"rows": rows})


@require_POST
@never_cache
@login_required(login_url=_SIGN_IN)
def forget(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It is gone from the list at once; the provider is told until it answers."""
    try:
        row = saved.find_saved(uuid, user=request.user)
    except NotFound as error:
        raise Http404(str(error)) from None
    saved.forget(row)
    messages.success(request, _("%(name)s was removed.") % {"name": row.name})
    return see("tradepost:saved")
