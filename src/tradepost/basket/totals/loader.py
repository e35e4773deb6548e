"""A basket and the rules of a moment out of the database, by a number of queries that doesn't depend on its lines.

Promotions two, lines one (with products, the customer, and stock where it is wanted), prices one, taxes one; shipping one where
it matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Variant
from tradepost.catalogue.pictures import first_picture
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.core.db import Prepared, key_of
from tradepost.core.db.aggregates import joined
from tradepost.core.errors import Invalid
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers.models import Customer, CustomerGroup
from tradepost.inventory.expressions import sellable
from tradepost.inventory.models import StockLevel
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.document import Item, Occasion
from tradepost.pricing.ports import Place, PriceContext, PriceQuote, PriceRequest, TaxContext
from tradepost.promotions import services as promotions
from tradepost.promotions.conf import choice, order_history
from tradepost.promotions.goods.membership import (
    categories_of,
    collections_of,
    with_membership,
)
from tradepost.promotions.goods.stock import (
    goods_to_add,
    stock_of,
    with_stock_of,
)
from tradepost.shipping.ports import Destination, Quoter
from tradepost.shipping.services import rates

from ..base import AbstractBasket, AbstractBasketLine
from ..conf import settings
from ..models import Basket, BasketLine
from ..stages import deliveries_of
from .manual_prices import NOTHING_BY_HAND, ManualPrices, manual_prices
from .snapshots import BasketSnapshot, Fee, Rules, Terms

__all__ = ["Loaded", "group_ids", "load", "with_group_ids"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The input of a calculation, and the rows it came from.

    Attributes:
        coupons: Those that unlock a promotion, by their codes.
    """

    lines: Sequence[AbstractBasketLine]
    snapshot: BasketSnapshot
    rules: Rules
    coupons: Mapping[str, promotions.UsableCoupon]


@versions.one_reading()
def load(
    basket: AbstractBasket,
    terms: Terms,
    *,
    at: datetime | None = None,
    shipping: bool = False,
    stock: bool = False,
    items: Mapping[str, int] | None = None,
) -> Loaded:
    """Load a basket.

    Args:
        at: The moment whose prices, promotions and rates count; now, where it isn't given.
        shipping: Ask for rates even if no method is chosen yet.
        stock: Annotate each line with ``sellable_units`` and ``first_picture``.
        items: Units by SKU that would be in the basket, instead of its lines; it need not be stored then.

    Raises:
        Invalid: There is no variant of some SKU in ``items``.
    """
    at = at or clock.now()
    offers = promotions.rules(
        at=at,
        channel=basket.channel,
        coupon_codes=basket.coupon_codes,
        customer_id=basket.customer_id,
        email=terms.email,
    )
    lines = (
        _lines(basket, offers, terms.email, stock=stock)
        if items is None
        else _would_be(basket, items, offers, terms.email)
    )
    place = terms.destination if terms.destination.country else Place(basket.country)
    by_hand = manual_prices(basket) if basket.is_draft else NOTHING_BY_HAND
    snapshot = _snapshot(basket, lines, terms, by_hand, _occasion(lines, place, at))
    if not lines:
        rules = Rules(prices={}, refusals=offers.refusals, stages=_stages())
        return Loaded(lines, snapshot, rules, offers.coupons)
    context = _context(basket, lines[0], place, at)
    wants_quotes = shipping or any(terms.shipping_methods.values())
    quoter = _quoter(snapshot, context.place) if wants_quotes else None
    rules = _rules(lines, terms, context, offers, quoter)
    if by_hand.prices:
        rules = replace(rules, prices=by_hand.over(rules.prices))
    return Loaded(lines, snapshot, rules, offers.coupons)


def _snapshot(
    basket: AbstractBasket,
    lines: Sequence[AbstractBasketLine],
    terms: Terms,
    by_hand: ManualPrices,
    occasion: Occasion,
) -> BasketSnapshot:
    return BasketSnapshot(
        currency=basket.currency,
        prices_include_tax=pricing_settings().PRICES_INCLUDE_TAX,
        items=tuple(_item(line, by_hand) for line in lines),
        discounts=by_hand.discounts,
        whole_discount=by_hand.whole,
        unsellable=frozenset(str(line.uuid) for line in lines if not _is_sold(line)),
        occasion=occasion,
        terms=terms,
    )


