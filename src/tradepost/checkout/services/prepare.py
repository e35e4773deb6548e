"""Preparing: the transaction that makes an order of a basket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.basket.totals.completeness import NOT_CALCULATED
from tradepost.core import db, versions
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.core.money import quantise
from tradepost.inventory import services as inventory
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.ports import Owner
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.drafts import OrderDraft
from tradepost.orders.models import Order
from tradepost.orders.states import Sums
from tradepost.pricing.errors import TaxUnavailable
from tradepost.promotions import services as promotions

from .. import conf
from ..base import AbstractCheckout
from ..errors import (
    NotCalculated,
    RequirementsUnmet,
    TotalChanged,
)
from ..order_draft import draft
from ..view import (
    CheckoutView,
    checkout_of,
    look,
    payments_installed,
)
from . import pending_orders

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = ["Visit", "order_of", "prepare", "prepare_or_find"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a customer saw when they placed the order, and who they are.

    Attributes:
        expected_total: What the page said, in major units; ``None`` to take whatever it is now (for staff and imports).
        expected_currency: Likewise.
        return_url: Where a provider sends the browser back to; ``{payment}`` in it becomes the payment's UUID.
        client_input: What the payment method's form posted (untrusted).
    """

    expected_total: Decimal | None = None
    expected_currency: str = ""
    by: By = SYSTEM
    return_url: str = ""
    client_input: Mapping[str, Any] = field(default_factory=dict)
    client_ip: str | None = None
    language: str = ""

    def return_url_of(self, payment: AbstractPayment) -> str:
        """The return address of one payment."""
        return self.return_url.replace("{payment}", str(payment.uuid))


def order_of(basket: AbstractBasket) -> AbstractOrder | None:
    """The order of a basket's present submission."""
    return Order.objects.filter(source_key=basket.source_key).first()


@versions.one_reading()
@db.durable
def prepare_or_find(basket: AbstractBasket, visit: Visit) -> tuple[AbstractOrder, bool]:
    """Make a pending order of a basket: everything is recomputed, checked and copied, coupons are redeemed, stock is held.

    Safe to repeat: the same submission gives the order that it gave before.

    Returns:
        The order, and whether it was made by this very call.

    Raises:
        BasketNotOpen: It was merged, or its order has come to an end.
        TotalChanged: The total or its currency isn't what the customer saw.
        RequirementsUnmet: Something is missing.
        TaxUnavailable: The taxes aren't known.
        OutOfStock: Some lines are short; all of them are reported.
        CouponRefused: A coupon was used up meanwhile, or isn't valid any more.
        PromotionRefused: The budget of a promotion was used up meanwhile.
        TooManyPending: Too many unpaid orders already.
    """
    versions.hold()
    basket = pending_orders.lock_with_others(basket)
    if basket.status != Basket.Status.OPEN:
        return _placed_before(basket), False
    view = look(basket, checkout_of(basket))
    _refuse_unknown_tax(view)
    _refuse_no_total(view)
    _refuse_other_total(basket, view, visit)
    if view.requirements:
        facts = [requirement.as_dict() for requirement in view.requirements]
        raise RequirementsUnmet(view.requirements[0].message, requirements=facts)
    _refuse_errors(view)
    if view.short:
        raise out_of_stock(view, view.short)
    pending_orders.refuse_too_many(basket, visit.client_ip)
    return _place(basket, view, visit), True


def prepare(basket: AbstractBasket, visit: Visit) -> AbstractOrder:
    """The order of :func:`prepare_or_find`."""
    return prepare_or_find(basket, visit)[0]


def _placed_before(basket: AbstractBasket) -> AbstractOrder:
    order = order_of(basket)
    if order is not None and not order.allows.is_called_off:
        return order
    number = order.number if order else ""
    raise BasketNotOpen(_("An order has been made of this basket."), basket=str(basket.uuid), order=number)


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
            _("The total has changed meanwhile; please look again."),
            expected={"amount": str(expected[0]), "currency": expected[1]},
            total={"amount": str(quantise(totals.total, totals.currency)), "currency": totals.currency},
        )


def out_of_stock(view: CheckoutView, short: Mapping[int, int]) -> OutOfStock:
    """The refusal that names every short line: its SKU, what was wanted, what is left."""
    lines = [
        {"line": line.key, "sku": line.item.sku, "wanted": line.item.quantity, "left": short[line.item.variant_id]}
        for line in view.totals.lines
        if line.item.variant_id in short
    ]
    names = ", ".join(sorted({line.item.name for line in view.totals.lines if line.item.variant_id in short}))
    return OutOfStock(_("There is not enough of: %(names)s.") % {"names": names}, short=dict(short), lines=lines)


def _place(basket: AbstractBasket, view: CheckoutView, visit: Visit) -> AbstractOrder:
    basket.submissions += 1
    basket.submit()
    basket.save(update_fields=["status", "submissions"])
    deadline = _deadline(view.checkout)
    order = orders.create(_draft(basket, view, visit, deadline), by=visit.by, numbered=False)
    promotions.redeem(
        sorted(view.totals.coupons),
        owner_kind="order",
        owner_key=str(order.pk),
        customer_id=basket.customer_id,
        email=view.checkout.email,
        discounts=promotions.discounts_of(view.totals),
    )
    orders.give_number(order)
    _open_payments(order, view.checkout)
    if view.contents.demand:
        _reserve(order, view, deadline)
    if payments_installed() and order.total > 0:
        return order
    return _confirm_at_once(order)


def _reserve(order: AbstractOrder, view: CheckoutView, deadline: datetime) -> None:
    """Hold the stock; who loses a race for the last units is told of the same facts as who came late."""
    try:
        inventory.reserve(view.contents.demand, owner=Owner("order", str(order.pk)), expires_at=deadline)
    except OutOfStock as refusal:
        raise out_of_stock(view, refusal.context["short"]) from refusal


def _draft(basket: AbstractBasket, view: CheckoutView, visit: Visit, deadline: datetime) -> OrderDraft:
    return draft(
        basket,
        view,
        source_key=basket.source_key,
        expires_at=deadline,
        language=visit.language or translation.get_language() or "",
        client_ip=visit.client_ip,
        visitor_key=pending_orders.visitor_of(basket),
        terms_version=conf.settings().TERMS_VERSION,
    )


def _confirm_at_once(order: AbstractOrder) -> AbstractOrder:
    """Nothing is to be paid, or the shop takes no payments here and sends invoices."""
    order = orders.record_payments(order.pk, Sums(secured=order.total), unknown=0)
    return orders.apply(order, "confirm", by=SYSTEM)


def _deadline(checkout: AbstractCheckout) -> datetime:
    if payments_installed() and checkout.payments:
        from tradepost.payments import services as payments

        return max(payments.expires_at(entry["method"]) for entry in checkout.payments)
    return clock.now() + conf.settings().EXPIRES_AFTER


def _open_payments(order: AbstractOrder, checkout: AbstractCheckout) -> None:
    if order.total == 0 or not payments_installed():
        return
    from tradepost.payments import services as payments

    wanted = [(str(p["method"]), Decimal(p["amount"]) if p["amount"] else None) for p in checkout.payments]
    payments.open_first(order, wanted)
