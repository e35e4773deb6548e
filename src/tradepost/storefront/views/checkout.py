"""The checkout: one address with all its pages (``TRADEPOST_STOREFRONT["CHECKOUT_PAGES"]``), and where the order is placed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.checkout import services as checkout
from tradepost.checkout.view import payments_installed
from tradepost.core.access import OWN
from tradepost.core.errors import TradepostError
from tradepost.core.requests import rate_limits
from tradepost.core.requests.client_address import client_address
from tradepost.pricing.errors import TaxUnavailable

from .. import (
    explanation,
    payment_choice,
    session,
    totals_table,
)
from ..conf import checkout_pages
from ..forms import PlaceForm
from ..ports import CheckoutPage
from ..redirects import (
    leave_to,
    refusing,
    see,
)
from .base import ActionView, PrivatePageView, page
from .basket import HINTS, coupons_of, lines_of, only_left
from .orders import after_payment

__all__ = ["CheckoutPageView", "CheckoutView", "PlaceView", "Step", "problem_of", "return_url"]


@dataclass(frozen=True, slots=True)
class Step:
    """A page in its place.

    Attributes:
        key: The page's.
        title: The page's.
        state: ``now`` is open, ``done`` is shown in short, ``later`` waits.
        page: Itself, with its templates.
    """

    key: str
    title: Any
    state: str
    page: CheckoutPage


def _open_basket(request: HttpRequest) -> AbstractBasket | None:
    basket = session.find_basket(request)
    return basket if basket is not None and basket.allows.is_open else None


class CheckoutView(PrivatePageView):
    """All pages of the checkout; the first that isn't done is open, or the one that was asked for."""

    access = OWN
    template_name = "tradepost/storefront/checkout.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The checkout of the visitor's basket."""
        basket = _open_basket(request)
        if basket is None:
            return leave_to(request, "tradepost:basket")
        return self.render(basket=basket, step=request.GET.get("step", ""))

    def render(self, *, status: int = 200, **facts: Any) -> HttpResponse:
        """An empty basket has no checkout."""
        facts["view"] = checkout.look(facts["basket"])
        if not facts["view"].contents.lines:
            return leave_to(self.request, "tradepost:basket")
        return super().render(status=status, **facts)

    def get_context(
        self,
        *,
        step: str = "",
        forms: Mapping[str, Any] | None = None,
        problem: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> dict[str, Any]:
        """The context of all pages, then of each of them.

        Args:
            step: Key of the page that was asked for.
            forms: Forms with errors, by their names in the context.
            problem: A refusal with what helps; ``on`` is the key of its page.
        """
        view: checkout.CheckoutView = facts["view"]
        steps = _steps(view, step)
        now = next(entry.key for entry in steps if entry.state == "now")
        context: dict[str, Any] = {
            "steps": steps,
            "step": now,
            "lines": lines_of(view.contents),
            "totals": view.totals,
            "sums": totals_table.of_totals(view.totals),
            "hints": view.totals.hints[:HINTS],
            "coupons": coupons_of(view.contents),
            "coupon_next": reverse("tradepost:checkout"),
            "why": explanation.panel(view.contents.explained),
            "cannot_be_paid": view.needs_payment and not view.payments,
            "problem": problem or _unknown_tax(view, now) or _no_point(view, now),
        }
        for entry in steps:
            context |= entry.page.get_context(self.request, view, is_open=entry.key == now)
        return super().get_context(**{**facts, **context, **(forms or {})})


def _unknown_tax(view: checkout.CheckoutView, step: str) -> Mapping[str, Any] | None:
    """Why the sums have no tax, where they should have: that is said before somebody presses the button."""
    if step == "details":  # it may be the address that is missing
        return None
    errors = [error for error in view.totals.errors if error["code"] == TaxUnavailable.code]
    return {"message": errors[0]["message"], "code": TaxUnavailable.code, "on": step} if errors else None


def _no_point(view: checkout.CheckoutView, step: str) -> Mapping[str, Any] | None:
    """A method was chosen, and no pickup point with it."""
    if step != "delivery":
        return None
    missing = (requirement for requirement in view.requirements if requirement.attr == "pickup_point")
    return next(({"message": requirement.message, "on": step} for requirement in missing), None)


def _steps(view: checkout.CheckoutView, key: str) -> list[Step]:
    """Which page is open: the one that was asked for, but none after the first that isn't done."""
    pages = [shown for shown in checkout_pages() if shown.is_shown(view)]
    first = next((place for place, shown in enumerate(pages) if not shown.is_done(view)), len(pages) - 1)
    now = next((place for place, shown in enumerate(pages[: first + 1]) if shown.key == key), first)
    return [
        Step(shown.key, shown.title, "now" if place == now else "done" if place < first else "later", shown)
        for place, shown in enumerate(pages)
    ]


def _page_of(key: str) -> CheckoutPage:
    for declared in checkout_pages():
        if declared.key == key and not declared.places_order:
            return declared
    raise Http404("The checkout has no such page.")


@method_decorator(never_cache, name="dispatch")
class CheckoutPageView(ActionView):
    """The form of one page: taken by that page, and on to the next."""

    access = OWN

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """After "back" or a reload: the checkout with this page."""
        return see(f"{reverse('tradepost:checkout')}?step={_page_of(key).key}")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Take what was said."""
        declared, basket = _page_of(key), _open_basket(request)
        if basket is None:
            return leave_to(request, "tradepost:basket")
        shown = page(request, "checkout", CheckoutView)
        try:
            taken = declared.accept(request, basket)
        except BasketNotOpen:
            return leave_to(request, "tradepost:basket")
        except TradepostError as error:
            return shown.render(basket=basket, step=key, status=422, problem={"message": str(error), "on": key})
        if isinstance(taken, Mapping):
            return shown.render(basket=basket, step=key, status=422, forms=taken)
        unmet = [missing.message for missing in taken.requirements if missing.attr in declared.requirements]
        if unmet:  # a requirement of the project's own may refuse what was said
            return shown.render(basket=basket, step=key, status=422, problem={"message": " ".join(unmet), "on": key})
        return see("tradepost:checkout")


@method_decorator(never_cache, name="dispatch")
class PlaceView(ActionView):
    """Place the order. The same basket sent twice gives the same order, and is paid once."""

    access = OWN

    def post(self, request: HttpRequest) -> HttpResponse:
        """Place it, and begin to pay."""
        form = PlaceForm(request.POST)
        basket = baskets.find_basket(uuid=_basket_uuid(form), user=request.user) if form.is_valid() else None
        if basket is None:
            return see("tradepost:basket")
        last, shown = checkout_pages()[-1], page(request, "checkout", CheckoutView)
        try:
            with suppress(BasketNotOpen):  # an order was made of it: then the second click changes nothing
                taken = last.accept(request, basket)
                if isinstance(taken, Mapping):
                    return shown.render(basket=basket, step=last.key, status=422, forms=taken)
            rate_limits.count("complete", request)
            done = checkout.complete(basket, _visit(request, form.cleaned_data))
        except BasketNotOpen as error:
            number = str(error.context.get("order") or "")
            return see("tradepost:order", number) if number else see("tradepost:basket")
        except TradepostError as error:
            problem = problem_of(error, on=last.key)
            return refusing(shown.render(basket=basket, step=last.key, problem=problem), error)
        payment_choice.forget(request)
        if done.is_new or session.guest_basket_uuid(request) == basket.uuid:  # its UUID alone opens no order
            session.remember_order(request, done.order)
        return after_payment(request, done.order, done.payment, error=str(done.error) if done.error else "")


def _basket_uuid(form: PlaceForm) -> UUID:
    uuid: UUID = form.cleaned_data["basket"]
    return uuid


def _visit(request: HttpRequest, values: Mapping[str, Any]) -> checkout.Visit:
    return checkout.Visit(
        expected_total=values["total"],
        expected_currency=values["currency"],
        by=session.by(request),
        return_url=return_url(request) if payments_installed() else "",
        client_input=payment_choice.recall(request),
        client_ip=client_address(request),
        language=translation.get_language() or "",
        source="storefront",
    )


def return_url(request: HttpRequest) -> str:
    """Where a provider sends the browser back to, on this very host; the library puts the payment's UUID in."""
    some = UUID(int=0)
    return request.build_absolute_uri(reverse("tradepost:payment_return", args=[some])).replace(str(some), "{payment}")


def problem_of(error: TradepostError, *, on: str = "review") -> dict[str, Any]:
    """A refusal, with what the page needs to help: the short lines, both totals."""
    facts = error.context
    problem: dict[str, Any] = {"message": str(error), "code": error.code, "on": on}
    if "lines" in facts:
        problem["short"] = [{**line, "text": only_left(line["left"])} for line in facts["lines"]]
    if "expected" in facts and "total" in facts:
        problem["expected"], problem["now"] = facts["expected"], facts["total"]
    if error.code == "coupon_refused":
        problem["coupon"] = facts.get("coupon", "")
    return problem
