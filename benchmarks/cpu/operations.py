"""Operations of a shop by its API; the same ones on each shop, in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .sites import Site, Visitor

__all__ = ["OPERATIONS", "Operation", "Salesman", "Shop", "Tradepost"]

LINES = 10
DEEP = 400
ADDRESS = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
FIELDS: dict[str, Any] = {
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "shipping_method": "parcel",
    "payment_method": "cod",
}
Act = Callable[[], object]


class Shop(Protocol):
    """A shop by its API. Each method prepares, unmeasured, and gives what is measured."""

    def page(self, number: int, *, is_kept: bool = False) -> Act:
        """A page of the list of goods, which a shop may have kept or has to make anew."""

    def search(self) -> Act:
        """Goods by two words."""

    def product(self, *, is_kept: bool = False) -> Act:
        """One article, likewise."""

    def basket(self) -> Act:
        """A guest's basket with its totals."""

    def add(self) -> Act:
        """One line more in it, the new totals answered."""

    def place(self) -> Act:
        """An order of it, with e-mail, address, delivery and payment."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.

    Attributes:
        writes: Each act needs a basket of its own.
    """

    name: str
    prepare: Callable[[Shop], Act]
    writes: bool = False


OPERATIONS = (
    Operation("list page", lambda shop: shop.page(1)),
    Operation("list from cache", lambda shop: shop.page(1, is_kept=True)),
    Operation("deep page", lambda shop: shop.page(DEEP)),
    Operation("search", lambda shop: shop.search()),
    Operation("product", lambda shop: shop.product()),
    Operation("product from cache", lambda shop: shop.product(is_kept=True)),
    Operation(f"basket of {LINES}", lambda shop: shop.basket()),
    Operation("add a line", lambda shop: shop.add(), writes=True),
    Operation("place an order", lambda shop: shop.place(), writes=True),
)


class Tradepost:
    """This library, at whatever build."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._trial: tuple[bool, str] | None = None

    def page(self, number: int, *, is_kept: bool = False) -> Act:
        """A page of 24."""
        return _get(self.site, f"/api/v1/products/?page_size=24&page={number}", is_kept=is_kept)

    def search(self) -> Act:
        """By material and name."""
        return _get(self.site, "/api/v1/products/?page_size=24&search=oak+lamp")

    def product(self, *, is_kept: bool = False) -> Act:
        """With variants, prices, stock and pictures."""
        return _get(self.site, "/api/v1/products/goods-7/", is_kept=is_kept)

    def basket(self) -> Act:
        """With promotions, taxes and coupons."""
        visitor, path = self._filled(LINES)
        return lambda: visitor.call("GET", path)

    def add(self) -> Act:
        """The answer is the basket."""
        visitor, path = self._filled(LINES - 1)
        body = json.dumps({"variant": f"GOODS-{LINES}-0", "quantity": 1})
        return lambda: visitor.call("POST", f"{path}lines/", body, expect=201)

    def place(self) -> Act:
        """In one request where the build takes the checkout's fields with it, in two where it doesn't."""
        if self._trial is None:
            self._trial = self._try_to_place()
        at_once, total = self._trial
        visitor, path = self._filled(LINES)
        complete = {"expected_total": {"amount": total, "currency": "EUR"}}
        if at_once:
            body = json.dumps(FIELDS | complete)
            return lambda: visitor.call("POST", f"{path}checkout/complete/", body, expect=201)

        def two_requests() -> None:
            visitor.call("PATCH", f"{path}checkout/", json.dumps(FIELDS))
            visitor.call("POST", f"{path}checkout/complete/", json.dumps(complete), expect=201)

        return two_requests

    def _try_to_place(self) -> tuple[bool, str]:
        """Whether one request places an order, and what one costs."""
        visitor, path = self._filled(LINES)
        view = json.loads(visitor.call("PATCH", f"{path}checkout/", json.dumps(FIELDS)))
        total = view["totals"]["total"]
        visitor, path = self._filled(LINES)
        try:
            visitor.call(
                "POST", f"{path}checkout/complete/", json.dumps(FIELDS | {"expected_total": total}), expect=201
            )
        except AssertionError:
            return False, total["amount"]
        return True, total["amount"]

    def _filled(self, lines: int) -> tuple[Visitor, str]:
        visitor = self.site.visitor()
        basket = json.loads(visitor.call("POST", "/api/v1/baskets/", "{}", expect=201))
        path = f"/api/v1/baskets/{basket['uuid']}/"
        for number in range(lines):
            body = json.dumps({"variant": f"GOODS-{number}-0", "quantity": 2})
            visitor.call("POST", f"{path}lines/", body, expect=201)
        return visitor, path


class Salesman:
    """The shop on django-salesman."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def page(self, number: int, *, is_kept: bool = False) -> Act:
        """A page of 24; nothing is kept."""
        return _get(self.site, f"/products/?page={number}", is_kept=is_kept)

    def search(self) -> Act:
        """By material and name."""
        return _get(self.site, "/products/?search=oak+lamp")

    def product(self, *, is_kept: bool = False) -> Act:
        """One row."""
        return _get(self.site, "/products/goods-7/", is_kept=is_kept)

    def basket(self) -> Act:
        """Of the session."""
        visitor = self._filled(LINES)
        return lambda: visitor.call("GET", "/api/basket/")

    def add(self) -> Act:
        """With ``?basket``, which answers the basket."""
        visitor = self._filled(LINES - 1)
        return lambda: visitor.call("POST", "/api/basket/?basket", self._line(LINES))

    def place(self) -> Act:
        """To be paid at the door."""
        visitor = self._filled(LINES)
        address = "\n".join(ADDRESS.values())
        fields = {"email": "ada@example.com", "shipping_address": address, "billing_address": address}
        body = json.dumps(fields | {"payment_method": "on-delivery"})
        return lambda: visitor.call("POST", "/api/checkout/", body, expect=201)

    def _filled(self, lines: int) -> Visitor:
        visitor = self.site.visitor()
        for number in range(lines):
            visitor.call("POST", "/api/basket/", self._line(number), expect=201)
        return visitor

    def _line(self, number: int) -> str:
        return json.dumps({"product_type": "salesman_shop.Product", "product_id": number + 1, "quantity": 2})


def _get(site: Site, path: str, *, is_kept: bool = False) -> Act:
    """Whoever says who they are is answered anew."""
    visitor = site.visitor()
    headers = {} if is_kept else {"Authorization": "None given"}
    return lambda: visitor.call("GET", path, headers=headers)
