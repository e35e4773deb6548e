"""The checkout, as a story: say what is needed, place the order, pay it, or take it back.

1. **Prepare** (:func:`~tradepost.checkout.services.prepare.prepare`), one transaction: the order is pending, its stock is held.
2. **Pay**, outside any transaction: the provider is called with a key that was committed before.
3. **Settle** (:func:`tradepost.payments.services.settlement.settle`), one transaction, repeated at will: the order is confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict
from tradepost.orders.base import AbstractOrder
from tradepost.pricing.errors import TaxUnavailable

from ..base import AbstractCheckout
from ..buyer import known_checkout, with_buyer
from ..errors import OrderClosed
from ..tax_ids import check_again, checked
from ..view import (
    CheckoutView,
    checkout_of,
    look,
    payments_installed,
)
from .fields import set_fields, spelled_out, write_fields
from .prepare import Placed, Visit, prepare_or_find
from .reopen import reopen

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = ["CheckoutView", "Completion", "Visit", "complete", "look", "pay_again", "reopen", "update"]

UNSET: Any = object()


@dataclass(frozen=True, slots=True)
class Completion:
    """A placed order with the payments that were begun, holds before charges.

    Attributes:
        error: Why a payment could not be begun.
        is_new: The order was made by this very call. Who only asks again may be somebody else who knows the basket's UUID, and
            is given no right to the order by it.
    """

    order: AbstractOrder
    payments: Sequence[AbstractPayment] = field(default_factory=list)
    error: Conflict | None = None
    is_new: bool = False

    @property
    def payment(self) -> AbstractPayment | None:
        """The payment that the customer acts on next, or that failed: the last one that was begun."""
        return self.payments[-1] if self.payments else None


def update(
    basket: AbstractBasket,
    *,
    email: str = UNSET,
    phone: str = UNSET,
    shipping_address: Mapping[str, Any] | None = UNSET,
    billing_address: Mapping[str, Any] | None = UNSET,
    shipping_method: str = UNSET,
    pickup_point: str = UNSET,
    payment_method: str = UNSET,
    deliveries: Mapping[str, str] = UNSET,
    payments: Sequence[Mapping[str, Any]] = UNSET,
    tax_id: str = UNSET,
    note: str = UNSET,
    consents: Mapping[str, str | None] = UNSET,
    metadata: Mapping[str, Any] = UNSET,
) -> CheckoutView:
    """Write down what the buyer says. What isn't given stays as it is.

    Args:
        basket: Open.
        shipping_address: Untrusted fields of :class:`~tradepost.core.addresses.PostalAddress`; ``None`` takes it away.
        deliveries: Shipping method by group, with a point as in ``"locker@station"``; ``shipping_method`` is for the only one.
        pickup_point: Code of a point of the method of the only group; empty for none. A change of the method takes it away.
        payments: ``{"method": alias, "amount": text or None}`` each; ``payment_method`` is shorthand for one.
        tax_id: Looked at before anything is written, outside any transaction; empty for none.
        consents: Version by document. What isn't named stays; ``None`` takes a consent back.
        metadata: What a project's own page asks for, as JSON: the basket keeps it, the order copies it. Likewise by key.

    Raises:
        BasketNotOpen: An order has been made of the basket.
        AddressInvalid: Fields are missing or wrong.
        TaxIdInvalid: The tax id is wrong.
        Invalid: Another value is malformed; ``context["attr"]`` names it. Whatever is raised, nothing was written.
    """
    given = {name: value for name, value in locals().items() if name != "basket"}
    fields = spelled_out({name: value for name, value in given.items() if value is not UNSET})
    check = _checked_tax_id(basket, fields)
    fresh, checkout = _write(basket, fields, check)
    check_again(fresh, checkout)
    basket._state.fields_cache["checkout"] = checkout  # what the caller's was found with is old now
    return look(fresh, checkout)


def _checked_tax_id(basket: AbstractBasket, fields: Mapping[str, Any]) -> dict[str, Any]:
    tax_id = fields.get("tax_id")
    return checked(basket, tax_id, _addresses(fields)) if isinstance(tax_id, str) and tax_id else {}


def _addresses(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name.endswith("_address")}


@db.atomic
def _write(
    basket: AbstractBasket, fields: Mapping[str, Any], check: Mapping[str, Any]
) -> tuple[AbstractBasket, AbstractCheckout]:
    locked = with_buyer(Basket.objects.filter(pk=basket.pk)).locked().get()
    if not locked.allows.is_open:
        raise BasketNotOpen(_("This basket has already been ordered."), basket=str(locked.uuid))
    checkout = known_checkout(locked)
    write_fields(locked, checkout, fields, check=check)
    return locked, checkout


def complete(basket: AbstractBasket, visit: Visit, fields: Mapping[str, Any] | None = None) -> Completion:
    """Place the order and begin to pay it. The same submission of a basket gives the same order, however often it is asked.

    Args:
        basket: Open, or submitted before.
        visit: What the customer saw, and who they are.
        fields: What the buyer says with it, by the names of :func:`update`, so that no call of that is needed before. It is
            written with the order, or not at all; of a basket that has been submitted it changes nothing.

    Raises:
        TotalChanged, RequirementsUnmet, TaxUnavailable, TooManyPending, OutOfStock, CouponRefused, PromotionRefused,
            BasketNotOpen: No order was made.
        AddressInvalid, TaxIdInvalid, Invalid: What was said is wrong; no order was made.

    Side effects: payments by methods that ask nobody are begun with the order. All others are started at their providers,
        outside any transaction; one that is refused leaves the order pending, to be paid by another method.
    """
    db.outside("complete()")
    spelled = spelled_out(fields or {})
    _check_input(basket, visit, spelled)
    placed = _placed(basket, visit, spelled)
    if not payments_installed():
        return Completion(placed.order, is_new=placed.is_new)
    return replace(_pay(placed, visit), is_new=placed.is_new)


def _placed(basket: AbstractBasket, visit: Visit, fields: Mapping[str, Any]) -> Placed:
    if fields and _tax_id_matters(basket, fields):
        _write_before(basket, fields)
        fields = {}
    try:
        return prepare_or_find(basket, visit, fields=fields, begins=True)
    except TaxUnavailable:
        # inside its transaction only what a service has answered before counts: it is asked here, once
        if fields:
            _write_before(basket, fields)
        else:
            look(Basket.objects.select_related("customer").get(pk=basket.pk))
        return prepare_or_find(basket, visit, begins=True)


def _tax_id_matters(basket: AbstractBasket, fields: Mapping[str, Any]) -> bool:
    """Whether a register may have to be asked about a tax id, which is done outside any transaction."""
    return bool(fields.get("tax_id") or (_addresses(fields) and known_checkout(basket).tax_id))


def _write_before(basket: AbstractBasket, fields: Mapping[str, Any]) -> None:
    """Write what was said in a transaction of its own, and look at what it comes to."""
    with suppress(BasketNotOpen):  # then it has its order
        update(basket, **fields)


def _check_input(basket: AbstractBasket, visit: Visit, fields: Mapping[str, Any]) -> None:
    """Refuse bad input of the payment method's form before an order is made."""
    if not payments_installed():
        return
    if visit.client_input:
        from tradepost.payments.services import check_input
        from tradepost.payments.services.client_input import refuse_card_numbers

        refuse_card_numbers(visit.client_input)
        check_input(visit.client_input, user_id=visit.by.user_id)
    _check_fields(basket, visit, fields)


