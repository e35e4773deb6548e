"""Paying: the customer's next action, the way back from a provider, another attempt."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from tradepost.checkout import services as checkout
from tradepost.core.access import OWN
from tradepost.core.errors import NotFound, TooManyRequests, TradepostError
from tradepost.core.requests import rate_limits
from tradepost.payments import services as payments
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import LinkExpired
from tradepost.payments.services import pay_links

from .. import payment_choice, session
from ..redirects import too_many
from .base import PrivatePageView
from .checkout import return_url
from .orders import PayPageView, after_payment, find_payable, has_instructions, payment_waits, refused

__all__ = ["PayLinkView", "PayView", "PaymentReturnView", "PaymentView"]


def _payment(uuid: UUID) -> AbstractPayment:
    try:
        return payments.find(uuid)
    except NotFound as error:
        raise Http404(str(error)) from None


class PayLinkView(PrivatePageView):
    """A link to pay an order, out of a mail: leads to where it is paid, once; then the session may pay it, and no more."""

    access = OWN
    template_name = "tradepost/storefront/link_expired.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """On to the order; the page itself is for a link that is too old."""
        try:
            rate_limits.count("guess", request)
            order = pay_links.open_link(token)
        except TooManyRequests as error:
            return too_many(request, error)
        except LinkExpired as error:
            return self.render(problem=str(error), status=410)
        except NotFound as error:
            raise Http404(str(error)) from None
        session.remember_payable(request, order)
        return HttpResponseRedirect(reverse("tradepost:order", args=[order.number]))


class PaymentView(PrivatePageView):
    """The customer's next step to pay: go to the provider, fill in its form, or read how to transfer."""

    access = OWN
    template_name = "tradepost/storefront/payment.html"

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """On to the provider, or the page for what is done here."""
        payment = _payment(uuid)
        order = find_payable(request, payment.order.number)
        action = payment.next_action
        waits_for_customer = payment.status == "requires_action" and order.allows.awaits_payment
        if not waits_for_customer or not action or has_instructions(payment):
            return after_payment(request, order, None)
        if action["kind"] == "redirect":
            return HttpResponseRedirect(_web_address(action["url"]))
        return self.render(payment=payment, order=order, action=action)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the address that the browser comes back to."""
        back = reverse("tradepost:payment_return", args=[self.kwargs["uuid"]])
        return super().get_context(return_url=self.request.build_absolute_uri(back), **facts)


def _web_address(url: str) -> str:
    """A provider's page; nothing but the web."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Http404("The provider named no web page.")
    return url


@method_decorator(csrf_exempt, name="dispatch")  # some providers send the browser back by a form; the provider is asked
class PaymentReturnView(PrivatePageView):
    """The browser is back from the provider. Who has no right to see the order is thanked without it."""

    access = OWN
    template_name = "tradepost/storefront/returned.html"

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Ask the provider what came of it; nothing is believed of what the browser brings.

        Who comes too often is shown what is known: webhooks and jobs ask, too.
        """
        data = {key: str(value)[:2000] for key, value in [*request.GET.items(), *request.POST.items()][:50]}
        payment = _payment(uuid)
        with suppress(TooManyRequests):
            rate_limits.count("complete", request)
            payment = payments.complete(payment, data)
        try:
            order = find_payable(request, payment.order.number)
        except Http404:
            return self.render(waits=payment_waits(payment))
        return after_payment(request, order, payment, is_back=True)

    post = get


class PayView(PayPageView):
    """Another attempt for a pending order, perhaps by another method."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Begin it."""
        order = find_payable(request, number)
        what = payment_choice.said(request)
        try:
            rate_limits.count("complete", request)
            payment = checkout.pay_again(
                order,
                method=what.method,
                by=session.by(request),
                client_input=what.client_input,
                return_url=return_url(request),
            )
        except TradepostError as error:
            return refused(request, number, error)
        return after_payment(request, order, payment)
