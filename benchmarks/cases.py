"""The operations that the design gives a budget of queries, through services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from tradepost import browse
from tradepost.basket import services as baskets
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare
from tradepost.orders.models import Order
from tradepost.orders.selectors import get_order
from tradepost.orders.tokens import access_token

from .measuring import Case
from .shop import Shop, found

__all__ = ["COUPON", "CRITERIA", "FEW_AND_MANY", "LINES", "MAIL", "PAGE", "cases"]

FEW_AND_MANY = (1, 100)
LINES = (1, 10, 100)
CRITERIA = {
    "product list": browse.Criteria(),
    "product list, filtered": browse.Criteria(
        category="living",
        price_min=Decimal(10),
        price_max=Decimal(80),
        in_stock=True,
        attributes={"material": ["oak", "steel"]},
    ),
    "product list by price": browse.Criteria(ordering="price"),
    "search": browse.Criteria(search="oak lamp"),
}
PAGE = 4  # versions, keys, products, prices (docs/adr)
COUPON = 3  # what a coupon adds: it is looked up, counted where it is checked, redeemed
MAIL = 6  # what the confirmation takes after the commit: it is claimed by two, written of three, and marked
_GUEST = browse.Visitor(currency="EUR")


def cases(shop: Shop) -> Iterator[Case]:
    """All of them."""
    yield from _reading(shop)
    yield from _filling(shop)
    yield from _ordering(shop)


def _again(call: Callable[[], object]) -> Callable[[], Callable[[], object]]:
    """A call that may be repeated as it is."""
    return lambda: call


def _case(operation: str, rows: int, budget: int | None, ready: Callable[[], Callable[[], object]]) -> Case:
    return Case(operation=operation, through="services", rows=rows, budget=budget, ready=ready)


def _reading(shop: Shop) -> Iterator[Case]:
    for name, criteria in CRITERIA.items():
        for rows in FEW_AND_MANY:
            yield _case(name, rows, PAGE, _again(_page(criteria, rows)))
    for variants, slug in shop.slugs.items():
        yield _case("product detail", variants, 4, _again(partial(browse.detail, slug, _GUEST)))


def _page(criteria: browse.Criteria, rows: int) -> Callable[[], object]:
    visitor = browse.Visitor(currency="EUR")
    return lambda: browse.cards(browse.find(criteria, visitor)[:rows], visitor)


def _filling(shop: Shop) -> Iterator[Case]:
    for lines in LINES:
        basket = shop.basket(lines)
        yield _case("basket", lines, 5, _again(partial(_read, basket.pk)))
        yield _case("add a line", lines, 10, partial(_add, shop, lines))
        yield _case("change a line", lines, 10, partial(_change, shop, lines, 3))
        yield _case("remove a line", lines, 10, partial(_change, shop, lines, 0))


def _add(shop: Shop, lines: int) -> Callable[[], object]:
    """As a customer whose basket has one line less."""
    basket, variant = shop.basket(lines - 1), shop.variants[lines - 1]
    return lambda: (baskets.add(basket, variant), baskets.read(basket))


def _change(shop: Shop, lines: int, quantity: int) -> Callable[[], object]:
    basket = shop.basket(lines)
    uuid = basket.lines.order_by("pk")[0].uuid
    return lambda: (baskets.set_quantity(basket, uuid, quantity), baskets.read(basket))


def _ordering(shop: Shop) -> Iterator[Case]:
    for lines in LINES:
        yield _case("place an order", lines, 20, partial(_prepare, shop, lines, coupon=False))
        yield _case("place one with coupon", lines, 20 + COUPON, partial(_prepare, shop, lines, coupon=True))
        order = prepare(shop.guest_basket(lines), Visit())
        token = access_token(order)
        yield _case("order detail", lines, 10, _again(partial(_order, order.number, token)))


def _prepare(shop: Shop, lines: int, *, coupon: bool) -> Callable[[], object]:
    return partial(prepare, shop.basket(lines, coupon=coupon), Visit())


def _read(pk: int) -> object:
    return baskets.read(found(pk))


def _order(number: str, token: str) -> object:
    order = Order.objects.with_rows().get(pk=get_order(number, user=None, token=token).pk)
    return [[line.adjustments.all() for line in order.lines.all()], order.stage]
