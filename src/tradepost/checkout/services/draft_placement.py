"""A draft becomes an order: paid later, by a link that the customer gets, or by money that was taken already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tradepost.basket.models import Basket
from tradepost.core import db, versions
from tradepost.core.errors import Invalid
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.orders.services import OrderMoney

from ..base import AbstractDraft
from ..errors import OrderClosed
from ..view import checkout_of, look, payments_installed
from .checkout import Completion, complete
from .placement import Visit
from .prepare import prepare_here
from .reopen import stop_payments
from .replaced_orders import check_replaceable, live_payments, was_replaced

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment
    from tradepost.payments.services.pay_links import PayLink

__all__ = ["DraftPreview", "LinkWanted", "PlacedDraft", "Receipt", "place_draft", "preview_draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWanted:
    """The customer is to pay by a link.

    Attributes:
        mail: It is written to them; else staff hand it over.
        expires_after: Until when it is good; the shop's own time if ``None``.
    """

    mail: bool = True
    expires_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money for the whole order that staff have received already: cash, a terminal, a transfer.

    Attributes:
        reference: Of the receipt. The same one again is the same money.
    """

    reference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDraft:
    """An order that was made of a draft."""

    order: AbstractOrder
    payment: AbstractPayment | None = None
    link: PayLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPreview:
    """The outcome of placing a draft, without placing it.

    Attributes:
        before: The money of the order that it replaces; ``None`` where it replaces none.
        after: The new order's.
        difference: What the customer would owe more, or less; ``None`` where nothing is replaced or the currency is another.
        payments: Of the replaced order, which are cancelled at their providers first.
    """

    before: OrderMoney | None
    after: OrderMoney
    difference: Decimal | None
    payments: Sequence[AbstractPayment]


def place_draft(
    draft: AbstractDraft, visit: Visit, *, link: LinkWanted | None = None, receipt: Receipt | None = None
) -> PlacedDraft:
    """Make an order of a draft. Asked again, it gives the same order.

    Without a payment method the order waits for the customer to choose one, as long as a link to pay is good. With an offline
    method it is as if they had chosen it.

    Args:
        draft: Open, or placed before.
        visit: Who places it; the total that they saw, if it matters.
        link: Ask the customer to pay.
        receipt: Book the money as received; the caller has checked the permission for that. It needs an offline method.

    Raises:
        Invalid: The payment method, link and receipt don't go together.
        OrderClosed, PaymentInProgress: The order that it replaces can't be replaced any more; nothing has changed. Or it was
            placed before, and its order doesn't wait for a receipt's money.
        AlreadyBooked: It was placed before, and paid by another receipt.
        RequirementsUnmet, TotalChanged, OutOfStock, CouponRefused, PromotionRefused, TaxUnavailable: No order was made.

    Side effects: live payments of a replaced order are cancelled at their providers; then it is cancelled in the transaction that
        places the new one, and its customer is told. Should that be refused after all, it stays pending and can be paid anew.
    """
    db.outside("place_draft()")
    basket = Basket.objects.select_related("customer").get(pk=draft.basket_id)
    if basket.allows.is_open:
        _check_payment(basket, link, receipt)
        if (replaced := _replaced(draft, basket)) is not None:
            check_replaceable(replaced)
            preview_draft(draft, visit)  # what is refused is refused before a payment is cancelled for it
            stop_payments(replaced, by=visit.by, reason="the order is changed")
    done = complete(basket, visit)
    payment = done.payment
    if receipt is not None and done.order.total > 0:
        payment = _book(done, receipt, visit)
    order = Order.objects.get(pk=done.order.pk)
    is_asked = link is not None and order.allows.awaits_payment
    return PlacedDraft(order=order, payment=payment, link=_ask_to_pay(order, link, visit) if is_asked else None)


@versions.one_reading()
def preview_draft(draft: AbstractDraft, visit: Visit) -> DraftPreview:
    """Place a draft, see what it comes to, and undo it: nothing is written, told or sent, and no provider is asked.

    Raises:
        OrderClosed, PaymentInProgress, RequirementsUnmet, TotalChanged, OutOfStock, CouponRefused, PromotionRefused,
            TaxUnavailable, BasketNotOpen: As :func:`place_draft`.
    """
    basket = Basket.objects.select_related("customer").get(pk=draft.basket_id)
    look(basket)  # an outside tax service is asked here, and not inside the transaction
    replaced = _replaced(draft, basket)
    before = orders.money_of(replaced) if replaced is not None else None
    with db.rolled_back():
        after = orders.money_of(prepare_here(basket, visit, is_trial=True).order)
    is_comparable = before is not None and before.currency == after.currency
    return DraftPreview(
        before=before,
        after=after,
        difference=after.due - before.due if before is not None and is_comparable else None,
        payments=live_payments(replaced) if replaced is not None else [],
    )


def _check_payment(basket: Basket, link: LinkWanted | None, receipt: Receipt | None) -> None:
    """Refuse what doesn't go together, before an order is made."""
    if not payments_installed():
        if link is not None or receipt is not None:
            raise Invalid(_("This shop takes no payments here."), attr="receipt" if link is None else "link")
        return
    from tradepost.payments import services as payments

    checkout = checkout_of(basket)
    methods = [str(entry["method"]) for entry in checkout.payments]
    if methods and not payments.are_offline(methods):
        message = _("Only the customer can pay by this method. Leave it open, and send a link to pay.")
        raise Invalid(message, attr="payment_method")
    if link is not None and (receipt is not None or methods):
        raise Invalid(_("A link is for orders whose payment method is still open."), attr="link")
    if link is not None and link.mail and not checkout.email:
        raise Invalid(_("There is no e-mail address to send the link to."), attr="link")
    if receipt is not None and len(methods) != 1:
        raise Invalid(_("Choose the offline method by which the money came."), attr="payment_method")


def _replaced(draft: AbstractDraft, basket: Basket) -> AbstractOrder | None:
    """The order that placing a draft would cancel."""
    order = Order.objects.filter(pk=draft.replaces_id).first() if draft.replaces_id is not None else None
    return None if order is None or was_replaced(order, basket) else order


def _book(done: Completion, receipt: Receipt, visit: Visit) -> AbstractPayment:
    """Book the money; for an order that was made before, by somebody else perhaps, only if it is still awaited."""
    if done.payment is None:
        raise _closed(done.order)
    from tradepost.payments import services as payments
    from tradepost.payments.reconciliation import by_hand

    if not payments.are_offline([done.payment.method]):
        raise _closed(done.order)
    by_hand.book_whole(done.payment, reference=receipt.reference, reason=receipt.reason, by=visit.by)
    return payments.find(done.payment.uuid)


def _closed(order: AbstractOrder) -> OrderClosed:
    message = _("This draft was placed before, and this money isn’t awaited for its order.")
    return OrderClosed(message, order=order.number, status=str(order.status))


def _ask_to_pay(order: AbstractOrder, link: LinkWanted | None, visit: Visit) -> PayLink | None:
    from tradepost.payments.services import pay_links

    if link is None:
        return None
    return pay_links.request_payment(order, by=visit.by, expires_after=link.expires_after, mail=link.mail)
