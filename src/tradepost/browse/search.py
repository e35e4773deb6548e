"""From criteria to a queryset."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import Case, F, IntegerField, Model, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Collection, Product, Variant
from tradepost.catalogue.querysets import ProductQuerySet
from tradepost.catalogue.selectors import collection_products, kept_categories
from tradepost.core.extending.exposed_fields import (
    CUSTOMER,
    PUBLIC,
    exposed_of,
)
from tradepost.core.inputs.numbers import InvalidNumber, read_decimal
from tradepost.core.versions import recipe
from tradepost.pricing.models import Price

from .criteria import Criteria
from .expressions import has_stock, list_prices, products_priced
from .visitor import Visitor

__all__ = ["find", "narrowed", "readings"]

_PLACE = IntegerField()
_WORDS = 8  # of a search; more only cost time
_TEXTS = ("name", "summary", "brand")
# A collection has a rule; exposed fields are of any type; goods that are named stand in an order that is looked up.
_DECIDED_BY_ROWS = ("collection", "extra", "slug", "sku")


def find(criteria: Criteria, visitor: Visitor) -> ProductQuerySet[AbstractProduct]:
    """Public products that meet the criteria, in their order; :func:`tradepost.browse.cards` shows them.

    One query, and one more where a collection, a price, or SKUs are asked for. Unknown slugs find nothing;
    :func:`tradepost.browse.unknown_values` tells that from a list that is merely empty.
    """
    products = _ordered(_by_attributes(narrowed(criteria, visitor), criteria.attributes), criteria, visitor)
    parts = _parts(criteria, visitor) if _are_ours(Product, Variant, Price) else None
    return products if parts is None else recipe(products, "browse.find", *parts)


@lru_cache(maxsize=8)
def _are_ours(*classes: Any) -> bool:
    """Whether no manager or queryset of a project's takes part, which may look at anything."""
    parts = [part for cls in classes for part in (type(cls.objects), type(cls.objects.all()))]
    return all(part.__module__.startswith(("tradepost.", "django.")) for part in parts)


def _parts(criteria: Criteria, visitor: Visitor) -> tuple[Hashable, ...] | None:
    """All that a list is built from, every criterion among it, so that none can be forgotten; ``None`` where rows decide, too."""
    if any(getattr(criteria, name) for name in _DECIDED_BY_ROWS):
        return None
    needs_prices = criteria.price_min is not None or criteria.price_max is not None or "price" in criteria.ordering
    lists = visitor.price_lists() if needs_prices else None
    exposed = (*exposed_of(Product), *exposed_of(Variant)) if criteria.search else ()
    return (
        tuple([_hashable(getattr(criteria, each.name)) for each in fields(Criteria)]),
        tuple(_keys_in(criteria.category)) if criteria.category else None,
        visitor.customer is None,
        tuple([(entry.model, entry.lookup, entry.search, entry.read) for entry in exposed]),
        lists and (tuple(lists.keys), lists.are_several, lists.are_ranked),
    )


def _hashable(value: Any) -> Hashable:
    """A criterion as a part of a key: values of attributes by their text, for ``1`` is ``True``."""
    if isinstance(value, Mapping):
        return tuple([(code, tuple(map(repr, values))) for code, values in sorted(value.items())])
    return value if isinstance(value, Hashable) else tuple(value)


def narrowed(criteria: Criteria, visitor: Visitor) -> ProductQuerySet[AbstractProduct]:
    """By all criteria but attributes, in no order: what facets are counted in."""
    products: ProductQuerySet[AbstractProduct] = Product.objects.all()
    if criteria.collection:
        collection = Collection.objects.public().filter(slug=criteria.collection).first()
        products = collection_products(collection) if collection else products.none()
    products = products.public()
    if criteria.slug:
        products = products.filter(slug__among=list(criteria.slug))
    if criteria.sku:
        products = products.filter(pk__in=_variants_of(criteria.sku).values("product_id"))
    if criteria.category:
        products = products.filter(pk__in=_in_category(criteria.category))
    if criteria.tag:
        products = products.filter(tags__slug=criteria.tag)
    for word in criteria.search.split()[:_WORDS]:
        products = products.filter(pk__in=_mentioning(word, visitor))
    for entry in exposed_of(Product):
        if entry.filter and (value := criteria.extra.get(entry.name)) is not None:
            values = readings(value) if entry.key else [value]
            products = products.filter(**{f"{entry.lookup}__in": values})
    if criteria.in_stock:
        products = products.filter(has_stock())
    if criteria.price_min is not None or criteria.price_max is not None:
        priced = products_priced(visitor.price_lists(), criteria.price_min, criteria.price_max)
        products = products.filter(pk__in=priced)
    return products


def _variants_of(skus: Sequence[str]) -> QuerySet[Any, Any]:
    return Variant.objects.filter(archived_at=None, sku__among=list(skus)).order_by()


def _in_category(slug: str) -> Any:
    """Keys of the products in a published category or below it."""
    return Product.categories.through._default_manager.filter(category__among=_keys_in(slug)).values("product_id")


