"""Writing a pending order of a basket that was checked: its rows, coupons, number, payments and stock, in this order of locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.signals import post_save, pre_save
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.core import events
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.core.db.querysets import remember
from tradepost.customers.services import agreements_in
from tradepost.inventory import services as inventory
from tradepost.inventory.errors import OutOfStock
from tradepost.inventory.ports import Owner
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.drafts import BY_STAFF, OrderDraft
from tradepost.orders.models import Order, OrderLine
from tradepost.orders.states import Sums
from tradepost.promotions import services as promotions

from .. import conf
from ..delivery_dates import tell_arrivals
from ..events import ConsentsGiven, OrderReplaced
from ..order_draft import draft
from ..view import CheckoutView, payments_installed
from . import pending_orders

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = ["Placed", "Visit", "out_of_stock", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The total that a customer saw when they placed the order, and who they are.

    Attributes:
        expected_total: What the page said, in major units; ``None`` to take whatever it is now (for staff and imports).
        expected_currency: Likewise.
        return_url: Where a provider sends the browser back to; ``{payment}`` in it becomes the payment's UUID.
        client_input: What the payment method's form posted (untrusted).
        source: Where they are, for the order: ``storefront``, ``api``. What staff place is known by its basket.
    """

    expected_total: Decimal | None = None
    expected_currency: str = ""
    by: By = SYSTEM
    return_url: str = ""
    client_input: Mapping[str, Any] = field(default_factory=dict)
    client_ip: str | None = None
    language: str = ""
    source: str = "basket"

    def return_url_of(self, payment: AbstractPayment) -> str:
        """The return address of one payment."""
        return self.return_url.replace("{payment}", str(payment.uuid))


@dataclass(frozen=True, slots=True)
class Placed:
    """The outcome of a submission of a basket.

    Attributes:
        is_new: The order was made by this very call.
        payments: That were opened with it by this call, those that were begun as they stand; ``None`` where it was made before.
    """

    order: AbstractOrder
    is_new: bool
    payments: Sequence[AbstractPayment] | None = None


def place(view: CheckoutView, visit: Visit, *, begins: bool, replaced: AbstractOrder | None = None) -> Placed:
    """Write the order, in the caller's transaction, which has locked the basket and checked everything but coupons and stock.

    What others wait for is locked last: the number, then the stock.

    Args:
        view: Of the basket's checkout, seen in this transaction.
        begins: See :func:`~tradepost.checkout.services.prepare.prepare_or_find`.
        replaced: An unpaid order, locked, that is cancelled for this one, so that its stock is free for it.

    Raises:
        OutOfStock, CouponRefused, PromotionRefused: Somebody was faster.
        TooManyPending: It would be one unpaid order too many; one that is covered as it is placed holds nothing unpaid.
    """
    basket, deadline, heard = view.basket, _deadline(view), events.heard()
    basket.submissions += 1
    basket.submit()
    with orders.noted_together() as history:
        written = orders.write(_draft(view, visit, deadline, replaced), by=visit.by, numbered=False)
        order = written.order
        promotions.redeem(
            sorted(view.totals.coupons),
            owner_kind="order",
            owner_key=str(order.pk),
            customer_id=basket.customer_id,
            email=view.checkout.email,
            discounts=promotions.discounts_of(view.totals),
            seen=view.contents.coupons,
        )
        if heard != events.heard():  # a handler of a project's own may have changed it
            order = Order.objects.filter(pk=order.pk).locked().get()
        unsaved = orders.set_number(order)
        opened, of_payments = _payments(order, view, visit, begins=begins)
        if not (_is_covered(order) or basket.is_draft):
            pending_orders.refuse_too_many(basket, visit.client_ip, but=order.pk)
        if replaced is not None:
            _cancel(replaced, order, visit)
        order = _settle(view, order, deadline, unsaved=[*unsaved, *of_payments])
        _tell_consents(view, order)
    if heard == events.heard() and not _has_listeners():
        written.remember(order)
        remember(order, events=history, payments=opened, shipments=[])
        tell_arrivals(order, history)
    return Placed(order, is_new=True, payments=opened)


def _cancel(replaced: AbstractOrder, order: AbstractOrder, visit: Visit) -> None:
    orders.apply(replaced, "cancel", by=visit.by, reason="replaced")
    events.publish(OrderReplaced(order.pk, replaced.pk))


def _settle(view: CheckoutView, order: AbstractOrder, deadline: datetime, *, unsaved: Sequence[str]) -> AbstractOrder:
    """Hold the stock, and confirm the order and close the basket, if what was booked secures it already."""
    is_covered = _is_covered(order)
    if is_covered:
        view.basket.close()
    view.basket.save(update_fields=["status", "submissions"])
    if view.contents.demand:
        _reserve(order, view, None if is_covered else deadline)
    if is_covered:
        return orders.apply_locked(order, "confirm", by=SYSTEM, unsaved=unsaved, at_once=True)
    order.save(update_fields=unsaved)
    return order


