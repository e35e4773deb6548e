"""The basket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradepost import browse
from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.services import ViewLine
from tradepost.catalogue.base import AbstractVariant
from tradepost.catalogue.selectors import variant_by_sku
from tradepost.core.access import ANYONE, OWN
from tradepost.core.errors import TradepostError
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.document import LineRow
from tradepost.pricing.services import currency_for

from .. import (
    explanation,
    session,
    totals_table,
)
from ..conf import settings
from ..countries import country_choices
from ..forms import AddForm
from ..redirects import (
    leave_to,
    local_url,
    see,
)
from .base import ActionView, PageView, page
from .products import ProductView

__all__ = [
    "HINTS",
    "AddView",
    "BasketView",
    "Line",
    "LineView",
    "PreferencesView",
    "coupons_of",
    "lines_of",
    "only_left",
]

HINTS = 2  # on a page


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the basket shows it.

    Attributes:
        units_left: Units that can be had, where they are fewer than asked for; None where all is well.
        problem: Why it can't be bought as it is.
    """

    row: ViewLine
    picture: browse.Picture | None
    units_left: int | None
    problem: str

    @property
    def sums(self) -> LineRow:
        """Its amounts."""
        return self.row.row


def lines_of(view: baskets.BasketView) -> list[Line]:
    """The lines of a basket that was read, with pictures and what is wrong with each."""
    refused = {str(error.get("line", "")): str(error["message"]) for error in view.totals.errors}
    lines = []
    for line in view.lines:
        units_left = _left(line, view.demand)
        problem = refused.get(str(line.uuid), "") if units_left is None else only_left(units_left)
        lines.append(Line(line, browse.Picture.of(line.picture, alt=line.product.name), units_left, problem))
    return lines


def _left(line: ViewLine, demand: Mapping[int, int]) -> int | None:
    """Count the units that this line can have where all lines of its variant ask for too much; None where they don't."""
    if line.available is None or demand[line.variant.pk] <= line.available:
        return None
    return max(0, line.available - (demand[line.variant.pk] - line.quantity))


def only_left(units: int) -> str:
    """A sentence about a short line."""
    if units <= 0:
        return _("Sold out.")
    return ngettext("Only %(n)s left.", "Only %(n)s left.", units) % {"n": units}


class BasketView(PageView):
    """The visitor's basket, also with a refusal beside its cause."""

    access = OWN
    template_name = "tradepost/storefront/basket.html"

    def get_context(self, *, problem: str = "", on: str = "", code: str = "", **facts: Any) -> dict[str, Any]:
        """The open basket with all that it comes to; an order that waits to be paid.

        Args:
            problem: A refusal.
            on: What it is about: a line's UUID, or ``"coupon"``.
            code: The coupon code that was typed.
        """
        request = self.request
        basket = session.find_basket(request)
        facts |= {"problem": problem, "on": on, "code": code, "waiting": session.waiting_order(request)}
        if basket is not None and basket.allows.is_open:
            facts |= _contents(request, basket)
        return super().get_context(**facts)


def _contents(request: HttpRequest, basket: AbstractBasket) -> dict[str, Any]:
    view = baskets.read(basket, shipping=True)  # for what is missing to a free delivery
    session.know_units(request, view.units)
    lines = lines_of(view)
    return {
        "basket": basket,
        "lines": lines,
        "totals": view.totals,
        "sums": totals_table.of_totals(view.totals),
        "coupons": coupons_of(view),
        "hints": view.totals.hints[:HINTS],
        "why": explanation.panel(view.explained) if lines else None,
        "can_check_out": bool(lines) and not any(line.problem for line in lines),
    }


def coupons_of(view: baskets.BasketView) -> list[dict[str, str]]:
    """Each code that was entered, and why it has no effect where it has none."""
    coupons = []
    for code in view.basket.coupon_codes:
        whys = [str(entry.why) for entry in view.totals.trail if entry.coupon == code and not entry.applied]
        why = "" if code in view.totals.coupons else (whys[0] if whys else _("It has no effect on your basket."))
        coupons.append({"code": code, "why": why})
    return coupons


class AddView(ActionView):
    """Put units of a variant into the basket; back to its product."""

    access = ANYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add what the form says."""
        form = AddForm(request.POST)
        variant = _variant(form)
        quantity = form.cleaned_data.get("quantity") or 1
        shown = page(request, "product", ProductView, slug=variant.product.slug)
        if form.errors:
            return shown.render(sku=variant.sku, problem=str(form.errors["quantity"][0]), status=422)
        try:
            baskets.add(session.basket_to_fill(request), variant, quantity)
        except TradepostError as error:
            return shown.render(sku=variant.sku, problem=str(error), quantity=quantity, status=409)
        done = _("%(name)s has been added to your basket.") % {"name": variant.product.name}
        link = format_html('{} <a href="{}">{}</a>', done, reverse("tradepost:basket"), _("View product"))
        messages.success(request, link)
        return see(f"{reverse('tradepost:product', args=[variant.product.slug])}?sku={variant.sku}")


def _variant(form: AddForm) -> AbstractVariant:
    form.is_valid()
    sku = form.cleaned_data.get("sku", "")
    variant = variant_by_sku(sku, public=True) if sku else None
    if variant is None:
        raise Http404("There is no such variant.")
    return variant


class LineView(ActionView):
    """Change a line; 0 takes it out. From the checkout's page one goes back there."""

    access = OWN

    def post(self, request: HttpRequest, line: UUID) -> HttpResponse:
        """Set its quantity."""
        basket = session.find_basket(request)
        if basket is None:
            return leave_to(request, "tradepost:basket")
        shown = page(request, "basket", BasketView)
        text = request.POST.get("quantity", "")
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            return shown.render(problem=_("Enter a number."), on=str(line), status=422)
        try:
            baskets.set_quantity(basket, line, int(text))
        except TradepostError as error:
            return shown.render(problem=str(error), on=str(line), status=409)
        return see(local_url(request, request.POST.get("next"), "tradepost:basket"))


class PreferencesView(ActionView):
    """Choose currency and country; an open basket follows, unless something in it has no price there.

    The form always sends both: a currency other than the one that was shown is a choice, and stays when the country changes.
    """

    access = ANYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice."""
        chosen, country = request.POST.get("currency", ""), request.POST.get("country", "")
        if chosen not in pricing_settings().CURRENCIES or chosen == session.currency(request):
            chosen = session.chosen_currency(request)
        if country not in dict(country_choices()):
            country = ""
        currency = chosen or currency_for(country or settings().COUNTRY)
        basket = session.find_basket(request)
        if basket is not None and basket.allows.is_open:
            try:
                if country != basket.country:
                    baskets.set_country(basket, country)
                if currency != basket.currency:
                    baskets.set_currency(basket, currency)
            except TradepostError as error:
                messages.error(request, str(error))
                chosen = basket.currency
        session.choose(request, currency=chosen, country=country)
        return see(local_url(request, request.POST.get("next"), "tradepost:home"))