def _keys_in(slug: str) -> list[Any]:
    """Keys of a published category and those below it."""
    categories = kept_categories()
    root = next((category.path for category in categories if category.slug == slug), None)
    return [category.pk for category in categories if root is not None and category.path.startswith(root)]


def _mentioning(word: str, visitor: Visitor) -> QuerySet[Any, Any]:
    """Keys of the products in which a word occurs: a union of what single tables say, each of which may have an index."""
    texts = Q(*((f"{text}__icontains", word) for text in _TEXTS), _connector=Q.OR)
    tags = Product.tags.through._default_manager.filter(tag__name__icontains=word)
    mentions: list[QuerySet[Any, Any]] = [
        Variant.objects.filter(archived_at=None, sku__icontains=word).values("product_id"),
        tags.values("product_id"),
        *(Product.objects.filter(**mention).values("pk") for mention in _exposed_mentions(Product, word, visitor)),
        *(
            Variant.objects.filter(archived_at=None, **mention).values("product_id")
            for mention in _exposed_mentions(Variant, word, visitor)
        ),
    ]
    return Product.objects.filter(texts).order_by().values("pk").union(*(rows.order_by() for rows in mentions))


def _exposed_mentions(model: type[Model], word: str, visitor: Visitor) -> Iterator[dict[str, str]]:
    """In an exposed field that the visitor may read; what staff alone may read can't be found out by searching for it."""
    levels = (PUBLIC,) if visitor.customer is None else (PUBLIC, CUSTOMER)
    for entry in exposed_of(model):
        if entry.search and entry.read in levels:
            yield {f"{entry.lookup}__icontains": word}


def _by_attributes(
    products: ProductQuerySet[AbstractProduct], attributes: Mapping[str, Sequence[Any]]
) -> ProductQuerySet[AbstractProduct]:
    if connections[products.db].vendor == "postgresql":
        return _by_indexed_attributes(products, attributes)
    for number, (code, values) in enumerate(sorted(attributes.items())):
        if not values:
            continue
        value, text = f"attribute_{number}", f"attribute_{number}_text"
        products = products.alias(
            **{value: KeyTransform(code, "attributes"), text: KeyTextTransform(code, "attributes")}
        )
        some = Q(**{f"{value}__in": [reading for v in values for reading in readings(v)]})
        for text_value in values:  # in a list of texts; written with and without escapes
            for quoted in {json.dumps(str(text_value)), json.dumps(str(text_value), ensure_ascii=False)}:
                some |= Q(**{f"{text}__contains": quoted})
        products = products.filter(some)
    return products


def _by_indexed_attributes(
    products: ProductQuerySet[AbstractProduct], attributes: Mapping[str, Sequence[Any]]
) -> ProductQuerySet[AbstractProduct]:
    """The same by containment, for which PostgreSQL has an index over all attributes."""
    for code, values in sorted(attributes.items()):
        if values:
            alone = [{code: reading} for value in values for reading in readings(value)]
            among_others = [{code: [str(value)]} for value in values]
            contained = (("attributes__contains", part) for part in (*alone, *among_others))
            products = products.filter(Q(*contained, _connector=Q.OR))
    return products


def readings(value: Any) -> list[Any]:
    """List the readings of a value in a query string: the text itself, a yes or no, a number."""
    if not isinstance(value, str):
        return [value]
    if value in {"true", "false"}:
        return [value, value == "true"]
    try:
        number = read_decimal(value, digits=31, places=15, is_stored=False)
    except InvalidNumber:
        return [value]
    return [value, int(number) if number == number.to_integral_value() else float(number)]


def _ordered(
    products: ProductQuerySet[AbstractProduct], criteria: Criteria, visitor: Visitor
) -> ProductQuerySet[AbstractProduct]:
    if criteria.ordering == "name":
        return products.order_by("name", "pk")
    if criteria.ordering == "best_selling":
        return products.order_by("-popularity", "-created_at", "-pk")
    if criteria.ordering in {"price", "-price"}:
        products = products.alias(least=Subquery(list_prices(visitor.price_lists()).values("amount")[:1]))
        price = F("least").desc(nulls_last=True) if criteria.ordering == "-price" else F("least").asc(nulls_last=True)
        return products.order_by(price, "name", "pk")
    if criteria.ordering or not (criteria.slug or criteria.sku):
        return products.order_by("-created_at", "-pk")
    return products.order_by(*_as_named(criteria), "pk")


def _as_named(criteria: Criteria) -> Iterator[Case]:
    """Orderings in which keys were named; one more query for SKUs."""
    if criteria.slug:
        yield Case(*(When(slug=slug, then=place) for place, slug in enumerate(criteria.slug)), output_field=_PLACE)
    if criteria.sku:
        products = dict(_variants_of(criteria.sku).values_list("sku", "product_id"))
        places: dict[int, int] = {}
        for place, sku in enumerate(criteria.sku):
            if sku in products:
                places.setdefault(products[sku], place)
        if places:
            yield Case(*(When(pk=key, then=place) for key, place in places.items()), output_field=_PLACE)
