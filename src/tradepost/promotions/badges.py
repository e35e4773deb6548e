"""Badges: what promotions that name a product give, for lists and pages of products.

Promotions that are shown are few, and the same for all visitors. They are kept in the cache for a minute, and forgotten when
one is saved, so that a list costs no query for them. While they aren't kept, a list finds out with its own query whether there
are any: a shop without them never pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from tradepost import __version__
from tradepost.catalogue.base import AbstractCollection, AbstractProduct
from tradepost.catalogue.models import Product
from tradepost.core.dates import clock
from tradepost.core.soft_cache import soft_cache as cache
from tradepost.pricing.document import Document, Item, Occasion
from tradepost.pricing.ports import PriceContext

from .calculation import limit
from .goods.membership import (
    categories_of,
    collections_of,
    with_membership,
)
from .models import Benefit, Promotion
from .rules import PromotionRule
from .services.kept import COLLECTIONS, rules_of

__all__ = ["Badge", "Shelf", "badges_of", "forget", "shelf", "with_badges"]

_KEY = f"tradepost:promotions:badges:{__version__}"  # what another version kept has other columns
_KEPT = 60  # seconds; a promotion that begins is shown a minute later at most


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on a product ("−20 %"), and the promotion that they are of, as customers read it."""

    text: str
    label: str
    promotion: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A promotion with its dates, so that it can be kept before it begins."""

    rule: PromotionRule
    channel: str
    starts_at: datetime | None
    ends_at: datetime | None

    def is_valid(self, context: PriceContext) -> bool:
        begun = self.starts_at is None or self.starts_at <= context.at
        return begun and (self.ends_at is None or context.at <= self.ends_at) and self.channel in ("", context.channel)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All promotions that some product may be shown with, and the collections that they name."""

    shown: tuple[_Shown, ...] = ()
    collections: tuple[AbstractCollection, ...] = ()

    @property
    def categories(self) -> frozenset[str]:
        """Slugs of all categories that are named."""
        return frozenset[str]().union(
            *(b.goods.categories for promotion in self.shown for b in promotion.rule.benefits)
        )


def shelf() -> Shelf | None:
    """The shelf that is kept; ``None`` where it has to be looked up."""
    cached: Shelf | None = cache.get(_KEY)
    return cached


def forget(*_args: Any, **_kwargs: Any) -> None:
    """Look it up again: now, and once what was written can be seen by others."""
    cache.delete(_KEY)
    transaction.on_commit(lambda: cache.delete(_KEY))


def with_badges(rows: QuerySet[Any], product: str, kept: Shelf | None) -> QuerySet[Any]:
    """Products, or rows that lead to them, with what :func:`badges_of` reads.

    Args:
        product: The way from a row to its product's key.
        kept: From :func:`shelf`, asked once for a page.
    """
    if kept is None:
        annotated: QuerySet[Any] = rows.annotate(has_badges=Exists(_naming()))
        return annotated
    return with_membership(rows, product, kept.categories, kept.collections)


def badges_of(
    rows: Sequence[Any], context: PriceContext, kept: Shelf | None, *, product: str = "pk", path: str = ""
) -> dict[int, tuple[Badge, ...]]:
    """Badges by product, the most important first. No query where they were kept; else none or three.

    Args:
        rows: From :func:`with_badges`, with the same ``kept``.
        product: Name of a row's attribute that is its product's key.
        path: Name of a row's attribute that is its product; empty where the row is one.
    """
    members: dict[int, Any] = {getattr(row, product): row for row in rows}
    products: dict[int, AbstractProduct] = {key: getattr(row, path) if path else row for key, row in members.items()}
    if kept is None:
        kept = _look_up() if rows and rows[0].has_badges else Shelf()
        cache.set(_KEY, kept, _KEPT)
        if kept.categories or kept.collections:
            members = _members(products, kept)
    document = Document(
        currency=context.currency,
        prices_include_tax=context.includes_tax,
        occasion=Occasion(
            at=timezone.localtime(context.at, timezone.get_default_timezone()), country=context.place.country
        ),
    )
    rules = [
        promotion.rule for promotion in kept.shown if promotion.is_valid(context) and _holds(promotion.rule, document)
    ]
    return {key: tuple(_badges(products[key], members.get(key), rules, context.currency)) for key in products}


def _naming() -> QuerySet[Any]:
    """Benefits of promotions without a code, for goods that they name."""
    named = ~Q(categories=[]) | ~Q(products=[]) | ~Q(attributes={}) | Q(collection__isnull=False)
    lasting = Q(promotion__ends_at=None) | Q(promotion__ends_at__gte=clock.now())
    rows: QuerySet[Any] = Benefit.objects.non_polymorphic()
    rows = rows.filter(named, lasting, promotion__is_active=True, promotion__needs_coupon=False)
    return rows.exclude(target="shipping")


def _look_up() -> Shelf:
    promotions = Promotion.objects.filter(pk__in=_naming().values("promotion_id"))
    benefits = Benefit.objects.filter(promotion__in=promotions).select_related("promotion", "collection")
    pairs, collections = rules_of(benefits.order_by("pk").kinds(*COLLECTIONS))  # type: ignore[attr-defined]
    shown = []
    for promotion, rule in pairs:
        parts = tuple(benefit for benefit in rule.benefits if not benefit.goods.is_all and benefit.badge())
        if parts and not any("has_ordered" in condition.needs for condition in rule.conditions):
            only = replace(rule, benefits=parts)
            shown.append(_Shown(only, promotion.channel, promotion.starts_at, promotion.ends_at))
    shown.sort(key=lambda entry: (-entry.rule.priority, entry.rule.code))
    needed = {b.goods.collection for entry in shown for b in entry.rule.benefits}
    return Shelf(tuple(shown), tuple(row for row in collections if row.pk in needed))


def _members(products: Mapping[int, AbstractProduct], kept: Shelf) -> dict[int, Any]:
    rows = with_membership(Product.objects.filter(pk__in=products), "pk", kept.categories, kept.collections)
    return {row.pk: row for row in rows}


def _holds(rule: PromotionRule, document: Document) -> bool:
    """Whether it applies to whatever the visitor buys, as far as is known before they do."""
    return limit(document, rule) is None and all(condition.unmet(document) is None for condition in rule.conditions)


def _badges(product: AbstractProduct, member: Any, rules: Iterable[PromotionRule], currency: str) -> Iterator[Badge]:
    if not product.is_discountable:
        return
    item = Item(
        key="",
        variant_id=0,
        product_id=product.pk,
        quantity=1,
        product=product.slug,
        categories=categories_of(member),
        collections=collections_of(member),
        attributes=product.attributes,
    )
    seen: set[str] = set()
    for rule in rules:
        for benefit in rule.benefits:
            fits = benefit.goods.cover(item) and getattr(benefit, "currency", "") in ("", currency)
            if fits and (text := benefit.badge()) not in seen:
                seen.add(text)
                yield Badge(text, rule.label, rule.code)