def _context(basket: AbstractBasket, line: AbstractBasketLine, place: Place, at: datetime) -> PriceContext:
    return PriceContext(
        currency=basket.currency,
        channel=basket.channel,
        customer_id=basket.customer_id,
        groups=group_ids(line),
        place=place,
        at=at,
        includes_tax=pricing_settings().PRICES_INCLUDE_TAX,
    )


def _occasion(lines: Sequence[Any], place: Place, at: datetime) -> Occasion:
    groups = getattr(lines[0], "customer_group_codes", None) if lines else None
    return Occasion(
        at=timezone.localtime(at, timezone.get_default_timezone()),
        country=place.country,
        groups=frozenset(groups.split(",")) if groups else frozenset(),
        has_ordered=bool(lines) and getattr(lines[0], "has_ordered", False),
    )


def _rules(
    lines: Sequence[AbstractBasketLine],
    terms: Terms,
    context: PriceContext,
    offers: promotions.Offers,
    quoter: Quoter | None,
) -> Rules:
    return Rules(
        prices=_prices(lines, context),
        promotions=offers.promotions,
        refusals=offers.refusals,
        choice=choice(),
        stock=stock_of(lines[0], goods_to_add(offers.promotions)),
        shipping=quoter,
        fees=_fees(),
        taxer=pricing.taxer(_tax_context(lines[0].basket, terms, context)),
        stages=_stages(),
    )


def _quoter(snapshot: BasketSnapshot, place: Place) -> Quoter:
    destination = Destination(place.country, place.region, place.postcode)
    return rates().load(destination, snapshot.currency, deliveries_of(snapshot.items, snapshot.currency))


def with_group_ids(rows: QuerySet[Any], customer_id: int | None) -> QuerySet[Any]:
    """Rows of one customer, each with the customer's groups, so that they cost no query of their own."""
    if customer_id is None:
        return rows
    annotated: QuerySet[Any] = rows.annotate(
        customer_groups=joined(CustomerGroup.objects.filter(customers=customer_id), "pk")
    )
    return annotated


def group_ids(row: Any) -> frozenset[int]:
    """The groups that :func:`with_group_ids` fetched."""
    text = getattr(row, "customer_groups", None)
    return frozenset(int(pk) for pk in text.split(",")) if text else frozenset()


def _lines(basket: AbstractBasket, offers: promotions.Offers, email: str, *, stock: bool) -> list[AbstractBasketLine]:
    lines: list[AbstractBasketLine]
    if offers.collections or goods_to_add(offers.promotions) or "has_ordered" in offers.needs:
        # What these rules look at is written into the query, and differs from promotion to promotion.
        rows = _stored_lines(basket.pk, basket.customer_id, stock=stock)
        lines = list(_with_rules(rows, "variant__", basket, offers, email))
    else:
        lines = _LINES(
            basket=basket.pk,
            customer=basket.customer_id,
            categories=offers.categories,
            group_codes="groups" in offers.needs,
            stock=stock,
        )
    if basket.customer_id is None:
        for line in lines:
            line._state.fields_cache["basket"] = basket
    return lines


def _stored_lines(basket: Any, customer: Any, *, stock: bool) -> QuerySet[Any]:
    """Lines by the keys of their basket and its customer, in order; with the customer as they are now, where there is one."""
    rows: QuerySet[Any] = BasketLine.objects.filter(basket_id=basket).select_related("variant__product__product_type")
    if customer is not None:
        rows = rows.select_related("basket__customer")
    rows = with_group_ids(with_exposed(rows), customer).order_by("pk")
    return _with_stock(rows, "variant__") if stock else rows


