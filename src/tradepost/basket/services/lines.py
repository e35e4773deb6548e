"""Changing the lines of an open basket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.base import AbstractVariant
from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers.models import Customer
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.ports import Place, PriceContext, PriceRequest

from ..base import (
    AbstractBasket,
    AbstractBasketLine,
)
from ..conf import settings
from ..errors import (
    BasketNotOpen,
    LineNotFound,
    NotSellable,
    OptionsInvalid,
    PriceMissing,
    QuantityInvalid,
    QuantityLimit,
    TooManyLines,
)
from ..models import Basket, BasketLine, ManualPrice
from ..ports import LineKey
from ..totals.loader import group_ids, with_group_ids

__all__ = ["add", "check_prices", "clear", "find_line", "locked", "options_key", "remove", "set_quantity"]

_LOCKED = db.Prepared(
    lambda p: db.lock(with_group_ids(with_exposed(Basket.objects.filter(pk=p.basket)), p.customer)),
    basket=db.key_of(Basket),
    customer=db.key_of(Customer),
)
_OPTIONS_LENGTH = 4000  # characters of their JSON
_TOUCHED_WITHIN = timedelta(hours=1)


def locked(basket: AbstractBasket) -> AbstractBasket:
    """The basket's row, fresh and locked, with the customer's groups.

    Raises:
        BasketNotOpen: It can't be changed.
    """
    fresh: AbstractBasket = _LOCKED.get(basket=basket.pk, customer=basket.customer_id)
    check_open(fresh)
    return fresh


def check_open(basket: AbstractBasket) -> None:
    """Refuse a basket that can't be changed.

    Raises:
        BasketNotOpen: An order is being made of it, or was.
    """
    if not basket.allows.is_open:
        message = _("This basket has already been ordered, so it can't be changed.")
        raise BasketNotOpen(message, basket=str(basket.uuid), status=str(basket.status))


def touch(basket: AbstractBasket) -> None:
    """Note that the basket was changed: guests' baskets are cleared days after that, so to the hour is enough."""
    if basket.updated_at < timezone.now() - _TOUCHED_WITHIN:
        basket.save(update_fields=["updated_at"])


