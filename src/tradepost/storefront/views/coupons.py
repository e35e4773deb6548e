"""Coupon codes, entered on the basket's page or at the checkout."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.core.access import OWN
from tradepost.core.errors import TradepostError
from tradepost.core.requests import rate_limits

from .. import session
from ..redirects import (
    leave_to,
    local_url,
    refusing,
    see,
)
from .base import ActionView, page
from .basket import BasketView
from .checkout import CheckoutView

__all__ = ["CouponView"]


class CouponView(ActionView):
    """Enter a code, or take one out (``remove``); back to the page that ``next`` names."""

    access = OWN

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add or remove it; a refusal stands beside the field."""
        basket = session.find_basket(request)
        if basket is None:
            return leave_to(request, "tradepost:basket")
        entered, removed = (request.POST.get(key, "").replace("\0", "").strip()[:40] for key in ("code", "remove"))
        try:
            if removed:
                baskets.remove_coupon(basket, removed)
            elif entered:
                rate_limits.count("guess", request)
                baskets.add_coupon(basket, entered)
        except TradepostError as error:
            return refusing(_with_problem(request, basket, entered, str(error)), error)
        return see(local_url(request, request.POST.get("next"), "tradepost:basket"))


def _with_problem(request: HttpRequest, basket: AbstractBasket, code: str, problem: str) -> HttpResponse:
    """The page that the code was entered on."""
    if request.POST.get("next") == reverse("tradepost:checkout") and basket.allows.is_open:
        shown = page(request, "checkout", CheckoutView)
        return shown.render(basket=basket, on="coupon", code=code, coupon_problem=problem)
    return page(request, "basket", BasketView).render(problem=problem, on="coupon", code=code)
