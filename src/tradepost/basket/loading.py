"""A basket and the rules of a moment out of the database, by a number of queries that doesn't depend on its lines.

Promotions two, lines one (with products, the customer, and stock where it is wanted), prices one, taxes one; shipping one where
it matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Greatest, JSONObject
from django.utils.module_loading import import_string

from tradepost.catalogue.models import Category, Image
from tradepost.core import clock
from tradepost.core.aggregates import joined
from tradepost.core.exposed import with_exposed
from tradepost.customers.models import CustomerGroup
from tradepost.inventory.models import StockLevel
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.document import Item
from tradepost.pricing.ports import Place, PriceContext, PriceQuote, PriceRequest, TaxContext
from tradepost.promotions import services as promotions
from tradepost.shipping.ports import Destination
from tradepost.shipping.services import rates

from .base import AbstractBasket, AbstractBasketLine
from .conf import settings
from .models import BasketLine
from .snapshots import BasketSnapshot, Fee, Rules, Terms

__all__ = ["Loaded", "group_ids", "load", "with_group_ids"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a calculation needs, and the rows it came from."""

    lines: Sequence[AbstractBasketLine]
    snapshot: BasketSnapshot
    rules: Rules


def load(
    basket: AbstractBasket, terms: Terms, *, at: datetime | None = None, shipping: bool = False, stock: bool = False
) -> Loaded:
    """Load a basket.

    Args:
        at: The moment whose prices, promotions and rates count; now, where it isn't given.
        shipping: Ask for rates even if no method is chosen yet.
        stock: Annotate each line with ``sellable_units`` and ``first_picture``.
    """
    at = at or clock.now()
    offers = promotions.rules(
        at=at,
        channel=basket.channel,
        coupon_codes=basket.coupon_codes,
        customer_id=basket.customer_id,
        email=terms.email,
    )
    lines = list(_lines(basket, offers.categories, stock=stock))
    includes_tax = pricing_settings().PRICES_INCLUDE_TAX
    snapshot = BasketSnapshot(
        currency=basket.currency,
        prices_include_tax=includes_tax,
        items=tuple(_item(line) for line in lines),
        unsellable=frozenset(str(line.uuid) for line in lines if not _is_sold(line)),
        terms=terms,
    )
    if not lines:
        return Loaded(lines, snapshot, Rules(prices={}, refusals=offers.refusals, stages=_stages()))
    context = PriceContext(
        currency=basket.currency,
        channel=basket.channel,
        customer_id=basket.customer_id,
        groups=group_ids(lines[0]),
        place=terms.destination if terms.destination.country else Place(basket.country),
        at=at,
        includes_tax=includes_tax,
    )
    shipping = shipping or any(terms.shipping_methods.values())
    return Loaded(lines, snapshot, _rules(lines, terms, context, offers, shipping=shipping))


def _rules(
    lines: Sequence[AbstractBasketLine],
    terms: Terms,
    context: PriceContext,
    offers: promotions.Offers,
    *,
    shipping: bool,
) -> Rules:
    place = context.place
    destination = Destination(place.country, place.region, place.postcode)
    return Rules(
        prices=_prices(lines, context),
        promotions=offers.promotions,
        refusals=offers.refusals,
        shipping=rates().load(destination, context.currency) if shipping else None,
        fees=_fees(),
        taxer=pricing.taxer(_tax_context(lines[0].basket, terms, context)),
        stages=_stages(),
    )


def with_group_ids(rows: QuerySet[Any], customer_id: int | None) -> QuerySet[Any]:
    """Rows of one customer, each with the customer's groups, so that they cost no query of their own."""
    if customer_id is None:
        return rows
    found: QuerySet[Any] = rows.annotate(
        customer_groups=joined(CustomerGroup.objects.filter(customers=customer_id), "pk")
    )
    return found


def group_ids(row: Any) -> frozenset[int]:
    """The groups that :func:`with_group_ids` fetched."""
    text = getattr(row, "customer_groups", None)
    return frozenset(int(pk) for pk in text.split(",")) if text else frozenset()


def _lines(basket: AbstractBasket, categories: frozenset[str], *, stock: bool) -> QuerySet[Any]:
    rows: QuerySet[Any] = BasketLine.objects.filter(basket_id=basket.pk).select_related(
        "variant__product__product_type", "basket__customer"
    )
    rows = with_group_ids(with_exposed(rows), basket.customer_id)
    if categories:  # only those that some rule names, with all that is below them
        below = Category.objects.filter(products=OuterRef(OuterRef("variant__product_id")))
        named = Category.objects.filter(slug__in=categories)
        rows = rows.annotate(
            named_categories=joined(named.filter(Exists(below.filter(path__startswith=OuterRef("path")))), "slug")
        )
    if stock:
        levels = StockLevel.objects.filter(variant=OuterRef("variant_id"), location__is_active=True).order_by()
        sellable = Greatest(Value(0), F("on_hand") - F("reserved") + F("backorder_limit"))
        units = levels.values("variant").annotate(units=Sum(sellable, output_field=IntegerField()))
        rows = rows.annotate(sellable_units=Subquery(units.values("units")), first_picture=_first_picture())
    ordered: QuerySet[Any] = rows.order_by("pk")
    return ordered


def _first_picture() -> Subquery:
    """File, address and alternative text of the product's first picture, as JSON."""
    images = Image.objects.filter(product=OuterRef("variant__product_id")).order_by("position", "pk")
    parts: dict[str, Any] = {"file": "file", "source_url": "source_url", "alt": "alt"}
    return Subquery(images.annotate(data=JSONObject(**parts)).values("data")[:1])


def _is_sold(line: AbstractBasketLine) -> bool:
    product = line.variant.product
    return line.variant.archived_at is None and product.archived_at is None and product.is_published


def _item(line: AbstractBasketLine) -> Item:
    variant, product = line.variant, line.variant.product
    categories = getattr(line, "named_categories", None)
    return Item(
        key=str(line.uuid),
        variant_id=variant.pk,
        product_id=product.pk,
        quantity=line.quantity,
        sku=variant.sku,
        name=product.name,
        tax_class=product.effective_tax_class,
        weight=variant.weight,
        kind=product.product_type.kind,
        categories=frozenset(categories.split(",")) if categories else frozenset(),
        attributes=product.attributes,
        is_discountable=product.is_discountable,
        is_tracked=variant.stock_is_tracked,
    )


def _prices(lines: Sequence[AbstractBasketLine], context: PriceContext) -> dict[str, PriceQuote]:
    # tiers count all units of a variant, whatever their options
    units: Counter[int] = Counter()
    for line in lines:
        units[line.variant_id] += line.quantity
    requests = [PriceRequest(str(line.uuid), line.variant_id, units[line.variant_id]) for line in lines]
    return {quote.key: quote for quote in pricing.quote(requests, context)}


def _tax_context(basket: AbstractBasket, terms: Terms, context: PriceContext) -> TaxContext:
    customer = basket.customer
    return TaxContext(
        place=context.place,
        at=context.at,
        rounding=pricing_settings().TAX_ROUNDING,
        exempt=customer is not None and customer.tax_exempt,
        tax_id=terms.tax_id or (customer.tax_id if customer is not None else ""),
    )


def _fees() -> dict[str, Fee]:
    return {
        alias: Fee(
            code=alias,
            name=str(fee["name"]),
            amount=Decimal(str(fee["amount"])),
            currency=fee["currency"],
            tax_class=fee.get("tax_class", ""),
        )
        for alias, fee in settings().PAYMENT_FEES.items()
    }


def _stages() -> tuple[Any, ...]:
    return tuple(import_string(path) for path in settings().STAGES)
