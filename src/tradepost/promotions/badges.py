"""Badges: what promotions that name a product give, for lists and pages of products.

Promotions that are shown are few, and the same for all visitors. They are made of what is kept under the version of promotions,
so that they cost a list no query; where orders count against one of them, one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.utils import timezone

from tradepost.catalogue.base import AbstractCollection, AbstractProduct
from tradepost.core.db import Prepared
from tradepost.core.versions import Frozen
from tradepost.pricing.document import Document, Item, Occasion
from tradepost.pricing.ports import PriceContext

from .calculation import limit
from .goods.membership import (
    categories_of,
    collections_of,
    with_membership,
)
from .models import Promotion
from .rules import PromotionRule
from .services.kept import KeptPromotion, Uses, kept_promotions

__all__ = ["Badge", "Shelf", "badges_of", "rules_for", "shelf", "with_badges"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on a product ("−20 %"), and the promotion that they are of, as customers read it."""

    text: str
    label: str
    promotion: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All promotions that some product may be shown with, valid or not, the most important first.

    Attributes:
        categories: Slugs of all that are named.
        collections: Those that are named; nobody changes them.
    """

    shown: tuple[KeptPromotion, ...] = ()
    categories: frozenset[str] = frozenset()
    collections: tuple[AbstractCollection, ...] = ()


def _load() -> Shelf:
    shown = [entry for entry in map(_as_shown, kept_promotions()) if entry is not None]
    shown.sort(key=lambda entry: (-entry.rule.priority, entry.rule.code))
    goods = [benefit.goods for entry in shown for benefit in entry.rule.benefits]
    needed = {named.collection for named in goods}
    collections = {row.pk: row for entry in shown for row in entry.collections if row.pk in needed}
    return Shelf(
        tuple(shown), frozenset[str]().union(*(named.categories for named in goods)), tuple(collections.values())
    )


_SHELF = Frozen("promotions", _load)


def shelf() -> Shelf:
    """The shelf as it is kept; no query but the first one after a change."""
    return _SHELF.get()


def _as_shown(promotion: KeptPromotion) -> KeptPromotion | None:
    """With the benefits that have a badge, where everybody gets them without a code."""
    rule = promotion.rule
    parts = tuple(
        benefit
        for benefit in rule.benefits
        if benefit.target != "shipping" and not benefit.goods.is_all and benefit.badge()
    )
    if not parts or promotion.needs_coupon or any("has_ordered" in condition.needs for condition in rule.conditions):
        return None
    return replace(promotion, rule=replace(rule, benefits=parts))


def with_badges(rows: QuerySet[Any], product: str, kept: Shelf) -> QuerySet[Any]:
    """Products, or rows that lead to them, with what :func:`badges_of` reads.

    Args:
        product: The way from a row to its product's key.
        kept: From :func:`shelf`, asked once for a page.
    """
    return with_membership(rows, product, kept.categories, kept.collections)


def badges_of(
    rows: Sequence[Any], context: PriceContext, kept: Shelf, *, product: str = "pk", path: str = ""
) -> dict[int, tuple[Badge, ...]]:
    """Badges by product, the most important first.

    Args:
        rows: From :func:`with_badges`, with the same ``kept``.
        product: Name of a row's attribute that is its product's key.
        path: Name of a row's attribute that is its product; empty where the row is one.
    """
    rules = rules_for(context, kept)
    if not rules:
        return {getattr(row, product): () for row in rows}
    return {
        getattr(row, product): tuple(_badges(getattr(row, path) if path else row, row, rules, context.currency))
        for row in rows
    }


def rules_for(context: PriceContext, kept: Shelf) -> list[PromotionRule]:
    """The promotions that are shown to a visitor at a moment. One query where orders count against one of them, else none."""
    valid = [entry for entry in kept.shown if entry.is_valid(context.at, context.channel)]
    if not valid:
        return []
    document = Document(
        currency=context.currency,
        prices_include_tax=context.includes_tax,
        occasion=Occasion(
            at=timezone.localtime(context.at, timezone.get_default_timezone()), country=context.place.country
        ),
    )
    counted = [entry.pk for entry in valid if entry.is_counted]
    uses = {pk: Uses(used, spent) for pk, used, spent in _COUNTS(promotions=counted)} if counted else {}
    rules = [entry.rule_for("", uses.get(entry.pk, Uses())) for entry in valid]
    return [rule for rule in rules if _holds(rule, document)]


_COUNTS: Prepared[Any] = Prepared(
    lambda p: Promotion.objects.filter(pk__among=p.promotions).values_list("pk", "used", "spent"),
    promotions=[BigIntegerField()],
)


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