def _check_fields(basket: AbstractBasket, visit: Visit, fields: Mapping[str, Any]) -> None:
    """Check the methods' own fields; a shop that has none of them pays no query for it."""
    from tradepost.payments import conf
    from tradepost.payments.services.client_input import check_fields

    asking = {alias for alias in conf.methods() if conf.gateway(alias).fields}
    if asking and Basket.objects.filter(pk=basket.pk).open().exists():
        checkout = checkout_of(basket)
        set_fields(checkout, fields, basket.currency)
        for entry in checkout.payments:
            if entry["method"] in asking:
                check_fields(entry["method"], visit.client_input, phone=checkout.known_phone)


def _pay(placed: Placed, visit: Visit) -> Completion:
    """Start what wasn't begun with the order."""
    from tradepost.payments import services as payments
    from tradepost.payments.errors import PaymentUnavailable
    from tradepost.payments.models import Payment

    if placed.payments is None:
        opened: list[AbstractPayment] = list(
            Payment.objects.of_order(placed.order.pk).order_by("capture_at_once", "pk")
        )
    else:
        opened = sorted(placed.payments, key=lambda payment: (payment.capture_at_once, payment.pk))
    order, error = placed.order, None
    for index, payment in enumerate(opened):
        if placed.payments is not None and payment.status != payment.Status.CREATED:
            continue  # it was begun with the order
        try:
            opened[index] = payments.start(
                payment, return_url=visit.return_url_of(payment), client_input=visit.client_input, by=visit.by
            )
        except PaymentUnavailable as refusal:
            error = refusal
            opened[index] = payments.find(payment.uuid)
        order = opened[index].order
        if opened[index].status == opened[index].Status.FAILED:
            del opened[index + 1 :]  # they aren't charged for an order that can't be covered
            break
    return Completion(order, opened, error)


def pay_again(
    order: AbstractOrder,
    *,
    method: str,
    by: By,
    amount: Decimal | None = None,
    client_input: Mapping[str, Any] | None = None,
    return_url: str = "",
) -> AbstractPayment:
    """Pay a pending order by another attempt, perhaps by another method.

    Args:
        order: Pending.
        method: Alias of a gateway.
        by: For the history.
        amount: To pay a part, in the order's currency: then what another method waits for stays as it is, such as a bank
            transfer that is on its way. ``None`` pays all that isn't paid or held, and takes all other attempts back.
        client_input: What the method's form posted.
        return_url: Where the browser comes back to; ``{payment}`` in it becomes the payment's UUID.

    Raises:
        OrderClosed: It isn't pending any more.
        AmountError: More than is left.
        PaymentInProgress: Another payment is under way that can't be cancelled.
        PaymentUnavailable: The method can't take it.
        InputInvalid: What the method's form posted is wrong.
    """
    from tradepost.payments import services
    from tradepost.payments import services as payments
    from tradepost.payments.models import Payment
    from tradepost.payments.services import check_input
    from tradepost.payments.services.client_input import check_fields

    db.outside("pay_again()")
    check_input(client_input or {}, user_id=by.user_id)
    check_fields(method, client_input or {}, phone=order.phone)
    if not order.allows.awaits_payment or (order.expires_at and order.expires_at <= clock.now()):
        raise OrderClosed(_("This order can no longer be paid."), order=order.number, status=str(order.status))
    replaced = Payment.objects.of_order(order.pk).exclude(status__in=["authorised", "captured"])
    if amount is not None:
        replaced = replaced.filter(Q(method=method) | Q(status__in=["failed", "created"]))
    for earlier in replaced:
        services.cancel(earlier, by=by, reason="paid another way")  # so that it can't be paid any more
    payment = payments.open_payment(order, method=method, amount=amount)
    url = return_url.replace("{payment}", str(payment.uuid))
    return payments.start(payment, return_url=url, client_input=client_input, by=by)
