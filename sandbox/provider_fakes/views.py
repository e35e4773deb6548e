"""Pay a demonstration order with any gateway, let something go wrong, and look at both sides' books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.contrib import messages
from django.db.models import Q
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tests.fakes.providers import PROVIDERS, Provider, delivery
from tradepost.core import db
from tradepost.core.actors import Actor, By
from tradepost.core.errors import TradepostError
from tradepost.payments import (
    conf,
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Payment
from tradepost.testing import placed

from . import fakes

STAFF = By(Actor.STAFF, label="you")
TOTAL = "100.00"
FAULTS = {
    "error_500": "500: it breaks down, and does nothing",
    "latency": "Time-out: it does it, and answers too late",
    "drop_before": "The line is cut before it hears",
    "drop_after": "The line is cut after it has done it",
    "html": "502: a proxy answers, in HTML",
}
ANY_BUT_TOKENS = r"(?!.*oauth).*"


def _provider(payment: AbstractPayment) -> tuple[str, Provider, Any]:
    alias = payment.method.removesuffix("-hold")
    if alias not in PROVIDERS:
        raise Http404("This payment has no fake.")
    return alias, PROVIDERS[alias], fakes.servers(_shop())[alias]


def _shop() -> str:
    from django.conf import settings

    return str(settings.TRADEPOST_SHOP["URL"])


def _payment(uuid: Any) -> AbstractPayment:
    return get_object_or_404(Payment.objects.select_related("order"), uuid=uuid)


def listing(request: HttpRequest) -> HttpResponse:
    """Each gateway, and what it can; a button begins a payment with it."""
    if request.method == "POST":
        return _begin(request, request.POST.get("method", ""))
    rows = []
    for alias, entry in conf.methods().items():
        provider = PROVIDERS.get(alias.removesuffix("-hold"))
        if provider:
            able = asdict(conf.gateway(alias).capabilities)
            chips = [name.replace("_", " ") for name, value in able.items() if value is True]
            rows.append({"alias": alias, "label": entry.LABEL, "currency": provider.currency, "chips": chips})
    recent = Payment.objects.filter(method__in=[row["alias"] for row in rows]).order_by("-pk")[:10]
    return render(request, "provider_fakes/list.html", {"rows": rows, "recent": recent, "total": Decimal(TOTAL)})


def _begin(request: HttpRequest, method: str) -> HttpResponse:
    provider = PROVIDERS.get(method.removesuffix("-hold"))
    if provider is None or method not in conf.methods():
        raise Http404("There is no such gateway.")

    @db.atomic
    def opened() -> AbstractPayment:
        order = placed.order(placed.line_row(TOTAL), reserve=False, currency=provider.currency)
        return services.open_payment(order, method=method)

    payment = opened()
    if fault := request.POST.get("fault"):
        _break(payment, fault)
    back = request.build_absolute_uri(reverse("provider_fakes:return", args=[payment.uuid]))
    client_input = {**provider.client_input, **({"phone": request.POST["phone"]} if request.POST.get("phone") else {})}
    _try(request, lambda: services.start(payment, return_url=back, client_input=client_input))
    return redirect("provider_fakes:payment", payment.uuid)


def payment(request: HttpRequest, uuid: Any) -> HttpResponse:
    """One payment: what the customer does, what staff can do, what may go wrong, and both books."""
    result = _payment(uuid)
    alias, provider, server = _provider(result)
    ours, theirs = ledger.balance_of(result), provider.sums(server, result.reference)
    sums = [
        (name, getattr(ours, mine), getattr(theirs, their))
        for name, mine, their in (
            ("authorised", "authorised", "authorised"),
            ("captured", "captured", "captured"),
            ("refunded", "refunded", "refunded"),
            ("charged back", "charged_back", "disputed"),
        )
    ]
    context = {
        "payment": result,
        "order": result.order,
        "label": fakes.LABELS[alias],
        "action": result.next_action,
        "live": result.status in ("created", "pending", "requires_action", "authorised", "failed"),
        "stand_in": reverse("provider_fakes:stand_in", args=[alias, result.reference]),
        "rows": result.transactions.all(),
        "sums": sums,
        "payments_there": theirs.payments,
        "agree": all(mine == their for _name, mine, their in sums),
        "calls": server.requests[:-9:-1],
        "waiting": len(server.books.events) - server._delivered,  # noqa: SLF001
        "faults": FAULTS,
        "armed": sum(fault.times for fault in server.faults),
        "able": conf.gateway(result.method).capabilities,
        "discrepancies": result.discrepancies.all(),
    }
    return render(request, "provider_fakes/payment.html", context)


def stand_in(request: HttpRequest, provider: str, reference: str) -> HttpResponse:
    """Stands in for the provider's page, form or phone: the customer pays, is declined, or leaves."""
    if provider not in PROVIDERS:
        raise Http404("There is no such provider.")
    mine = Payment.objects.select_related("order").filter(method__in=[provider, f"{provider}-hold"])
    result = get_object_or_404(mine, Q(reference=reference) | Q(provider_ref=reference))
    _alias, at, server = _provider(result)
    ref = result.provider_ref or ""
    if request.method != "POST":
        context = {"payment": result, "label": fakes.LABELS[provider]}
        return render(request, "provider_fakes/stand_in.html", context)
    back = result.state.get("start", {}).get("return_url") or reverse("provider_fakes:payment", args=[result.uuid])
    decision, data = request.POST.get("decision"), {}
    with server.lock:
        try:
            if decision == "pay":
                at.pay(server, result.reference, ref)
                data = at.returned(server, result.reference, ref) if result.capture_at_once else {}
            elif decision == "decline":
                at.decline(server, result.reference, ref)
        except Exception as error:  # noqa: BLE001 - whatever a fake refuses is shown
            messages.error(request, f"{fakes.LABELS[provider]}: {error}")
    return HttpResponseRedirect(f"{back}{'?' if data else ''}{urlencode(data)}")


