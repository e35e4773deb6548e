"""Changing an order that isn't paid yet: its money is frozen, so a draft is made of it, changed, and placed in its stead."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket, AbstractManualPrice
from tradepost.basket.models import Basket, BasketLine, ManualPrice
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.money import ZERO, quantise
from tradepost.orders.base import AbstractOrder, AbstractOrderLine
from tradepost.orders.models import Order, OrderLine

from ..base import AbstractDraft
from ..models import Checkout, Draft
from ..view import payments_installed
from .reopen import basket_of
from .replaced_orders import check_replaceable

__all__ = ["draft_of"]

_SAID = (
    "email", "phone", "shipping_address", "billing_address", "tax_id", "tax_id_check", "deliveries", "note", "consents",
    "agreements",
)  # fmt: skip


@db.atomic
def draft_of(order: AbstractOrder, *, by: By) -> AbstractDraft:
    """A draft with all that is in a pending order, which stays as it is until the draft is placed.

    Prices are those of today, but for those that staff had set. Goods that are no longer in the catalogue are left out.

    Args:
        order: Pending, and nothing was paid.
        by: The draft's author.

    Returns:
        The draft that is open for this order already, where there is one, so that two people don't change it apart.

    Raises:
        OrderClosed: It isn't pending any more.
        PaymentInProgress: Money was taken, or is held.
    """
    order = Order.objects.select_related("customer").get(pk=order.pk)
    check_replaceable(order)
    open_one = Draft.objects.filter(replaces=order.pk, basket__in=Basket.objects.open_drafts()).first()
    if open_one is not None:
        return open_one
    source = basket_of(order)
    basket = baskets.open_basket(
        customer=order.customer,
        currency=order.currency,
        channel=order.channel,
        country=order.tax_country,
        is_draft=True,
    )
    basket.metadata = dict(order.metadata)
    basket.coupon_codes = list(source.coupon_codes) if source is not None else _codes(order)
    basket.save(update_fields=["metadata", "coupon_codes"])
    _copy_checkout(order, source, basket)
    _copy_lines(order, basket)
    draft: AbstractDraft = Draft.objects.create(
        basket_id=basket.pk, replaces_id=order.pk, author_id=by.user_id, author_label=by.label[:150]
    )
    return draft


def _codes(order: AbstractOrder) -> list[str]:
    codes = order.adjustments.exclude(coupon_code="").order_by("pk").values_list("coupon_code", flat=True)
    return list(dict.fromkeys(codes))


def _copy_checkout(order: AbstractOrder, source: AbstractBasket | None, basket: AbstractBasket) -> None:
    old = Checkout.objects.filter(basket_id=source.pk).first() if source is not None else None
    values = {name: getattr(old, name) for name in _SAID} if old is not None else _known_of(order)
    payments = old.payments if old is not None else []
    if len(payments) == 1 and _is_offline(payments[0]):
        values["payments"] = [{"method": payments[0]["method"], "amount": None}]
    Checkout.objects.create(basket_id=basket.pk, **values)


def _is_offline(entry: Mapping[str, Any]) -> bool:
    if not payments_installed():
        return False
    from tradepost.payments import conf
    from tradepost.payments import services as payments

    return entry["method"] in conf.methods() and payments.are_offline([entry["method"]])


def _known_of(order: AbstractOrder) -> dict[str, Any]:
    """The buyer of an order of another source than a basket, as a checkout has it."""
    return {
        "email": order.email,
        "phone": order.phone,
        "shipping_address": dict(order.shipping_address),
        "billing_address": dict(order.billing_address),
        "tax_id": order.tax_id,
        "note": order.customer_note,
        "deliveries": {charge.group: charge.code for charge in order.charges.filter(kind="shipping")},
    }


def _copy_lines(order: AbstractOrder, basket: AbstractBasket) -> None:
    for line in OrderLine.objects.filter(order_id=order.pk).prefetch_related("adjustments"):
        if line.variant_id is None or line.quantity == line.cancelled_quantity:
            continue
        copy = BasketLine.objects.create(
            basket_id=basket.pk,
            variant_id=line.variant_id,
            quantity=line.quantity - line.cancelled_quantity,
            options=dict(line.options),
            options_key=baskets.options_key(line.options),
            metadata=dict(line.metadata),
        )
        if (by_hand := _by_hand(line, order)) is not None:
            ManualPrice.objects.create(basket_id=basket.pk, line=copy.uuid, **by_hand)


def _by_hand(line: AbstractOrderLine, order: AbstractOrder) -> dict[str, Any] | None:
    """The price or discount that staff had set on a line."""
    given = [row for row in line.adjustments.all() if row.kind == AbstractManualPrice.SOURCE]
    if off := -sum((row.amount for row in given), ZERO):
        rest = line.quantity - line.cancelled_quantity
        off = quantise(off * rest / line.quantity, order.currency)  # what was cancelled took its share along
        return _manual(AbstractManualPrice.Kind.AMOUNT, off, given[-1].reason or order.number, given[-1].actor)
    if line.price_source == AbstractManualPrice.SOURCE:
        return _manual(AbstractManualPrice.Kind.PRICE, line.unit_price, order.number, "")
    return None


def _manual(kind: str, value: Decimal, reason: str, actor: str) -> dict[str, Any]:
    return {"kind": kind, "value": value, "reason": reason, "actor_label": actor}
