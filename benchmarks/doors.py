"""The same operations through the API and the storefront, by Django's test client.

A page of the storefront holds more than the budget is about. That is allowed for, by so many queries a page, however many rows
it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse

from tradepost.basket.base import AbstractBasket
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare
from tradepost.checkout.view import look
from tradepost.orders.tokens import access_token

from .cases import COUPON, FEW_AND_MANY, LINES, MAIL, PAGE
from .measuring import Case
from .shop import CHOICES, Shop

__all__ = ["by_api", "by_storefront", "place_by_api", "place_by_storefront"]

# Of a page of the storefront, beside what it is about. The menu is kept in the process, under versions.
_SESSION = _UNITS_IN_BASKET = _VERSIONS = _WAY_TO_IT = _COUNT = 1
_FACETS = 1  # where they are counted by what is in stock
_FILTERS = {
    "product list": {},
    "product list, filtered": {
        "category": "living",
        "price_min": "10",
        "price_max": "80",
        "in_stock": "true",
        "attr.material": "oak",
    },
    "search": {"search": "oak lamp"},
}


def by_api(shop: Shop) -> Iterator[Case]:
    """Calls of the API, as a guest makes them. A list has a count."""
    client = Client()
    anew = Client(headers={"Authorization": "None given"})  # who says who they are gets no kept answer

    def case(operation: str, rows: int, budget: int | None, ready: Callable[[], Callable[[], object]]) -> Case:
        return Case(operation=operation, through="api", rows=rows, budget=budget, ready=ready)

    for name, query in _FILTERS.items():
        for rows in FEW_AND_MANY:
            yield case(name, rows, PAGE + _COUNT, _get(anew, "/api/v1/products/", {**query, "page_size": str(rows)}))
    for variants, slug in shop.slugs.items():
        yield case("product detail", variants, 4, _get(anew, f"/api/v1/products/{slug}/"))
    for rows in FEW_AND_MANY:
        page = {"page_size": str(rows)}
        yield case("product list, kept", rows, 1, _kept(_get(client, "/api/v1/products/", page)))
    for variants, slug in shop.slugs.items():
        yield case("product detail, kept", variants, 2, _kept(_get(client, f"/api/v1/products/{slug}/")))
    for lines in LINES:
        yield case("basket", lines, 5, _get(client, _path(shop.guest_basket(lines))))
        yield case("add a line", lines, 9, partial(_add_by_api, client, shop, lines))
        once = partial(_complete_by_api, client, shop, lines)
        yield case("place an order, paid", lines, 22 + MAIL, partial(once, coupon=False))
        yield case("place one with coupon, paid", lines, 22 + COUPON + MAIL, partial(once, coupon=True))
        yield case("order detail", lines, 10, _get(client, *_order(shop, lines, "/api/v1/orders/{number}/")))


def by_storefront(shop: Shop) -> Iterator[Case]:
    """Pages of the storefront, as a guest opens them."""

    def case(operation: str, rows: int, budget: int | None, ready: Callable[[], Callable[[], object]]) -> Case:
        return Case(operation=operation, through="storefront", rows=rows, budget=budget, ready=ready)

    client = Client()
    yield case("product list", 100, PAGE + _COUNT + _FACETS, _get(client, reverse("tradepost:search")))
    address = reverse("tradepost:category", args=["living"])
    budget = PAGE + _COUNT + _FACETS
    yield case("product list, filtered", 100, budget, _get(client, address, {"in_stock": "1", "a.material": "oak"}))
    yield case("search", 100, PAGE + _COUNT + _FACETS, _get(client, reverse("tradepost:search"), {"q": "oak lamp"}))
    for variants, slug in shop.slugs.items():
        yield case("product detail", variants, 4 + _WAY_TO_IT, _get(client, reverse("tradepost:product", args=[slug])))
    for lines in LINES:
        basket = shop.guest_basket(lines)
        yield case(
            "basket",
            lines,
            6 + _SESSION + _UNITS_IN_BASKET,
            _get(_visitor(basket), reverse("tradepost:basket")),
        )
        yield case("checkout", lines, None, _get(_visitor(basket), reverse("tradepost:checkout")))
        yield case("place an order, paid", lines, None, partial(_complete_by_storefront, shop, lines))
        address, query = _order(shop, lines, "/orders/{number}/")
        visitor = Client()
        visitor.get(address, query)  # the link with the token; the session knows the order from now on
        yield case("order detail", lines, 10 + _SESSION + _UNITS_IN_BASKET + _VERSIONS, _get(visitor, address))


def place_by_api(client: Client, basket: AbstractBasket, total: str, **fields: Any) -> str:
    """Place an order, with what the checkout needs if that wasn't said before; its status, or the code of the refusal."""
    body = {"expected_total": {"amount": total, "currency": basket.currency}, **fields}
    answer = _post(client, f"{_path(basket)}checkout/complete/", body)
    body = answer.json()
    return str(body["order"]["status"] if answer.status_code == 201 else body["errors"][0]["code"])


