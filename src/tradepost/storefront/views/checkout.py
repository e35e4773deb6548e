"""The checkout: one page with the steps contact and address, delivery, payment, and the order itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.checkout import services as checkout
from tradepost.checkout.conf import settings as checkout_settings
from tradepost.checkout.errors import TaxIdInvalid
from tradepost.checkout.looking import payments_installed
from tradepost.core.errors import TradepostError
from tradepost.core.money import quantise
from tradepost.customers.base import AbstractCustomer
from tradepost.pricing.errors import TaxUnavailable

from .. import explained, paying, sums, visits
from ..answers import leave_to, see
from ..forms import AddressForm, ContactForm, PlaceForm
from ..ways import ways_of
from .basket import HINTS, lines_of, only_left
from .orders import after_payment

__all__ = ["DeliveryView", "DetailsView", "PaymentView", "place", "show"]

_STEPS: tuple[tuple[str, Any, set[str]], ...] = (
    (
        "details",
        gettext_lazy("Contact and address"),
        {"email", "phone", "tax_id", "shipping_address", "billing_address"},
    ),
    ("delivery", gettext_lazy("Delivery"), {"shipping_method", "pickup_point", "deliveries"}),
    ("payment", gettext_lazy("Payment"), {"payment_method", "payments"}),
    ("review", gettext_lazy("Order"), set()),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step: ``now`` is open, ``done`` is shown in short, ``later`` waits."""

    key: str
    title: Any
    state: str


def _open_basket(request: HttpRequest) -> AbstractBasket | None:
    found = visits.find_basket(request)
    return found if found is not None and found.status == found.Status.OPEN else None


@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The first step that isn't done, or the one that was asked for."""
    basket = _open_basket(request)
    if basket is None:
        return leave_to(request, "tradepost:basket")
    return _page(request, basket, step=request.GET.get("step", ""))


