"""Baskets: a guest's by its UUID, the customer's own at ``basket/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost import browse
from tradepost.api.callers.visitors import country_of, sees_promotions
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers.basket import BasketPage, LineOfPage
from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.catalogue.selectors import variant_by_sku
from tradepost.checkout.services.prepare import order_of
from tradepost.core.access import ANYONE, OWN, SIGNED_IN
from tradepost.core.errors import Invalid, NotFound
from tradepost.core.requests.visitor_key import session_visitor, visitor_key
from tradepost.customers.services import customer_for
from tradepost.pricing.services import currency_for

from .base import TradepostViewSet
from .checkout import CheckoutActions

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["UUID_REGEX", "BasketViewSet", "LineOfPage", "OwnBasketViewSet", "picture_of"]

UUID_REGEX = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_LINE = OpenApiParameter("line", UUID, OpenApiParameter.PATH, description="UUID of the line.")
_CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="The coupon's code.")


class BasketActions(CheckoutActions, TradepostViewSet):
    """The actions on a basket; subclasses say which basket it is."""

    tag = "baskets"
    access = {
        **CheckoutActions.access,
        "retrieve": OWN,
        "partial_update": OWN,
        "lines": OWN,
        "line": OWN,
        "remove_line": OWN,
        "coupons": OWN,
        "remove_coupons": OWN,
        "coupon": OWN,
        "explain": OWN,
    }
    serializer_keys = {"explain": "basket.Explanation", "": "basket.Basket"}
    scopes = {"coupons": "guess", "complete": "complete"}
    pagination_class = None

    def page(self, basket: AbstractBasket, *, status: int = 200) -> Response:
        """The answer to whatever was done with a basket: the whole of it, as it is now; for a read what it asks for."""
        if self.sources("basket.Basket").include("lines", "totals"):
            return self.shown(services.read(basket), status=status)
        page = BasketPage(basket, [], None, self._order(basket))
        return self.written("basket.Basket", page, status=status, currency=basket.currency)

    def shown(self, view: services.BasketView, *, status: int = 200) -> Response:
        """A basket that was read, as JSON."""
        basket = view.basket
        lines = [LineOfPage(line, picture_of(line)) for line in view.lines]
        page = BasketPage(basket, lines, view.totals, self._order(basket))
        return self.written("basket.Basket", page, status=status, currency=basket.currency)

    def _order(self, basket: AbstractBasket) -> str:
        is_asked = not basket.allows.is_open and self.sources("basket.Basket").include("order")
        order = order_of(basket) if is_asked else None
        return order.number if order else ""

    @extend_schema(summary="A basket", responses="basket.Basket")
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """With its lines, what they come to, and how many units are left."""
        return self.page(self.get_basket())

    @extend_schema(
        summary="Change a basket's currency or country",
        request="basket.New",
        responses="basket.Basket",
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Refused where a line has no price in the other currency."""
        data, basket = self.read("basket.New"), self.get_basket()
        if "country" in data:
            basket = services.set_country(basket, data["country"])
        if "currency" in data:
            basket = services.set_currency(basket, data["currency"].upper())
        return self.page(basket)

    @extend_schema(
        summary="Add to a basket",
        request="basket.AddLine",
        responses={201: "basket.Basket"},
    )
    @action(detail=True, methods=["post"])
    def lines(self, request: Request, **kwargs: Any) -> Response:
        """Add units of a variant with the same options; the answer is the basket."""
        data, basket = self.read("basket.AddLine"), self.get_basket()
        variant = variant_by_sku(data["variant"])
        if variant is None:
            raise Invalid(_("There is no such variant."), attr="variant", sku=data["variant"])
        view = services.add_and_read(basket, variant, data["quantity"], options=data["options"])
        return self.shown(view, status=201)

    @extend_schema(
        summary="Change a line's quantity",
        parameters=[_LINE],
        request="basket.ChangeLine",
        responses="basket.Basket",
    )
    @action(detail=True, methods=["patch"], url_path=f"lines/(?P<line>{UUID_REGEX})", url_name="line")
    def line(self, request: Request, line: str, **kwargs: Any) -> Response:
        """0 removes it."""
        data, basket = self.read("basket.ChangeLine"), self.get_basket()
        services.set_quantity(basket, line, data["quantity"])
        return self.page(basket)

    @extend_schema(summary="Remove a line", parameters=[_LINE], responses="basket.Basket")
    @line.mapping.delete
    def remove_line(self, request: Request, line: str, **kwargs: Any) -> Response:
        """The answer is the basket."""
        basket = self.get_basket()
        services.remove(basket, line)
        return self.page(basket)

    @extend_schema(
        summary="Enter a coupon",
        request="basket.CouponCode",
        responses={201: "basket.Basket"},
    )
    @action(detail=True, methods=["post"])
    def coupons(self, request: Request, **kwargs: Any) -> Response:
        """One that is valid is kept; `coupons` says whether it has an effect, and `explain/` why it has none."""
        data, basket = self.read("basket.CouponCode"), self.get_basket()
        return self.page(services.add_coupon(basket, data["code"]), status=201)

    @extend_schema(summary="Remove all coupons", responses="basket.Basket")
    @coupons.mapping.delete
    def remove_coupons(self, request: Request, **kwargs: Any) -> Response:
        """The answer is the basket."""
        basket = self.get_basket()
        for code in list(basket.coupon_codes):
            basket = services.remove_coupon(basket, code)
        return self.page(basket)

    @extend_schema(summary="Remove a coupon", parameters=[_CODE], responses="basket.Basket")
    @action(detail=True, methods=["delete"], url_path=r"coupons/(?P<code>[^/]{1,40})", url_name="coupon")
    def coupon(self, request: Request, code: str, **kwargs: Any) -> Response:
        """The answer is the basket."""
        return self.page(services.remove_coupon(self.get_basket(), code))

    @extend_schema(summary="Explain a basket's total", responses="basket.Explanation")
    @action(detail=True, methods=["get"])
    def explain(self, request: Request, **kwargs: Any) -> Response:
        """Every step of the checkout's total, delivery included, by line and charge; what did not apply is in `refused`.

        Of promotions without a code customers are told only what a hint tells; staff who may see promotions are told all.
        """
        explanation = services.explain(self.get_basket())
        if not sees_promotions(request.user):
            explanation = services.for_customers(explanation)
        return self.written("basket.Explanation", explanation, currency=explanation.totals.currency)