def options_key(options: Mapping[str, Any]) -> str:
    """Name of a set of options, the same however they are ordered; empty for none.

    Raises:
        OptionsInvalid: They are not a small mapping of names to plain values.
    """
    if not options:
        return ""
    try:
        text = json.dumps(options, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        text = None
    if text is None or len(text) > _OPTIONS_LENGTH or not all(isinstance(name, str) for name in options):
        raise OptionsInvalid(_("Options are names with short, plain values."), attr="options")
    return hashlib.sha256(text.encode()).hexdigest()


def _check_quantity(quantity: int, *, least: int) -> None:
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < least:
        message = _("Enter a whole number of at least %(least)s.") % {"least": least}
        raise QuantityInvalid(message, attr="quantity", least=least)
    limit = settings().MAX_QUANTITY
    if quantity > limit:
        raise QuantityLimit(
            _("You can buy at most %(limit)s of one item.") % {"limit": limit}, attr="quantity", limit=limit
        )


def check_line_count(number: int) -> None:
    """Refuse more lines than a basket may have.

    Raises:
        TooManyLines: ``context["limit"]`` says how many it may.
    """
    limit = settings().MAX_LINES
    if number > limit:
        raise TooManyLines(_("A basket holds at most %(limit)s different items.") % {"limit": limit}, limit=limit)


def is_sold(variant: AbstractVariant) -> bool:
    """Whether a variant may be put into a basket at all."""
    product = variant.product
    return variant.archived_at is None and product.archived_at is None and product.is_published


def _check_sold(variant: AbstractVariant) -> None:
    if not is_sold(variant):
        raise NotSellable(_("This item is no longer available."), attr="variant", sku=variant.sku)


def check_prices(basket: AbstractBasket, skus: Mapping[int, str], *, currency: str = "") -> None:
    """Refuse what has no price in the basket's currency, or another.

    Args:
        basket: As :func:`locked` gives it, with the customer's groups.
        skus: By variant id.

    Raises:
        PriceMissing: ``context["skus"]`` names those without a price.
    """
    if missing := without_price(basket, skus, currency=currency):
        raise price_missing(missing, currency or basket.currency)


def without_price(basket: AbstractBasket, skus: Mapping[int, str], *, currency: str = "") -> list[str]:
    """SKUs that have no price in the basket's currency, or another; arguments as for :func:`check_prices`."""
    if not skus:
        return []
    context = PriceContext(
        currency=currency or basket.currency,
        channel=basket.channel,
        customer_id=basket.customer_id,
        groups=group_ids(basket),
        place=Place(basket.country),
        at=clock.now(),
        includes_tax=pricing_settings().PRICES_INCLUDE_TAX,
    )
    requests = [PriceRequest(sku, pk, settings().MAX_QUANTITY) for pk, sku in skus.items()]
    return sorted(quote.key for quote in pricing.quote(requests, context) if quote.amount is None)


def price_missing(skus: Sequence[str], currency: str) -> PriceMissing:
    """The refusal that names what has no price."""
    message = _("%(skus)s: there is no price in %(currency)s.") % {"skus": ", ".join(skus), "currency": currency}
    return PriceMissing(message, skus=list(skus), currency=currency)


@db.atomic
def add(
    basket: AbstractBasket, variant: AbstractVariant, quantity: int = 1, *, options: Mapping[str, Any] | None = None
) -> AbstractBasketLine:
    """Put units of a variant into a basket, on the line that has the same options, if there is one.

    Stock isn't looked at: a checkout does that, for all lines at once.

    Args:
        variant: With its product, best fetched by ``with_product()``.
        quantity: Units more; at least one.
        options: What the buyer wrote or chose.

    Raises:
        BasketNotOpen: The basket was submitted.
        QuantityInvalid: Less than one unit.
        QuantityLimit: More than a line may have.
        TooManyLines: As many lines as a basket may have are in it.
        NotSellable: The variant is archived or hidden.
        OptionsInvalid: The options are not plain.
        PriceMissing: It has no price in the basket's currency.
    """
    return put(basket, variant, quantity, options=options, check_price=True)


def put(
    basket: AbstractBasket,
    variant: AbstractVariant,
    quantity: int,
    *,
    options: Mapping[str, Any] | None,
    check_price: bool,
) -> AbstractBasketLine:
    """As :func:`add`, in the caller's transaction; without the check of the price the caller makes it."""
    _check_quantity(quantity, least=1)
    _check_sold(variant)
    chosen = dict(options or {})
    key = options_key(chosen)
    fresh = locked(basket)
    lines: dict[LineKey, AbstractBasketLine] = {
        (line.variant_id, line.options_key): line for line in BasketLine.objects.filter(basket=fresh.pk)
    }
    line = lines.get((variant.pk, key))
    if line is None:
        check_line_count(len(lines) + 1)
        if check_price:
            check_prices(fresh, {variant.pk: variant.sku})
        line = BasketLine.objects.create(
            basket_id=fresh.pk, variant_id=variant.pk, quantity=quantity, options=chosen, options_key=key
        )
    else:
        _check_quantity(line.quantity + quantity, least=1)
        line.quantity += quantity
        line.save(update_fields=["quantity"])
    touch(fresh)
    return line


def find_line(basket: AbstractBasket, line_uuid: UUID | str) -> AbstractBasketLine:
    """A line of a basket.

    Raises:
        LineNotFound: There is none of this UUID.
    """
    line = None
    try:
        uuid = line_uuid if isinstance(line_uuid, UUID) else UUID(str(line_uuid))
    except ValueError:
        uuid = None
    if uuid is not None:
        line = BasketLine.objects.filter(basket=basket.pk, uuid=uuid).first()
    if line is None:
        raise LineNotFound(_("There is no such line in this basket."), line=str(line_uuid))
    return line


@db.atomic
def set_quantity(basket: AbstractBasket, line_uuid: UUID | str, quantity: int) -> AbstractBasketLine | None:
    """Change the units of a line; with 0 it is taken out.

    Returns:
        The line, or ``None`` where it is gone.

    Raises:
        BasketNotOpen: The basket was submitted.
        LineNotFound: There is no such line.
        QuantityInvalid: Below zero.
        QuantityLimit: More than a line may have.
    """
    _check_quantity(quantity, least=0)
    fresh = locked(basket)
    line = find_line(fresh, line_uuid)
    if quantity == 0:
        _delete(fresh, line)
        touch(fresh)
        return None
    if line.quantity != quantity:
        line.quantity = quantity
        line.save(update_fields=["quantity"])
        touch(fresh)
    return line


def _delete(basket: AbstractBasket, line: AbstractBasketLine) -> None:
    if basket.is_draft:
        ManualPrice.objects.filter(line=line.uuid).delete()
    line.delete()


@db.atomic
def remove(basket: AbstractBasket, line_uuid: UUID | str) -> None:
    """Take a line out.

    Raises:
        BasketNotOpen: The basket was submitted.
        LineNotFound: There is no such line.
    """
    fresh = locked(basket)
    _delete(fresh, find_line(fresh, line_uuid))
    touch(fresh)


@db.atomic
def clear(basket: AbstractBasket) -> None:
    """Take all lines and coupons out.

    Raises:
        BasketNotOpen: The basket was submitted.
    """
    fresh = locked(basket)
    BasketLine.objects.filter(basket=fresh.pk).delete()
    if fresh.is_draft:
        ManualPrice.objects.filter(basket=fresh.pk).delete()
    fresh.coupon_codes = []
    fresh.save(update_fields=["coupon_codes"])
