"""The page of the dummy provider: it plays a bank, so that a demonstration can be declined, too."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tradepost.gateways.dummy import DECISIONS, Charge, DummyGateway
from tradepost.payments import conf
from tradepost.payments.models import Payment
from tradepost.payments.ports import Rejected

from ..answers import see

__all__ = ["show"]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay, decline, ask for a second proof (3-D Secure), or leave; then back to the shop."""
    gateway, charge = _charge(reference)
    if request.method == "POST" and request.POST.get("decision") in DECISIONS:
        decision = request.POST["decision"]
        charge = gateway.provider.decide(reference, decision)
        if decision == "challenge":
            return see("tradepost:dummy", reference)
        return HttpResponseRedirect(charge.return_url or "/", status=303)
    is_open = charge.status.value in {"requires_action", "pending"}
    return render(request, "tradepost/storefront/dummy.html", {"charge": charge, "is_open": is_open})


def _charge(reference: str) -> tuple[DummyGateway, Charge]:
    """The gateway that has this payment.

    Raises:
        Http404: No payment of a dummy gateway has this reference.
    """
    method = Payment.objects.filter(reference=reference).values_list("method", flat=True).first()
    gateway: Any = conf.gateway(method) if method and method in conf.methods() else None
    if isinstance(gateway, DummyGateway) and not gateway.problem():
        try:
            return gateway, gateway.provider.look(reference)
        except Rejected:
            pass
    raise Http404("The dummy provider has no such payment.")