def place_by_storefront(client: Client, basket: AbstractBasket, total: str) -> str:
    """The same; a refused order shows the page again."""
    data = {"basket": str(basket.uuid), "total": total, "currency": basket.currency}
    answer = client.post(reverse("tradepost:checkout_place"), data)
    if answer.status_code in {302, 303}:
        return "confirmed" if "/thanks/" in answer["Location"] else answer["Location"]
    return "out_of_stock" if answer.status_code == 409 and b"Sold out" in answer.content else str(answer.status_code)


def _get(client: Client, path: str, query: dict[str, str] | None = None) -> Callable[[], Callable[[], object]]:
    def call() -> object:
        answer = client.get(path, query or {})
        assert answer.status_code == 200, (path, answer.status_code, answer.content[:500])
        return answer

    return lambda: call


def _kept(ready: Callable[[], Callable[[], object]]) -> Callable[[], Callable[[], object]]:
    """The same, asked for before."""

    def make_ready() -> Callable[[], object]:
        ready()()
        return ready()

    return make_ready


def _post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, content_type="application/json")


def _path(basket: AbstractBasket) -> str:
    return f"/api/v1/baskets/{basket.uuid}/"


def _order(shop: Shop, lines: int, path: str) -> tuple[str, dict[str, str]]:
    order = prepare(shop.guest_basket(lines), Visit())
    return path.format(number=order.number), {"token": access_token(order)}


def _visitor(basket: AbstractBasket) -> Client:
    client = Client()
    session = client.session
    session["tradepost_basket"] = str(basket.uuid)
    session.save()
    return client


def _add_by_api(client: Client, shop: Shop, lines: int) -> Callable[[], object]:
    basket, variant = shop.guest_basket(lines - 1), shop.variants[lines - 1]

    def call() -> None:
        answer = _post(client, f"{_path(basket)}lines/", {"variant": variant.sku, "quantity": 1})
        assert answer.status_code == 201, answer.content[:500]

    return call


def _complete_by_api(client: Client, shop: Shop, lines: int, *, coupon: bool) -> Callable[[], object]:
    """By one request, of a basket at whose checkout nothing was said yet."""
    total = str(look(shop.guest_basket(lines, coupon=coupon)).totals.total)
    basket = shop.guest_basket(lines, coupon=coupon, is_told=False)
    fields = {**CHOICES, "email": f"once-{basket.pk}@example.com"}

    def call() -> None:
        assert place_by_api(client, basket, total, **fields) == "confirmed"

    return call


def _complete_by_storefront(shop: Shop, lines: int) -> Callable[[], object]:
    basket = shop.guest_basket(lines)
    total = str(look(basket).totals.total)

    def call() -> None:
        assert place_by_storefront(Client(), basket, total) == "confirmed"

    return call
