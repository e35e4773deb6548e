"""The shop's memory of a visitor between two pages: currency, country, basket, placed orders.

It is kept in the session, but for customers, whose basket and orders are their own wherever they sign in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost import browse
from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import BasketLine
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.requests.visitor_key import session_visitor, visitor_key
from tradepost.customers import services as customers
from tradepost.customers.base import AbstractCustomer
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.ports import Place
from tradepost.pricing.services import currency_for

from .conf import settings

__all__ = [
    "basket_to_fill",
    "by",
    "choose",
    "chosen_currency",
    "country",
    "currency",
    "customer",
    "find_basket",
    "forget_basket",
    "forget_basket_of",
    "guest_basket_uuid",
    "has_payable",
    "know_units",
    "may_pay",
    "may_see",
    "placed_orders",
    "remember_basket",
    "remember_order",
    "remember_payable",
    "units_in_basket",
    "visitor",
    "waiting_order",
]

T = TypeVar("T")
BASKET, CURRENCY, COUNTRY, ORDERS, PAYABLE = (
    f"tradepost_{name}" for name in ("basket", "currency", "country", "orders", "payable")
)
_ORDERS_KEPT = 20
_BOUND = 16  # characters of the order's stored hash: who revokes its links ends what sessions may, too


def currency(request: HttpRequest) -> str:
    """In which prices are shown: the visitor's choice while it is on offer, else that of their country."""
    return chosen_currency(request) or currency_for(country(request))


def chosen_currency(request: HttpRequest) -> str:
    """The currency that the visitor chose, while it is on offer; else empty."""
    chosen = request.session.get(CURRENCY)
    return str(chosen) if chosen in pricing_settings().CURRENCIES else ""


def country(request: HttpRequest) -> str:
    """Where the visitor said they are; the shop's default before."""
    return str(request.session.get(COUNTRY) or settings().COUNTRY)


def choose(request: HttpRequest, *, currency: str, country: str) -> None:
    """Keep the visitor's choice for later pages; an empty currency follows the country."""
    request.session[CURRENCY] = currency
    request.session[COUNTRY] = country


def customer(request: HttpRequest) -> AbstractCustomer | None:
    """The signed-in customer; None for guests, and for users who never bought. Looked up once for each request."""
    return _once(request, "customer", lambda: customers.find_customer(request.user))


def visitor(request: HttpRequest) -> browse.Visitor:
    """For whom this page looks up prices."""
    return _once(
        request,
        "visitor",
        lambda: browse.Visitor(
            currency=currency(request),
            channel=settings().CHANNEL,
            place=Place(country=country(request)),
            customer=customer(request),
        ),
    )


def by(request: HttpRequest) -> By:
    """Who acts: in the shop everybody is a customer, staff too."""
    user: Any = request.user
    if user.is_authenticated:
        return By(Actor.CUSTOMER, user.pk, str(user.get_username()))
    return By(Actor.CUSTOMER, label=str(_("Guest")))


def find_basket(request: HttpRequest) -> AbstractBasket | None:
    """The visitor's basket, open or submitted; nothing is made."""
    if request.user.is_authenticated:
        return baskets.find_basket(user=request.user, channel=settings().CHANNEL)
    uuid = guest_basket_uuid(request)
    basket = baskets.find_basket(uuid=uuid, user=request.user) if uuid else None
    return basket if basket and (basket.allows.is_open or basket.allows.is_submitted) else None


def basket_to_fill(request: HttpRequest) -> AbstractBasket:
    """An open basket of this visitor, made if need be: one that became an order isn't added to."""
    if request.user.is_authenticated:
        return baskets.basket_of(
            customers.customer_for(request.user), currency=currency(request), channel=settings().CHANNEL
        )
    basket = find_basket(request)
    if basket is None or not basket.allows.is_open:
        basket = baskets.open_basket(
            currency=currency(request),
            channel=settings().CHANNEL,
            country=country(request),
            visitor_key=visitor_key(session_visitor(request, make=True)),
        )
        remember_basket(request, basket)
    return basket


def remember_basket(request: HttpRequest, basket: AbstractBasket) -> None:
    """Make it this visitor's basket."""
    request.session[BASKET] = str(basket.uuid)


def forget_basket(request: HttpRequest) -> None:
    """The visitor has no basket any more."""
    request.session.pop(BASKET, None)


