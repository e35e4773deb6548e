"""Home, lists and product pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tradepost import browse
from tradepost.catalogue.models import Category, Collection
from tradepost.core.errors import NotFound

from .. import visits
from ..conf import settings
from ..frame import children, trail

__all__ = ["category", "collection", "home", "product", "product_page", "search"]

_ORDERINGS = [
    ("newest", gettext_lazy("Newest first")),
    ("price", gettext_lazy("Price, low to high")),
    ("-price", gettext_lazy("Price, high to low")),
    ("name", gettext_lazy("Name")),
]
_SHELVES, _ON_A_SHELF = 3, 4
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """A row of products on the home page."""

    name: str
    address: str
    cards: list[browse.Card]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first collections, then what is new."""
    visitor = visits.visitor(request)
    found = [(row.name, row.slug) for row in Collection.objects.public()[:_SHELVES]]
    shelves = [
        Shelf(name, reverse("tradepost:collection", args=[slug]), _shelf(browse.Criteria(collection=slug), visitor))
        for name, slug in found
    ]
    shelves.append(Shelf(_("New"), reverse("tradepost:search"), _shelf(browse.Criteria(), visitor)))
    shelves = [shelf for shelf in shelves if shelf.cards]
    hero = next((card for shelf in shelves for card in shelf.cards if card.image and card.in_stock), None)
    return render(request, "tradepost/storefront/home.html", {"shelves": shelves, "hero": hero})


def _shelf(criteria: browse.Criteria, visitor: browse.Visitor) -> list[browse.Card]:
    return browse.cards(browse.find(criteria, visitor)[:_ON_A_SHELF], visitor)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The products of a category and of those below it."""
    found = get_object_or_404(Category, slug=slug, is_published=True)
    context = {
        "title": found.name,
        "text": found.description,
        "crumbs": trail(found.path),
        "subcategories": children(found.path),
    }
    return _list(request, context, category=slug)


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """The products of a collection."""
    found = get_object_or_404(Collection.objects.public(), slug=slug)
    return _list(request, {"title": found.name, "text": found.description, "here": found.name}, collection=slug)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was searched for; everything, where nothing was."""
    words = _text(request.GET, "q")
    title = _("Results for “%(words)s”") % {"words": words} if words else _("All products")
    return _list(request, {"title": title, "here": title}, search=words, tag=_text(request.GET, "tag"))


def _list(request: HttpRequest, context: dict[str, Any], **where: str) -> HttpResponse:
    visitor = visits.visitor(request)
    criteria = _criteria(request.GET, **where)
    page = Paginator(browse.find(criteria, visitor), settings().PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "criteria": criteria,
        "orderings": _ORDERINGS,
        "page": page,
        "cards": browse.cards(page.object_list, visitor),
        "facets": browse.facets(criteria, visitor),
        "is_filtered": bool(
            criteria.in_stock
            or criteria.price_min is not None
            or criteria.price_max is not None
            or any(criteria.attributes.values())
        ),
    }
    return render(request, "tradepost/storefront/list.html", context)


def _criteria(data: QueryDict, **where: Any) -> browse.Criteria:
    """What a visitor chose; what makes no sense is left out, for a list has nobody to complain to."""
    sort = data.get("sort", "")
    return browse.Criteria(
        price_min=_amount(data.get("price_min")),
        price_max=_amount(data.get("price_max")),
        in_stock=bool(data.get("in_stock")),
        attributes={
            key.removeprefix("a."): [value for value in data.getlist(key) if "\0" not in value]
            for key in data
            if key.startswith("a.") and len(key) > 2 and "\0" not in key
        },
        ordering=sort if sort in browse.ORDERINGS else "newest",
        **where,
    )


def _text(data: Mapping[str, str], key: str) -> str:
    return " ".join(data.get(key, "").replace("\0", "").split())[:200]


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _LARGEST else None


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product, with the variant that the visitor chose."""
    return product_page(request, slug)


def product_page(
    request: HttpRequest, slug: str, *, sku: str = "", problem: str = "", quantity: int = 1, status: int = 200
) -> HttpResponse:
    """The product's page, also as the answer to a refused "add to basket".

    Raises:
        Http404: No public product has this slug.
    """
    visitor = visits.visitor(request)
    try:
        detail = browse.detail(slug, visitor)
    except NotFound as error:
        raise Http404(str(error)) from None
    offer = _offer(detail, request.GET, sku)
    pictures = list(detail.images)
    if offer and offer.image:
        pictures = [offer.image, *(picture for picture in pictures if picture != offer.image)]
    context = {
        "product": detail.product,
        "detail": detail,
        "offer": offer,
        "choices": _choices(detail, offer),
        "pictures": pictures,
        "includes_tax": visitor.prices.includes_tax,
        "crumbs": _crumbs(detail),
        "problem": problem,
        "quantity": quantity,
    }
    return render(request, "tradepost/storefront/product.html", context, status=status)


def _crumbs(detail: browse.ProductDetail) -> Any:
    first = detail.product.categories.filter(is_published=True).order_by("-depth", "path").first()
    return trail(first.path) if first else []


def _offer(detail: browse.ProductDetail, data: Mapping[str, str], sku: str) -> browse.Offer | None:
    """The offer that was asked for: by SKU, or that which meets the most of the options, in their order."""
    sku = sku or data.get("sku", "")
    for offer in detail.offers:
        if sku and offer.variant.sku == sku:
            return offer
    wanted = {name: data.get(f"o{number}") for number, name in enumerate(detail.options)}
    if not any(wanted.values()):
        return detail.lead
    return max(detail.offers, key=lambda offer: _likeness(offer, wanted), default=None)


def _likeness(offer: browse.Offer, wanted: Mapping[str, str | None]) -> tuple[list[bool], bool]:
    meets = [str(offer.variant.options.get(name)) == value for name, value in wanted.items()]
    return meets, offer.can_be_bought


def _choices(detail: browse.ProductDetail, offer: browse.Offer | None) -> list[dict[str, Any]]:
    """The options to choose from. A value can be bought where some offer with it, and with what is chosen before it, can."""
    if offer is None or len(detail.offers) < 2:
        return []
    chosen = {name: str(offer.variant.options.get(name, "")) for name in detail.options}
    found = []
    before: dict[str, str] = {}
    for number, (name, values) in enumerate(detail.options.items()):
        rows = []
        for value in values:
            asked = {**before, name: value}
            buyable = any(o.can_be_bought for o in detail.offers if _has(o, asked))
            rows.append({"text": value, "is_chosen": value == chosen[name], "can_be_bought": buyable})
        found.append({"name": name, "field": f"o{number}", "chosen": chosen[name], "values": rows})
        before[name] = chosen[name]
    return found


def _has(offer: browse.Offer, options: Mapping[str, str]) -> bool:
    return all(str(offer.variant.options.get(name)) == value for name, value in options.items())