def _is_covered(order: AbstractOrder) -> bool:
    """Whether what was booked secures all of it already."""
    return order.allows.awaits_payment and order.amount_secured >= order.due


def _has_listeners() -> bool:
    """Whether a project's receivers of signals may have changed what was written."""
    signals = (pre_save, post_save)
    return any(signal.has_listeners(model) for signal in signals for model in (Order, OrderLine))


def _payments(
    order: AbstractOrder, view: CheckoutView, visit: Visit, *, begins: bool
) -> tuple[list[AbstractPayment], list[str]]:
    """Open the payments, and begin them where that asks nobody; with the order's fields that they have set."""
    if order.total == 0 or not payments_installed():
        # nothing is to be paid, or the shop takes no payments here and sends invoices
        return [], orders.set_payments(order, Sums(secured=order.total), unknown=0)
    if view.basket.is_draft and not view.checkout.payments:
        return [], []  # the customer chooses later how to pay
    from tradepost.payments import services as payments

    shares = [(str(p["method"]), Decimal(p["amount"]) if p["amount"] else None) for p in view.checkout.payments]
    if begins and payments.are_offline(method for method, _amount in shares):
        return payments.open_offline(
            order, shares, return_url_of=visit.return_url_of, client_input=visit.client_input, by=visit.by
        )
    return payments.open_first(order, shares), []


def _reserve(order: AbstractOrder, view: CheckoutView, deadline: datetime | None) -> None:
    """Hold the stock; who loses a race for the last units is told of the same facts as who came late."""
    try:
        inventory.reserve(view.contents.demand, owner=Owner("order", str(order.pk)), expires_at=deadline)
    except OutOfStock as refusal:
        raise out_of_stock(view, refusal.context["short"]) from refusal


def out_of_stock(view: CheckoutView, short: Mapping[int, int]) -> OutOfStock:
    """The refusal that names every short line: its SKU, what was wanted, what is left."""
    lines = [
        {"line": line.key, "sku": line.item.sku, "wanted": line.item.quantity, "left": short[line.item.variant_id]}
        for line in view.totals.lines
        if line.item.variant_id in short
    ]
    names = ", ".join(sorted({line.item.name for line in view.totals.lines if line.item.variant_id in short}))
    return OutOfStock(_("Not enough in stock: %(names)s.") % {"names": names}, short=dict(short), lines=lines)


def _draft(view: CheckoutView, visit: Visit, deadline: datetime, replaced: AbstractOrder | None) -> OrderDraft:
    basket = view.basket
    return draft(
        basket,
        view,
        source_key=basket.source_key,
        expires_at=deadline,
        language=_language(basket) or visit.language or translation.get_language() or "",
        client_ip=visit.client_ip,
        visitor_key=pending_orders.visitor_of(basket),
        terms_version="" if basket.is_draft else conf.settings().TERMS_VERSION,
        source=BY_STAFF if basket.is_draft else visit.source,
        replaces=replaced,
    )


def _tell_consents(view: CheckoutView, order: AbstractOrder) -> None:
    """Have what a customer agreed to written down, as far as the shop keeps a history of it; costs nothing where it doesn't.

    Not here: nothing of the order depends on it, and the customer's row would be one more that others wait for. What a guest
    agreed to stays in the order's own history.
    """
    if order.customer_id is None:
        return
    for agreement in agreements_in(view.checkout.consents):
        text, at = agreement.as_dict(), order.placed_at or clock.now()
        kept = view.checkout.agreements.get(agreement.purpose, {})
        if kept.get("version") == agreement.version:
            text, at = {name: kept[name] for name in text}, datetime.fromisoformat(kept["at"])
        events.publish(ConsentsGiven(order.customer_id, order.number, [text], at))


def _language(basket: AbstractBasket) -> str:
    """That which the customer wants to be written to in; one that the project gave up meanwhile is none."""
    chosen = basket.customer.language if basket.customer is not None else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _deadline(view: CheckoutView) -> datetime:
    chosen = view.checkout.payments
    if payments_installed() and (chosen or view.basket.is_draft):
        from tradepost.payments import conf as payments_conf
        from tradepost.payments import services as payments

        if not chosen:  # as long as a link to pay is good
            return clock.now() + payments_conf.settings().PAY_LINK_EXPIRES_AFTER
        return max(payments.expires_at(entry["method"]) for entry in chosen)
    return clock.now() + conf.settings().EXPIRES_AFTER
