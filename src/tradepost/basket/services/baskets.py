"""Use cases of baskets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tradepost.core import db
from tradepost.pricing.document import LineRow, Totals
from tradepost.pricing.explanation import (
    Explanation,
    RowExplanation,
    explanation,
    for_customers,
)
from tradepost.pricing.ports import Place
from tradepost.pricing.services import tax_is_known
from tradepost.promotions.services import UsableCoupon
from tradepost.shipping.ports import Quote

from ..base import AbstractBasket, AbstractBasketLine
from ..calculation import calculate
from ..conf import terms_source
from ..errors import (
    PriceMissing,
)
from ..stages import parcel_of
from ..totals.dry_run import customer_named, load_trial
from ..totals.loader import Loaded, load
from ..totals.snapshots import Terms
from .lifecycle import (
    basket_of,
    clear_old,
    find_basket,
    open_basket,
)
from .lines import add, clear, price_missing, put, remove, set_quantity
from .merge import (
    join,
    merge,
    reopen,
    reopen_if_alone,
    sign_in,
)

if TYPE_CHECKING:
    from tradepost.catalogue.base import AbstractProduct, AbstractVariant
    from tradepost.customers.base import AbstractCustomer

__all__ = [
    "BasketView",
    "Explanation",
    "RowExplanation",
    "ViewLine",
    "add",
    "add_and_read",
    "basket_of",
    "clear",
    "clear_old",
    "customer_named",
    "dry_run",
    "explain",
    "explanation",
    "find_basket",
    "for_customers",
    "join",
    "known_terms",
    "merge",
    "open_basket",
    "read",
    "remove",
    "reopen",
    "reopen_if_alone",
    "set_quantity",
    "shipping_quotes",
    "sign_in",
    "totals",
    "totals_with_quotes",
]


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A line with its amounts.

    Attributes:
        available: Units of the variant that may still be promised; ``None`` where they aren't counted.
        picture: Columns of the product's first picture (``file``, ``source_url``, ``alt``); ``None`` where it has none.
    """

    line: AbstractBasketLine
    row: LineRow
    available: int | None
    picture: Mapping[str, str] | None = None

    @property
    def uuid(self) -> UUID:
        """Names the line."""
        return self.line.uuid

    @property
    def variant(self) -> AbstractVariant:
        """The variant, with its product."""
        return self.line.variant

    @property
    def product(self) -> AbstractProduct:
        """Of the variant."""
        return self.line.variant.product

    @property
    def quantity(self) -> int:
        """Units."""
        return self.line.quantity

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that the buyer wrote or chose."""
        return dict(self.line.options)


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket as a page shows it: the lines as they were added, the totals, and the offers of delivery where asked for.

    Attributes:
        coupons: Those that unlock a promotion, by their codes, as they were seen.
    """

    basket: AbstractBasket
    lines: tuple[ViewLine, ...]
    totals: Totals
    quotes: Sequence[Quote] = ()
    coupons: Mapping[str, UsableCoupon] = field(default_factory=dict)

    @property
    def explained(self) -> Explanation:
        """The steps of each amount, and what did not apply with its reason."""
        return explanation(self.totals)

    @property
    def units(self) -> int:
        """Units of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def demand(self) -> dict[int, int]:
        """Units by variant id, of what is counted in stock: lines of one variant with other options add up."""
        units: Counter[int] = Counter()
        for line in self.lines:
            if line.available is not None:
                units[line.line.variant_id] += line.quantity
        return dict(units)


def known_terms(basket: AbstractBasket) -> Terms:
    """The buyer's known terms: the one context of basket, API, checkout and order; one query at most."""
    if "checkout" not in {relation.get_accessor_name() for relation in basket._meta.related_objects}:
        return Terms(destination=Place(basket.country), email=basket.customer.email if basket.customer else "")
    return terms_source().terms(basket)


def totals(basket: AbstractBasket, terms: Terms | None = None, *, at: datetime | None = None) -> Totals:
    """Calculate a basket's totals; keys of the lines are ``str(line.uuid)``.

    Args:
        terms: Instead of what is known of the buyer (:func:`known_terms`).
        at: The moment whose prices and promotions count.
    """
    loaded = load(basket, terms or known_terms(basket), at=at)
    return calculate(loaded.snapshot, loaded.rules)


def explain(basket: AbstractBasket, terms: Terms | None = None, *, at: datetime | None = None) -> Explanation:
    """Why a basket costs what it costs: the steps of each amount, and what did not apply with its reason.

    Queries as for :func:`totals`.
    """
    return explanation(totals(basket, terms, at=at))