def _page(
    request: HttpRequest,
    basket: AbstractBasket,
    *,
    step: str = "",
    status: int = 200,
    forms: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The whole page; ``forms`` are those with errors, ``problem`` a refusal with what helps."""
    view = checkout.look(basket)
    if not view.contents.lines:
        return leave_to(request, "tradepost:basket")
    steps = _steps(view, step)
    now = next(one.key for one in steps if one.state == "now")
    context = {
        "view": view,
        "basket": basket,
        "steps": steps,
        "step": now,
        "lines": lines_of(view.contents),
        "totals": view.totals,
        "sums": sums.of_totals(view.totals),
        "hints": view.totals.hints[:HINTS],
        "why": explained.panel(view.contents.explained),
        "total": quantise(view.totals.total, view.totals.currency),
        "terms_version": checkout_settings().TERMS_VERSION,
        "shipping": next((q for q in view.shipping if q.code == view.checkout.shipping_method), None),
        "paying": paying.chosen_of(request, view.payments, view.checkout.payment_method),
        "ways": ways_of(view) if now == "delivery" else [],
        "choices": _choices(request, view) if now == "payment" else [],
        "problem": problem or _unknown_tax(view, now) or _no_point(view, now),
        **_details_forms(request, view),
        **(forms or {}),
    }
    return render(request, "tradepost/storefront/checkout.html", context, status=status)


def _choices(request: HttpRequest, view: checkout.CheckoutView) -> list[paying.Choice]:
    return paying.choices(request, view.payments, view.checkout.payment_method, phone=view.checkout.known_phone)


def _unknown_tax(view: checkout.CheckoutView, step: str) -> Mapping[str, Any] | None:
    """Why the sums have no tax, where they should have: that is said before somebody presses the button."""
    if step == "details":  # it may be the address that is missing
        return None
    errors = [error for error in view.totals.errors if error["code"] == TaxUnavailable.code]
    return {"message": errors[0]["message"], "code": TaxUnavailable.code, "on": step} if errors else None


def _no_point(view: checkout.CheckoutView, step: str) -> Mapping[str, Any] | None:
    """A method was chosen, and no pickup point with it."""
    missing = (one for one in view.requirements if one.attr == "pickup_point" and step == "delivery")
    return next(({"message": one.message, "on": step} for one in missing), None)


def _steps(view: checkout.CheckoutView, wanted: str) -> list[Step]:
    """Which step is open: the one that was asked for, but none after the first that isn't done."""
    missing = {requirement.attr for requirement in view.requirements}
    keys = [key for key, _title, _attrs in _STEPS if view.ships or key != "delivery"]
    if not view.payments and "payment" in keys:
        keys.remove("payment")  # nothing is to be paid, or the shop takes no payments here
    attrs = {key: fields for key, _title, fields in _STEPS}
    first = next((key for key in keys if attrs[key] & missing), "review")
    now = wanted if wanted in keys and keys.index(wanted) <= keys.index(first) else first
    titles = {key: title for key, title, _attrs in _STEPS}
    found = []
    for key in keys:
        done = key != "review" and keys.index(key) < keys.index(first)
        found.append(Step(key, titles[key], "now" if key == now else "done" if done else "later"))
    return found


def _details_forms(request: HttpRequest, view: checkout.CheckoutView) -> dict[str, Any]:
    """Forms filled with what was said before, else with what a customer's address book says."""
    said = view.checkout
    known = _known_addresses(visits.customer(request))
    country = {"country": visits.country(request)}
    return {
        "contact": ContactForm(initial={"email": said.email, "phone": said.phone, "tax_id": said.tax_id}),
        "shipping_form": AddressForm(
            prefix="shipping", initial=said.shipping_address or known.get("shipping") or country
        ),
        "billing_form": AddressForm(prefix="billing", initial=said.billing_address or country),
        "separate_billing": bool(said.billing_address),
    }


def _known_addresses(customer: AbstractCustomer | None) -> dict[str, dict[str, str]]:
    if customer is None:
        return {}
    book = list(customer.addresses.order_by("-is_default_shipping", "-pk")[:1])
    return {"shipping": book[0].as_postal().as_dict()} if book else {}


class StepView(View):
    """A step's form: say it to the service, and go on to the next step."""

    step = ""

    @method_decorator(never_cache)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """After "back" or a reload: the page with this step."""
        return see(f"{reverse('tradepost:checkout')}?step={self.step}")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take what was said."""
        basket = _open_basket(request)
        if basket is None:
            return leave_to(request, "tradepost:basket")
        try:
            found = self.say(request, basket)
        except BasketNotOpen:
            return leave_to(request, "tradepost:basket")
        except TradepostError as error:
            return _page(request, basket, step=self.step, status=422, problem={"message": str(error), "on": self.step})
        if isinstance(found, dict):
            return _page(request, basket, step=self.step, status=422, forms=found)
        attrs = next(attrs for key, _title, attrs in _STEPS if key == self.step)
        unmet = [requirement.message for requirement in found.requirements if requirement.attr in attrs]
        if unmet:  # a step of the project's own may refuse what was said
            problem = {"message": " ".join(unmet), "on": self.step}
            return _page(request, basket, step=self.step, status=422, problem=problem)
        return see("tradepost:checkout")

    def say(self, request: HttpRequest, basket: AbstractBasket) -> checkout.CheckoutView | dict[str, Any]:
        """Call the service; return what it says, or forms that have errors."""
        raise NotImplementedError


class DetailsView(StepView):
    """E-mail, and where to deliver and bill to."""

    step = "details"

    def say(self, request: HttpRequest, basket: AbstractBasket) -> checkout.CheckoutView | dict[str, Any]:
        separate = bool(request.POST.get("separate_billing"))
        ships = checkout.look(basket).ships
        contact = ContactForm(request.POST)
        shipping = AddressForm(request.POST, prefix="shipping")
        billing = AddressForm(request.POST, prefix="billing")
        used = [contact, *([shipping] if ships else []), *([billing] if separate else [])]
        forms: dict[str, Any] = {"contact": contact, "shipping_form": shipping, "separate_billing": separate}
        if separate:
            forms["billing_form"] = billing
        wrong = [form for form in used if not form.is_valid()]  # all are asked: each shows its errors
        if wrong:
            return forms
        try:
            return checkout.update(
                basket,
                **contact.cleaned_data,
                shipping_address=shipping.cleaned_data if ships else None,
                billing_address=billing.cleaned_data if separate else None,
            )
        except TaxIdInvalid as error:
            contact.add_error("tax_id", str(error))
            return forms


class DeliveryView(StepView):
    """How it is delivered."""

    step = "delivery"

    def say(self, request: HttpRequest, basket: AbstractBasket) -> checkout.CheckoutView | dict[str, Any]:
        method = request.POST.get("method", "")
        return checkout.update(basket, shipping_method=method, pickup_point=request.POST.get(f"point-{method}", ""))


class PaymentView(StepView):
    """How it is paid."""

    step = "payment"

    def say(self, request: HttpRequest, basket: AbstractBasket) -> checkout.CheckoutView | dict[str, Any]:
        what = paying.said(request)
        if paying.is_wrong(basket, what):
            return {}  # the page shows the form as it was posted
        paying.remember(request, what)
        return checkout.update(basket, payment_method=what.method)


@require_POST
@never_cache
def place(request: HttpRequest) -> HttpResponse:
    """Place the order. The same basket sent twice gives the same order, and is paid once."""
    form = PlaceForm(request.POST)
    basket = baskets.find_basket(uuid=_basket_uuid(form), user=request.user) if form.is_valid() else None
    if basket is None:
        return see("tradepost:basket")
    said = form.cleaned_data
    try:
        _write_down(basket, said)
        done = checkout.complete(basket, _visit(request, said))
    except BasketNotOpen as error:
        number = str(error.context.get("order") or "")
        return see("tradepost:order", number) if number else see("tradepost:basket")
    except TradepostError as error:
        return _page(request, basket, step="review", status=409, problem=problem_of(error))
    paying.forget(request)
    visits.remember_order(request, done.order.number)
    return after_payment(request, done.order, done.payment, error=str(done.error) if done.error else "")


def _write_down(basket: AbstractBasket, said: Mapping[str, Any]) -> None:
    """The note and the consent, unless an order was made of the basket: then the second click changes nothing."""
    version = checkout_settings().TERMS_VERSION
    with suppress(BasketNotOpen):
        checkout.update(basket, note=said["note"], consents={"terms": version} if said["terms"] and version else {})


def _basket_uuid(form: PlaceForm) -> UUID:
    uuid: UUID = form.cleaned_data["basket"]
    return uuid


def _visit(request: HttpRequest, said: Mapping[str, Any]) -> checkout.Visit:
    return checkout.Visit(
        expected_total=said["total"],
        expected_currency=said["currency"],
        by=visits.by(request),
        return_url=return_url(request) if payments_installed() else "",
        client_input=paying.recall(request),
        client_ip=request.META.get("REMOTE_ADDR") or None,
        language=translation.get_language() or "",
    )


def return_url(request: HttpRequest) -> str:
    """Where a provider sends the browser back to, on this very host; the library puts the payment's UUID in."""
    some = UUID(int=0)
    return request.build_absolute_uri(reverse("tradepost:payment_return", args=[some])).replace(str(some), "{payment}")


def problem_of(error: TradepostError) -> dict[str, Any]:
    """A refusal, with what the page needs to help: the short lines, both totals."""
    facts = error.context
    problem: dict[str, Any] = {"message": str(error), "code": error.code, "on": "review"}
    if "lines" in facts:
        problem["short"] = [{**line, "text": only_left(line["left"])} for line in facts["lines"]]
    if "expected" in facts and "total" in facts:
        problem["expected"], problem["now"] = facts["expected"], facts["total"]
    if error.code == "coupon_refused":
        problem["coupon"] = facts.get("coupon", "")
    return problem
