"""Finding products and showing them with price and stock: what the API and the storefront share.

No app and no models. The only place where catalogue, pricing and inventory are joined for pages::

    visitor = browse.Visitor(currency="EUR")
    products = browse.find(browse.Criteria(search="mug", in_stock=True), visitor)
    cards = browse.cards(products[:24], visitor)
"""

from __future__ import annotations

from .card_details import with_details
from .cards import Card, Picture, cards, reduction
from .criteria import ORDERINGS, Criteria
from .details import Offer, ProductDetail, Property, detail
from .facets import Facet, FacetValue, facets
from .grounds import Grounds, grounds_of, units_by_slug, units_of
from .parts import Parts
from .readiness import Missing, missing_to_sell
from .search import find
from .unknown_values import UnknownValue, unknown_values, without
from .visitor import Visitor

__all__ = [
    "ORDERINGS",
    "Card",
    "Criteria",
    "Facet",
    "FacetValue",
    "Grounds",
    "Missing",
    "Offer",
    "Parts",
    "Picture",
    "ProductDetail",
    "Property",
    "UnknownValue",
    "Visitor",
    "cards",
    "detail",
    "facets",
    "find",
    "grounds_of",
    "missing_to_sell",
    "reduction",
    "units_by_slug",
    "units_of",
    "unknown_values",
    "with_details",
    "without",
]