def dry_run(
    items: Mapping[str, int],
    *,
    customer: AbstractCustomer | None = None,
    country: str = "",
    currency: str = "",
    channel: str = "web",
    at: datetime | None = None,
    coupons: Sequence[str] = (),
    shipping_method: str = "",
    email: str = "",
    region: str = "",
    postcode: str = "",
    payment_method: str = "",
    tax_id: str = "",
) -> BasketView:
    """Calculate what a basket would cost any customer at any time; nothing is written, and the view's basket isn't stored.

    Six queries at most, however many items there are. :func:`explanation` of its totals says why.

    Args:
        items: Units by SKU.
        country: Where the goods would go, with ``region`` and ``postcode``.
        currency: The shop's own where it isn't given.
        email: Of a guest, whose earlier orders and uses of coupons count.
        payment_method: Its alias, for its fee.

    Raises:
        CurrencyNotOffered: The shop doesn't sell in it.
        Invalid: No such variant, or a quantity below one.
    """
    basket, loaded = load_trial(
        items,
        customer=customer,
        country=country,
        currency=currency,
        channel=channel,
        at=at,
        coupons=coupons,
        shipping_method=shipping_method,
        email=email,
        region=region,
        postcode=postcode,
        payment_method=payment_method,
        tax_id=tax_id,
    )
    return _view(basket, loaded, shipping=True)


def read(basket: AbstractBasket, terms: Terms | None = None, *, shipping: bool = False) -> BasketView:
    """A basket with its lines, what is left of each in stock, and its totals; queries as for :func:`totals`.

    Args:
        shipping: Add the offers of delivery, even where no method is chosen.
    """
    loaded = load(basket, terms or known_terms(basket), shipping=shipping, stock=True)
    return _view(basket, loaded, shipping=shipping)


def _view(basket: AbstractBasket, loaded: Loaded, *, shipping: bool) -> BasketView:
    totals_ = calculate(loaded.snapshot, loaded.rules)
    rows = {row.key: row for row in totals_.lines}
    lines = [_view_line(line, rows[str(line.uuid)]) for line in loaded.lines]
    quotes = _quotes(loaded, totals_, "") if shipping else ()
    return BasketView(basket, tuple(lines), totals_, quotes, loaded.coupons)


def add_and_read(
    basket: AbstractBasket,
    variant: AbstractVariant,
    quantity: int = 1,
    *,
    options: Mapping[str, Any] | None = None,
    terms: Terms | None = None,
) -> BasketView:
    """As :func:`add` and :func:`read`, with one look at prices for both: the calculation tells where there is none.

    Raises:
        PriceMissing: There is no price in the basket's currency; nothing was changed. Others as for :func:`add`.
    """
    terms = terms or known_terms(basket)
    view = _add_and_read(basket, variant, quantity, options=options, terms=terms)
    # an outside service isn't asked for the tax inside the transaction
    return view if tax_is_known(view.totals) else read(basket, terms)


@db.atomic
def _add_and_read(
    basket: AbstractBasket,
    variant: AbstractVariant,
    quantity: int,
    *,
    options: Mapping[str, Any] | None,
    terms: Terms,
) -> BasketView:
    line = put(basket, variant, quantity, options=options, check_price=False)
    view = read(basket, terms)
    if any(error["code"] == PriceMissing.code and error["line"] == str(line.uuid) for error in view.totals.errors):
        raise price_missing([variant.sku], basket.currency)
    return view


def _view_line(line: Any, row: LineRow) -> ViewLine:
    return ViewLine(line, row, _available(line), line.first_picture)


def _available(line: Any) -> int | None:
    return int(line.sellable_units or 0) if line.variant.stock_is_tracked else None


def shipping_quotes(basket: AbstractBasket, terms: Terms | None = None, *, group: str = "") -> Sequence[Quote]:
    """Quote each shipping method; none for a basket without anything that travels."""
    return totals_with_quotes(basket, terms, group=group)[1]


def totals_with_quotes(
    basket: AbstractBasket,
    terms: Terms | None = None,
    *,
    group: str = "",
    at: datetime | None = None,
) -> tuple[Totals, Sequence[Quote]]:
    """Totals and the offers of delivery together, loaded once; six queries at most."""
    loaded = load(basket, terms or known_terms(basket), at=at, shipping=True)
    calculated = calculate(loaded.snapshot, loaded.rules)
    return calculated, _quotes(loaded, calculated, group)


def _quotes(loaded: Loaded, calculated: Totals, group: str) -> Sequence[Quote]:
    parcel = parcel_of(calculated.lines, group, calculated.currency)
    return loaded.rules.shipping(parcel) if loaded.rules.shipping is not None and parcel.items else ()