@csrf_exempt
@non_atomic_requests
def come_back(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The browser is back."""
    data = {**request.GET.dict(), **request.POST.dict()}
    _try(request, lambda: services.complete(_payment(uuid), data))
    return redirect("provider_fakes:payment", uuid)


@require_POST
@non_atomic_requests
def act(request: HttpRequest, uuid: Any, act: str) -> HttpResponse:
    """One of the buttons."""
    result = _payment(uuid)
    if act == "fault":
        _break(result, request.POST.get("fault", ""))
        messages.info(request, "The next call to the provider goes wrong.")
    elif act == "deliver":
        _try(request, lambda: _deliver(request, result, int(request.POST.get("copies", 1))))
    elif act in ACTS:
        _try(request, lambda: ACTS[act](result))
    else:
        raise Http404("There is no such button.")
    return redirect("provider_fakes:payment", uuid)


def _refund_unfinished(payment: AbstractPayment) -> None:
    for asked in payment.transactions.filter(kind="refund", state__in=["requested", "pending"]):
        services.finish_refund(asked)


def _finish_there(payment: AbstractPayment) -> None:
    """The refund reaches the customer, where the provider takes its time."""
    _alias, _at, server = _provider(payment)
    for refund in server.books.refunds if hasattr(server.books, "process") else []:
        if refund["status"] == "pending":
            server.process(refund["id"])
    _refund_unfinished(payment)


ACTS: Mapping[str, Callable[[AbstractPayment], Any]] = {
    "ask": lambda payment: (services.ask(payment), _refund_unfinished(payment)),
    "capture": lambda payment: services.capture(payment, by=STAFF),
    "void": lambda payment: services.cancel(payment, by=STAFF),
    "refund-half": lambda payment: services.refund(payment, payment.amount / 2, by=STAFF, reason="tried"),
    "refund": lambda payment: services.refund(payment, by=STAFF, reason="tried"),
    "refund-arrives": _finish_there,
}


def _break(payment: AbstractPayment, fault: str) -> None:
    if fault in FAULTS:
        _alias, _at, server = _provider(payment)
        does = "POST" if fault == "drop_after" else ".*"  # what is done and never answered is no question
        server.fault(fault, path=ANY_BUT_TOKENS, method=does, seconds=3 if fault == "latency" else 0)


def _deliver(request: HttpRequest, payment: AbstractPayment, copies: int) -> None:
    """Post the provider's deliveries to the shop's own address, signed as the provider signs."""
    _alias, _at, server = _provider(payment)
    url = request.build_absolute_uri(f"/api/v1/webhooks/{payment.method}/")

    def post(body: bytes, proof: Mapping[str, str]) -> int:
        sent = delivery(body, proof)
        at = f"{url}?{urlencode(sent.query)}" if sent.query else url
        headers = {"content-type": "application/json", **sent.headers}
        with urlopen(Request(at, data=body, headers=headers), timeout=15) as answer:
            return int(answer.status)

    answers = server.deliver(post, copies=copies)
    messages.info(
        request, f"{len(answers)} deliveries, answered {', '.join(sorted({str(a) for a in answers})) or '–'}."
    )


def _try(request: HttpRequest, call: Callable[[], Any]) -> None:
    """Do it, and tell the visitor what was refused."""
    try:
        call()
    except (TradepostError, OSError) as error:
        messages.error(request, str(error))
