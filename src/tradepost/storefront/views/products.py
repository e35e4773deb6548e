"""Home, lists and product pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost import browse
from tradepost.catalogue.models import Collection
from tradepost.catalogue.selectors import kept_categories, public_category
from tradepost.core.access import ANYONE
from tradepost.core.errors import Invalid, NotFound, TooManyRequests
from tradepost.core.inputs.numbers import InvalidNumber, read_unit_price
from tradepost.core.inputs.yes_no import read_yes_no
from tradepost.core.requests import rate_limits
from tradepost.core.versions import CountingPaginator

from .. import session
from ..conf import settings
from ..layout import children, trail
from ..redirects import too_many
from .base import PageView, page_of

__all__ = ["CategoryView", "CollectionView", "HomeView", "ProductListView", "ProductView", "SearchView"]

_ORDERINGS = [
    ("newest", gettext_lazy("Newest first")),
    ("best_selling", gettext_lazy("Best sellers")),
    ("price", gettext_lazy("Price, low to high")),
    ("-price", gettext_lazy("Price, high to low")),
    ("name", gettext_lazy("Name")),
]
_SHELVES, _ON_A_SHELF = 3, 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """A row of products on the home page."""

    name: str
    address: str
    cards: list[browse.Card]


class HomeView(PageView):
    """The first collections, then what is new."""

    access = ANYONE
    template_name = "tradepost/storefront/home.html"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """Shelves that have something on them, and the first card that can be shown large."""
        shelves = [shelf for shelf in self.shelves() if shelf.cards]
        hero = next((card for shelf in shelves for card in shelf.cards if card.image and card.in_stock), None)
        return super().get_context(shelves=shelves, hero=hero, **facts)

    def shelves(self) -> list[Shelf]:
        """The rows of products, in order; empty ones aren't shown."""
        visitor = session.visitor(self.request)
        sources = [(row.name, row.slug) for row in Collection.objects.public()[:_SHELVES]]
        shelves = [
            Shelf(name, reverse("tradepost:collection", args=[slug]), _shelf(browse.Criteria(collection=slug), visitor))
            for name, slug in sources
        ]
        return [*shelves, Shelf(_("New"), reverse("tradepost:search"), _shelf(browse.Criteria(), visitor))]


def _shelf(criteria: browse.Criteria, visitor: browse.Visitor) -> list[browse.Card]:
    return browse.cards(browse.find(criteria, visitor)[:_ON_A_SHELF], visitor)


class ProductListView(PageView):
    """A list of products with its filters. A subclass says which ones: :meth:`where`, and what stands above: :meth:`head`."""

    access = ANYONE
    template_name = "tradepost/storefront/list.html"

    def where(self) -> dict[str, str]:
        """Fields of :class:`tradepost.browse.Criteria` that the page itself sets."""
        return {}

    def head(self) -> dict[str, Any]:
        """The page's title, its text, its place in the shop.

        Raises:
            Http404: There is no such list.
        """
        return {"title": _("All products"), "here": _("All products")}

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The head, the cards of one page of the list, and what it can be filtered by."""
        head, visitor = self.head(), session.visitor(self.request)
        criteria, misread = _criteria(self.request.GET, **self.where())
        paginator = CountingPaginator(browse.find(criteria, visitor), settings().PAGE_SIZE)
        if not paginator.count and (unknown := browse.unknown_values(criteria)):
            criteria = browse.without(criteria, unknown)
            misread += [*(value.message for value in unknown), _("The list is shown without that.")]
            paginator = CountingPaginator(browse.find(criteria, visitor), settings().PAGE_SIZE)
        shown = page_of(paginator, self.request.GET)
        return super().get_context(
            **head,
            criteria=criteria,
            orderings=_ORDERINGS,
            page=shown,
            cards=browse.cards(shown.object_list, visitor),
            facets=browse.facets(criteria, visitor),
            is_filtered=_is_filtered(criteria),
            misread=misread,
            **facts,
        )


class CategoryView(ProductListView):
    """The products of a category and of those below it."""

    def where(self) -> dict[str, str]:
        return {"category": self.kwargs["slug"]}

    def head(self) -> dict[str, Any]:
        category = public_category(self.kwargs["slug"])
        if category is None:
            raise Http404
        return {
            "title": category.name,
            "text": category.description,
            "crumbs": trail(category.path),
            "subcategories": children(category.path),
        }


class CollectionView(ProductListView):
    """The products of a collection."""

    def where(self) -> dict[str, str]:
        return {"collection": self.kwargs["slug"]}

    def head(self) -> dict[str, Any]:
        collection = get_object_or_404(Collection.objects.public(), slug=self.kwargs["slug"])
        return {"title": collection.name, "text": collection.description, "here": collection.name}


class SearchView(ProductListView):
    """The results of a search; everything, where nothing was searched for."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the search: it is the page that costs the database most."""
        try:
            if request.GET.get("q"):
                rate_limits.count("search", request)
        except TooManyRequests as error:
            return too_many(request, error)
        return super().get(request, *args, **kwargs)

    def where(self) -> dict[str, str]:
        return {"search": _text(self.request.GET, "q"), "tag": _text(self.request.GET, "tag")}

    def head(self) -> dict[str, Any]:
        words = _text(self.request.GET, "q")
        title = _("Results for “%(words)s”") % {"words": words} if words else _("All products")
        return {"title": title, "here": title}