def _ordinary_lines(p: Any, *, group_codes: bool, stock: bool) -> QuerySet[Any]:
    """Lines with what most promotions look at."""
    rows = with_membership(_stored_lines(p.basket, p.customer, stock=stock), "variant__product_id", p.categories, ())
    return _with_group_codes(rows, p.customer) if group_codes else rows


_LINES = Prepared(_ordinary_lines, basket=key_of(Basket), customer=key_of(Customer), categories=[CharField()])


def _would_be(
    basket: AbstractBasket, items: Mapping[str, int], offers: promotions.Offers, email: str
) -> list[AbstractBasketLine]:
    """Lines of a basket that isn't stored, as they would be loaded."""
    variants: QuerySet[Any] = Variant.objects.filter(sku__in=items).select_related("product__product_type")
    rows = _with_stock(_with_rules(with_group_ids(variants, basket.customer_id), "", basket, offers, email), "")
    by_sku = {variant.sku: variant for variant in rows}
    if unknown := sorted(items.keys() - by_sku.keys()):
        raise Invalid(
            _("There is no such variant: %(skus)s.") % {"skus": ", ".join(unknown)}, attr="items", skus=unknown
        )
    lines: list[AbstractBasketLine] = []
    for number, (sku, quantity) in enumerate(items.items()):
        line = BasketLine(variant=by_sku[sku], quantity=quantity, uuid=UUID(int=number))
        line.basket = basket  # type: ignore[assignment]
        vars(line).update({name: getattr(by_sku[sku], name) for name in rows.query.annotations})
        lines.append(line)
    return lines


def _with_rules(
    rows: QuerySet[Any], variant: str, basket: AbstractBasket, offers: promotions.Offers, email: str
) -> QuerySet[Any]:
    """Lines or variants with what the rules on offer look at, and nothing that none does.

    Args:
        variant: The way from a row to its variant.
    """
    rows = with_membership(rows, f"{variant}product_id", offers.categories, offers.collections)
    rows = with_stock_of(rows, goods_to_add(offers.promotions), offers.collections)
    if "groups" in offers.needs:
        rows = _with_group_codes(rows, basket.customer_id)
    if "has_ordered" in offers.needs:
        rows = rows.annotate(has_ordered=Exists(order_history().earlier(basket.customer_id, email.strip().lower())))
    return rows


def _with_group_codes(rows: QuerySet[Any], customer_id: int | None) -> QuerySet[Any]:
    if customer_id is None:
        return rows
    annotated: QuerySet[Any] = rows.annotate(
        customer_group_codes=joined(CustomerGroup.objects.filter(customers=customer_id), "code")
    )
    return annotated


def _with_stock(rows: QuerySet[Any], variant: str) -> QuerySet[Any]:
    """Lines or variants with ``sellable_units`` and ``first_picture``."""
    here = OuterRef(f"{variant}pk")
    levels = StockLevel.objects.filter(variant=here, location__is_active=True).order_by()
    units = levels.values("variant").annotate(units=Sum(sellable(), output_field=IntegerField()))
    annotated: QuerySet[Any] = rows.annotate(
        sellable_units=Subquery(units.values("units")),
        first_picture=first_picture(f"{variant}product_id", f"{variant}pk"),
    )
    return annotated


def _is_sold(line: AbstractBasketLine) -> bool:
    product = line.variant.product
    return line.variant.archived_at is None and product.archived_at is None and product.is_published


def _item(line: AbstractBasketLine, by_hand: ManualPrices) -> Item:
    variant, product = line.variant, line.variant.product
    return Item(
        key=str(line.uuid),
        variant_id=variant.pk,
        product_id=product.pk,
        quantity=line.quantity,
        sku=variant.sku,
        name=product.name,
        product=product.slug,
        tax_class=product.effective_tax_class,
        weight=variant.weight,
        sides=variant.sides,
        kind=product.product_type.kind,
        categories=categories_of(line),
        collections=collections_of(line),
        attributes=product.attributes,
        is_discountable=product.is_discountable and str(line.uuid) not in by_hand.prices,
        is_tracked=variant.stock_is_tracked,
        options=line.options_key,
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
        tax_id_check=terms.tax_id_check,
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