class BasketViewSet(BasketActions):
    """A guest's basket is whoever's has its UUID; a customer's own needs that customer."""

    access = {**BasketActions.access, "create": ANYONE}
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX

    def get_basket(self) -> AbstractBasket:
        """By its UUID.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        basket = services.find_basket(uuid=self.kwargs["uuid"], user=self.request.user)
        if basket is None:
            raise NotFound(_("There is no such basket."))
        return basket

    @extend_schema(
        summary="Create a basket",
        request="basket.New",
        responses={201: "basket.Basket"},
    )
    def create(self, request: Request) -> Response:
        """A guest's new one; who is signed in is given their open one."""
        data = self.read("basket.New")
        country = country_of(data.get("country", ""))
        currency = data.get("currency", "").upper() or currency_for(country)
        if request.user.is_authenticated:
            return self.page(services.basket_of(customer_for(request.user), currency=currency), status=201)
        visitor = visitor_key(session_visitor(request))
        return self.page(services.open_basket(currency=currency, country=country, visitor_key=visitor), status=201)


class OwnBasketViewSet(BasketActions):
    """The open basket of who is signed in."""

    singleton = True
    access = dict.fromkeys([*BasketActions.access, "merge"], SIGNED_IN)

    def get_basket(self) -> AbstractBasket:
        """Made at the first call."""
        basket = services.find_basket(user=self.request.user)  # with its customer, by one query
        return basket or services.basket_of(customer_for(self.request.user))

    @extend_schema(
        summary="Take over a guest's basket",
        request="basket.Merge",
        responses="basket.Basket",
    )
    @action(detail=True, methods=["post"])
    def merge(self, request: Request) -> Response:
        """After signing in: its lines and coupons move into the customer's own."""
        data = self.read("basket.Merge")
        return self.page(services.sign_in(data["basket"], customer_for(request.user)))


def picture_of(line: services.ViewLine) -> browse.Picture | None:
    """The picture of a line's product; ``None`` where it has none."""
    return browse.Picture.of(dict(line.picture) if line.picture else None, alt=line.product.name)