def _is_filtered(criteria: browse.Criteria) -> bool:
    return bool(
        criteria.in_stock
        or criteria.price_min is not None
        or criteria.price_max is not None
        or any(criteria.attributes.values())
    )


def _criteria(data: QueryDict, **where: Any) -> tuple[browse.Criteria, list[str]]:
    """Read a visitor's criteria, and a sentence for each filter that can't be read; other parameters are left alone."""
    misread: list[str] = []
    sort = data.get("sort", "")
    if sort and sort not in browse.ORDERINGS:
        misread.append(_("Products can’t be sorted like that; the newest come first."))
    try:
        in_stock = bool(read_yes_no(data.get("in_stock", ""), attr="in_stock"))
    except Invalid:
        in_stock = False
        misread.append(_("We didn’t understand the stock filter, so it was ignored."))
    prices: dict[str, Any] = {key: _amount(data.get(key), misread) for key in ("price_min", "price_max")}
    criteria = browse.Criteria(
        **prices,
        in_stock=in_stock,
        attributes={
            key.removeprefix("a."): [value for value in data.getlist(key) if value and "\0" not in value]
            for key in data
            if key.startswith("a.") and len(key) > 2 and "\0" not in key
        },
        ordering=sort if sort in browse.ORDERINGS else "newest",
        **where,
    )
    return criteria, list(dict.fromkeys(misread))


def _text(data: Mapping[str, str], key: str) -> str:
    return " ".join(data.get(key, "").replace("\0", "").split())[:200]


def _amount(text: str | None, misread: list[str]) -> Decimal | None:
    """A price, with a comma or a point; one that can't be read adds its sentence."""
    if not (text := (text or "").strip()):
        return None
    try:
        return read_unit_price(text.replace(",", "."))
    except InvalidNumber:
        misread.append(_("We didn’t understand the price, so it was ignored. Enter it as in 12.50."))
        return None


class ProductView(PageView):
    """A product, with the variant that the visitor chose; also the answer to a refused "add to basket"."""

    access = ANYONE
    template_name = "tradepost/storefront/product.html"

    def get_context(self, *, sku: str = "", problem: str = "", quantity: int = 1, **facts: Any) -> dict[str, Any]:
        """The product and the offer to be bought.

        Args:
            sku: Of the variant that is shown; empty for the one that the address names.
            problem: Why it couldn't be put into the basket.
            quantity: That the visitor typed.

        Raises:
            Http404: No public product has this slug.
        """
        visitor = session.visitor(self.request)
        try:
            detail = browse.detail(self.kwargs["slug"], visitor)
        except NotFound as error:
            raise Http404(str(error)) from None
        offer = _offer(detail, self.request.GET, sku)
        return super().get_context(
            product=detail.product,
            detail=detail,
            offer=offer,
            choices=_choices(detail, offer),
            pictures=_pictures(detail, offer),
            includes_tax=visitor.prices.includes_tax,
            crumbs=_crumbs(detail),
            problem=problem,
            quantity=quantity,
            **facts,
        )


def _pictures(detail: browse.ProductDetail, offer: browse.Offer | None) -> list[browse.Picture]:
    """The product's, that of the offer first."""
    pictures = list(detail.images)
    if offer and offer.image:
        return [offer.image, *(picture for picture in pictures if picture != offer.image)]
    return pictures


def _crumbs(detail: browse.ProductDetail) -> Any:
    """The way to the deepest of its published categories."""
    within = set(detail.product.categories.values_list("path", flat=True))
    paths = [category.path for category in kept_categories() if category.path in within]
    return trail(max(paths, key=len)) if paths else []


def _offer(detail: browse.ProductDetail, data: Mapping[str, str], sku: str) -> browse.Offer | None:
    """The offer that was asked for: by SKU, or that which meets the most of the options, in their order."""
    sku = sku or data.get("sku", "")
    for offer in detail.offers:
        if sku and offer.variant.sku == sku:
            return offer
    chosen = {name: data.get(f"o{number}") for number, name in enumerate(detail.options)}
    if not any(chosen.values()):
        return detail.lead
    return max(detail.offers, key=lambda offer: _likeness(offer, chosen), default=None)


def _likeness(offer: browse.Offer, chosen: Mapping[str, str | None]) -> tuple[list[bool], bool]:
    meets = [str(offer.variant.options.get(name)) == value for name, value in chosen.items()]
    return meets, offer.can_be_bought


def _choices(detail: browse.ProductDetail, offer: browse.Offer | None) -> list[dict[str, Any]]:
    """The options to choose from. A value can be bought where some offer with it, and with what is chosen before it, can."""
    if offer is None or len(detail.offers) < 2:
        return []
    chosen = {name: str(offer.variant.options.get(name, "")) for name in detail.options}
    choices = []
    before: dict[str, str] = {}
    for number, (name, values) in enumerate(detail.options.items()):
        rows = []
        for value in values:
            asked = {**before, name: value}
            buyable = any(o.can_be_bought for o in detail.offers if _has(o, asked))
            rows.append({"text": value, "is_chosen": value == chosen[name], "can_be_bought": buyable})
        choices.append({"name": name, "field": f"o{number}", "chosen": chosen[name], "values": rows})
        before[name] = chosen[name]
    return choices


def _has(offer: browse.Offer, options: Mapping[str, str]) -> bool:
    return all(str(offer.variant.options.get(name)) == value for name, value in options.items())