def forget_basket_of(request: HttpRequest, order: AbstractOrder) -> None:
    """The basket that became this order is closed; a newer one stays."""
    uuid = guest_basket_uuid(request)
    if uuid is not None and str(uuid) in (order.source_key or ""):
        forget_basket(request)


def guest_basket_uuid(request: HttpRequest) -> UUID | None:
    """The UUID of a guest's basket, by the session."""
    return _uuid(request.session.get(BASKET))


def units_in_basket(request: HttpRequest) -> int:
    """Units in the visitor's open basket, by one query unless the page knows them; none where there can't be a basket."""
    return _once(request, "units", lambda: _units(request))


def know_units(request: HttpRequest, units: int) -> None:
    """The page has read the open basket: it needn't be counted again."""
    _once(request, "units", lambda: units)


def _units(request: HttpRequest) -> int:
    lines = BasketLine.objects.filter(basket__status="open", basket__is_draft=False, basket__channel=settings().CHANNEL)
    if request.user.is_authenticated:
        lines = lines.filter(basket__customer__user=request.user.pk)
    elif uuid := guest_basket_uuid(request):
        lines = lines.filter(basket__uuid=uuid, basket__customer=None)
    else:
        return 0
    return int(lines.aggregate(units=Sum("quantity"))["units"] or 0)


def remember_order(request: HttpRequest, order: AbstractOrder) -> None:
    """Let this session see an order and act as its buyer, so that its pages need no token in their addresses."""
    _remember(request, ORDERS, order)


def remember_payable(request: HttpRequest, order: AbstractOrder) -> None:
    """Let this session pay an order, and see no more of it than that needs."""
    _remember(request, PAYABLE, order)


def placed_orders(request: HttpRequest) -> list[str]:
    """Numbers of the orders that this session may see: those placed in it, and those whose link was followed."""
    return list(_known_orders(request, ORDERS))


def may_see(request: HttpRequest, order: AbstractOrder) -> bool:
    """Whether this session may see an order; not any more once the order's links were revoked."""
    return _is_known(request, ORDERS, order)


def may_pay(request: HttpRequest, order: AbstractOrder) -> bool:
    """Whether a link to pay this order was followed in this session."""
    return _is_known(request, PAYABLE, order)


def has_payable(request: HttpRequest, number: str) -> bool:
    """Whether it is worth looking: :func:`may_pay` decides."""
    return number in _known_orders(request, PAYABLE)


def _remember(request: HttpRequest, name: str, order: AbstractOrder) -> None:
    others = [[number, bound] for number, bound in _known_orders(request, name).items() if number != order.number]
    request.session[name] = [*others, [order.number, order.access_token_hash[:_BOUND]]][-_ORDERS_KEPT:]


def _known_orders(request: HttpRequest, name: str) -> dict[str, str]:
    """By number, what binds the right to the order's links."""
    entries = request.session.get(name)
    pairs = [e for e in entries if isinstance(e, list) and len(e) == 2] if isinstance(entries, list) else []
    return {str(number): str(bound) for number, bound in pairs}


def _is_known(request: HttpRequest, name: str, order: AbstractOrder) -> bool:
    bound = _known_orders(request, name).get(order.number)
    return bool(bound) and bound == order.access_token_hash[:_BOUND]


def waiting_order(request: HttpRequest) -> AbstractOrder | None:
    """The latest order of this visitor that is still to be paid; asked for only where there can be one."""
    numbers = placed_orders(request)
    if not numbers and not request.user.is_authenticated:
        return None
    mine = Q(number__in=numbers)
    if request.user.is_authenticated:
        mine |= Q(customer__user=request.user.pk)
    unpaid = Order.objects.that("awaits_payment").filter(mine, amount_secured=0)
    return unpaid.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())).order_by("-pk").first()


def _once(request: HttpRequest, name: str, make: Callable[[], T]) -> T:
    kept = request.__dict__.setdefault("_tradepost", {})
    if name not in kept:
        kept[name] = make()
    return cast("T", kept[name])


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def tell_left_out(request: HttpRequest, basket: AbstractBasket) -> None:
    """Say on the next page what couldn't come along into a basket."""
    for left_out in basket.left_out:
        messages.warning(request, str(left_out.message), fail_silently=True)
