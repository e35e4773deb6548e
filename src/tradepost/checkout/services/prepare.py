"""Preparing: the transaction that makes an order of a basket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.totals.completeness import NOT_CALCULATED
from tradepost.core import db, versions
from tradepost.core.money import quantise
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.pricing.errors import TaxUnavailable
from tradepost.promotions import services as promotions

from ..buyer import known_checkout
from ..errors import (
    NotCalculated,
    RequirementsUnmet,
    TotalChanged,
)
from ..view import CheckoutView, look
from . import pending_orders
from .fields import write_fields
from .placement import Placed, Visit, out_of_stock, place
from .replaced_orders import lock_replaced

__all__ = ["Placed", "Visit", "order_of", "prepare", "prepare_here", "prepare_or_find"]


def order_of(basket: AbstractBasket) -> AbstractOrder | None:
    """The order of a basket's present submission."""
    return Order.objects.filter(source_key=basket.source_key).first()


@versions.one_reading()
@db.durable
def prepare_or_find(
    basket: AbstractBasket, visit: Visit, *, fields: Mapping[str, Any] | None = None, begins: bool = False
) -> Placed:
    """Make a pending order of a basket: everything is recomputed, checked and copied, coupons are redeemed, stock is held.

    Safe to repeat: the same submission gives the order that it gave before.

    Args:
        basket: Open, or submitted before.
        visit: What the customer saw, and who they are.
        fields: What the buyer says with it, spelled out; written first, in the same transaction.
        begins: Payments are begun as well, where all are by methods that ask nobody; an order that they cover is confirmed.

    Raises:
        BasketNotOpen: It was merged, or its order has come to an end.
        TotalChanged: The total or its currency isn't what the customer saw.
        RequirementsUnmet: Something is missing.
        TaxUnavailable: The taxes aren't known.
        OutOfStock: Some lines are short; all of them are reported.
        CouponRefused: A coupon was used up meanwhile, or isn't valid any more.
        PromotionRefused: The budget of a promotion was used up meanwhile.
        TooManyPending: It would have to be paid later, and there are too many unpaid orders already.
        Invalid: What was said is wrong.
        OrderClosed, PaymentInProgress: Of a draft: the order that it would replace can't be replaced any more.
    """
    return prepare_here(basket, visit, fields=fields, begins=begins)


def prepare_here(
    basket: AbstractBasket,
    visit: Visit,
    *,
    fields: Mapping[str, Any] | None = None,
    begins: bool = False,
    is_trial: bool = False,
) -> Placed:
    """As :func:`prepare_or_find`, in the caller's transaction.

    Args:
        is_trial: It will be undone: payments of an order that is replaced needn't be stopped yet.
    """
    versions.hold()
    basket = pending_orders.lock_with_others(basket)
    if not basket.allows.is_open:
        return Placed(_placed_before(basket), is_new=False)
    replaced = lock_replaced(basket, is_trial=is_trial) if basket.is_draft else None
    checkout = known_checkout(basket)
    if fields:
        write_fields(basket, checkout, fields)
    view = look(basket, checkout)
    _refuse_unknown_tax(view)
    _refuse_no_total(view)
    _refuse_other_total(basket, view, visit)
    if view.requirements:
        facts = [requirement.as_dict() for requirement in view.requirements]
        raise RequirementsUnmet(view.requirements[0].message, requirements=facts)
    _refuse_errors(view)
    if view.short and replaced is None:  # else what that one holds is free before anything is held for this one
        raise out_of_stock(view, view.short)
    return place(view, visit, begins=begins, replaced=replaced)


def prepare(basket: AbstractBasket, visit: Visit) -> AbstractOrder:
    """The order of :func:`prepare_or_find`."""
    return prepare_or_find(basket, visit).order


def _placed_before(basket: AbstractBasket) -> AbstractOrder:
    order = order_of(basket)
    if order is not None and not order.allows.is_called_off:
        return order
    number = order.number if order else ""
    raise BasketNotOpen(_("This basket has already been ordered."), basket=str(basket.uuid), order=number)


def _refuse_unknown_tax(view: CheckoutView) -> None:
    for error in view.totals.errors:
        if error["code"] == TaxUnavailable.code:
            raise TaxUnavailable(error["message"])


def _refuse_no_total(view: CheckoutView) -> None:
    """Whatever the steps say: what wasn't calculated to its end is never ordered."""
    if view.totals.total is None:
        error = next(error for error in view.totals.errors if error["code"] == NOT_CALCULATED)
        raise NotCalculated(str(error["message"]))


def _refuse_errors(view: CheckoutView) -> None:
    """An empty basket, and what can't be sold or delivered, where a project's steps don't look."""
    facts = [{"code": str(error["code"]), "message": str(error["message"])} for error in view.totals.errors]
    if not view.totals.lines:
        facts.append({"code": "basket_empty", "message": str(_("The basket is empty."))})
    if facts:
        requirements = [{"attr": "lines", **fact} for fact in facts]
        raise RequirementsUnmet(facts[0]["message"], requirements=requirements)


def _refuse_other_total(basket: AbstractBasket, view: CheckoutView, visit: Visit) -> None:
    totals = view.totals
    if visit.expected_total is None or totals.total is None:
        return
    expected = (visit.expected_total, visit.expected_currency or totals.currency)
    if expected != (totals.total, totals.currency):
        # a coupon that stopped being valid is named, for it is likely the reason
        gone = [entry.coupon for entry in totals.trail if entry.coupon in basket.coupon_codes and not entry.rule]
        promotions.check_coupons(gone, customer_id=basket.customer_id, email=view.checkout.email)
        raise TotalChanged(
            _("The total has changed. Please check it again."),
            expected={"amount": str(expected[0]), "currency": expected[1]},
            total={"amount": str(quantise(totals.total, totals.currency)), "currency": totals.currency},
        )
