"""Paying: the customer's next action, the way back from a provider, another attempt."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tradepost.checkout import services as checkout
from tradepost.core.errors import NotFound, TradepostError
from tradepost.payments import links
from tradepost.payments import services as payments
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import LinkExpired

from .. import paying, visits
from .checkout import return_url
from .orders import after_payment, find_order, has_instructions, order_page, payment_waits

__all__ = ["come_back", "open_link", "pay_again", "show"]


def _payment(uuid: UUID) -> AbstractPayment:
    try:
        return payments.find(uuid)
    except NotFound as error:
        raise Http404(str(error)) from None


@require_safe
@never_cache
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link to pay an order, out of a mail: leads to the order once, where it is paid, then the session knows it."""
    try:
        order = links.open_link(token)
    except LinkExpired as error:
        return render(request, "tradepost/storefront/link_expired.html", {"problem": str(error)}, status=410)
    except NotFound as error:
        raise Http404(str(error)) from None
    visits.remember_order(request, order.number)
    return HttpResponseRedirect(reverse("tradepost:order", args=[order.number]))


@require_safe
@never_cache
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the customer does next to pay: go to the provider, fill in its form, or read how to transfer."""
    payment = _payment(uuid)
    order = find_order(request, payment.order.number)
    action = payment.next_action
    waits_for_customer = payment.status == "requires_action" and order.status == order.Status.PENDING
    if not waits_for_customer or not action or has_instructions(payment):
        return after_payment(request, order, None)
    if action["kind"] == "redirect":
        return HttpResponseRedirect(_web_address(action["url"]))
    back = request.build_absolute_uri(reverse("tradepost:payment_return", args=[uuid]))
    context = {"payment": payment, "order": order, "action": action, "return_url": back}
    return render(request, "tradepost/storefront/payment.html", context)


def _web_address(url: str) -> str:
    """A provider's page; nothing but the web."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Http404("The provider named no web page.")
    return url


@csrf_exempt  # some providers send the browser back by a form; nothing is believed of it, the provider is asked
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def come_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The browser is back from the provider. Who has no right to see the order is thanked without it."""
    data = {key: str(value)[:2000] for key, value in [*request.GET.items(), *request.POST.items()][:50]}
    payment = payments.complete(_payment(uuid), data)
    try:
        order = find_order(request, payment.order.number)
    except Http404:
        return render(request, "tradepost/storefront/returned.html", {"waits": payment_waits(payment)})
    return after_payment(request, order, payment, is_back=True)


@require_POST
@never_cache
def pay_again(request: HttpRequest, number: str) -> HttpResponse:
    """Another attempt for a pending order, perhaps by another method."""
    order = find_order(request, number)
    what = paying.said(request)
    try:
        payment = checkout.pay_again(
            order,
            method=what.method,
            by=visits.by(request),
            client_input=what.client_input,
            return_url=return_url(request),
        )
    except TradepostError as error:
        return order_page(request, order, problem=str(error), status=409)
    return after_payment(request, order, payment)
