"""The page of the dummy provider: it plays a bank, so that a demonstration can be declined, too."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from tradepost.core.access import ANYONE
from tradepost.gateways.dummy import DECISIONS, Charge, DummyGateway
from tradepost.payments import conf
from tradepost.payments.interface import Rejected
from tradepost.payments.models import Payment

from ..redirects import see
from .base import PrivatePageView

__all__ = ["DummyBankView"]


class DummyBankView(PrivatePageView):
    """Pay, decline, ask for a second proof (3-D Secure), or leave; then back to the shop."""

    access = ANYONE
    template_name = "tradepost/storefront/dummy.html"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The charge, and whether it still is to be decided."""
        _gateway, charge = _charge(self.kwargs["reference"])
        is_open = charge.status.value in {"requires_action", "pending"}
        return super().get_context(charge=charge, is_open=is_open, **facts)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Decide it."""
        gateway, _now = _charge(reference)
        decision = request.POST.get("decision", "")
        if decision not in DECISIONS:
            return self.render()
        charge = gateway.provider.decide(reference, decision)
        if decision == "challenge":
            return see("tradepost:dummy", reference)
        return HttpResponseRedirect(charge.return_url or "/", status=303)


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
