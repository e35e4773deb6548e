"""The same acts on HTML pages, as a browser without scripts asks for them: forms are sent, redirects followed."""

from __future__ import annotations

import re
from functools import partial

from .operations import ADDRESS, LINES, Act
from .sites import Site, Visitor

__all__ = ["Oscar", "Storefront"]

EMAIL = "ada@example.com"
_HIDDEN = re.compile(r'<input type="hidden" name="(basket|total|currency)" value="([^"]+)"')


class Storefront:
    """The pages of this library."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def page(self, number: int, *, is_kept: bool = False) -> Act:
        """A page of 24, with filters and their counts; pages aren't kept."""
        return _look(self.site, f"/search/?page={number}")

    def search(self) -> Act:
        """By material and name."""
        return _look(self.site, "/search/?q=oak+lamp")

    def product(self, *, is_kept: bool = False) -> Act:
        """With variants, prices, stock and pictures."""
        return _look(self.site, "/products/goods-7/")

    def basket(self) -> Act:
        """With promotions, taxes and coupons."""
        return partial(self._filled(LINES).open, "/basket/")

    def add(self) -> Act:
        """The form, and the basket."""
        visitor = self._filled(LINES - 1)

        def act() -> None:
            visitor.send("/basket/add/", {"sku": f"GOODS-{LINES}-0", "quantity": "1"}, follow=False)
            visitor.open("/basket/")

        return act

    def place(self) -> Act:
        """All pages from the basket to the thanks."""
        visitor = self._filled(LINES)
        details = {f"shipping-{name}": value for name, value in ADDRESS.items()}

        def act() -> None:
            visitor.open("/checkout/")
            visitor.send("/checkout/details/", {"email": EMAIL, **details})
            visitor.send("/checkout/delivery/", {"method": "parcel"})
            review = visitor.send("/checkout/payment/", {"method": "cod"})
            thanks = visitor.send("/checkout/place/", dict(_HIDDEN.findall(review.decode())))
            assert b"Thank you" in thanks

        return act

    def _filled(self, lines: int) -> Visitor:
        visitor = self.site.visitor()
        visitor.open("/products/goods-7/")
        for number in range(lines):
            visitor.send("/basket/add/", {"sku": f"GOODS-{number}-0", "quantity": "2"}, follow=False)
        return visitor


class Oscar:
    """The shop on django-oscar, which has no API of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def page(self, number: int, *, is_kept: bool = False) -> Act:
        """A page of 24, from the search index."""
        return _look(self.site, f"/catalogue/?page={number}")

    def search(self) -> Act:
        """By material and name, from the search index."""
        return _look(self.site, "/search/?q=oak+lamp")

    def product(self, *, is_kept: bool = False) -> Act:
        """One row with its stock record."""
        return _look(self.site, "/catalogue/goods-7_8/")

    def basket(self) -> Act:
        """With offers and the shipping charge."""
        return partial(self._filled(LINES).open, "/basket/")

    def add(self) -> Act:
        """The form, and the basket."""
        visitor = self._filled(LINES - 1)

        def act() -> None:
            visitor.send(f"/basket/add/{LINES}/", {"quantity": "1"}, follow=False)
            visitor.open("/basket/")

        return act

    def place(self) -> Act:
        """All pages from the basket to the thanks; delivery and payment have one choice, so they are passed over."""
        visitor = self._filled(LINES)
        first, last = ADDRESS["name"].split()
        address = {"first_name": first, "last_name": last, "line1": ADDRESS["line1"], "line4": ADDRESS["city"]}

        def act() -> None:
            visitor.open("/checkout/")
            visitor.send("/checkout/", {"username": EMAIL, "options": "anonymous"})
            visitor.send("/checkout/shipping-address/", {**address, "postcode": ADDRESS["postcode"]})
            thanks = visitor.send("/checkout/preview/", {"action": "place_order"})
            assert b"your order number is" in thanks

        return act

    def _filled(self, lines: int) -> Visitor:
        visitor = self.site.visitor()
        visitor.open("/catalogue/goods-7_8/")
        for number in range(lines):
            visitor.send(f"/basket/add/{number + 1}/", {"quantity": "2"}, follow=False)
        return visitor


def _look(site: Site, path: str) -> Act:
    return partial(site.visitor().open, path)
