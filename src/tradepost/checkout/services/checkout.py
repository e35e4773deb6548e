"""The checkout, as a story: say what is needed, place the order, pay it, or take it back.

1. **Prepare** (:func:`~tradepost.checkout.services.prepare.prepare`), one transaction: the order is pending, its stock is held.
2. **Pay**, outside any transaction: the provider is called with a key that was committed before.
3. **Settle** (:func:`tradepost.payments.services.settlement.settle`), one transaction, repeated at will: the order is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.addresses import PostalAddress
from tradepost.core.dates import clock
from tradepost.core.errors import Conflict, Invalid
from tradepost.core.inputs.numbers import read_amount
from tradepost.orders.base import AbstractOrder
from tradepost.pricing.errors import TaxUnavailable
from tradepost.pricing.tax.tax_ids import compact

from ..base import AbstractCheckout
from ..consents_and_metadata import (
    merge_consents,
    merge_metadata,
    read_text,
)
from ..errors import OrderClosed
from ..tax_ids import check_again, checked
from ..view import (
    CheckoutView,
    checkout_of,
    look,
    payments_installed,
)
from .prepare import Visit, prepare_or_find
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
    if shipping_method is not UNSET:
        deliveries = {"": shipping_method} if shipping_method else {}
    if payment_method is not UNSET:
        payments = [{"method": payment_method, "amount": None}] if payment_method else []
    addresses = {"shipping_address": shipping_address, "billing_address": billing_address}
    texts = {"email": email, "phone": phone, "note": note, "tax_id": _compact(tax_id)}
    delivery = {"deliveries": deliveries, "pickup_point": pickup_point}  # in this order: a point is of a method
    check = checked(basket, tax_id, _said(addresses)) if isinstance(tax_id, str) and compact(tax_id) else {}
    values = {**texts, **addresses, **delivery, "payments": payments}
    fresh, checkout = _write(basket, values, {"consents": consents, "metadata": metadata}, check)
    check_again(fresh, checkout)
    basket._state.fields_cache["checkout"] = checkout  # what the caller's was found with is old now
    return look(fresh, checkout)


def _compact(tax_id: Any) -> Any:
    return compact(tax_id) if isinstance(tax_id, str) else tax_id


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not UNSET}


@db.atomic
def _write(
    basket: AbstractBasket, values: Mapping[str, Any], merged: Mapping[str, Any], check: dict[str, Any]
) -> tuple[AbstractBasket, AbstractCheckout]:
    basket = _open(basket)
    checkout = checkout_of(basket)
    for name, value in _said(values).items():
        setattr(checkout, name, _READ[name](value, name, basket.currency))
    if merged["consents"] is not UNSET:
        checkout.consents = merge_consents(checkout.consents, merged["consents"])
    if merged["metadata"] is not UNSET:
        basket.metadata = merge_metadata(basket.metadata, merged["metadata"])
        basket.save(update_fields=["metadata"])
    if check:
        checkout.tax_id_check = check
    checkout.save()
    return basket, checkout


def _open(basket: AbstractBasket) -> AbstractBasket:
    locked = Basket.objects.filter(pk=basket.pk).select_related("customer").locked().get()
    if locked.status != Basket.Status.OPEN:
        raise BasketNotOpen(_("An order has been made of this basket."), basket=str(basket.uuid))
    return locked


def _email(value: Any) -> str:
    email = read_text(value, "email", 254)
    read_text(email.lower(), "email", 254)  # as it is compared, some letters are longer in lower case
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This isn't an e-mail address."), attr="email") from None
    return email


def _texts(value: Mapping[str, str], attr: str, most: int) -> dict[str, str]:
    return {read_text(k, attr, 40): read_text(v, attr, most) for k, v in value.items()}


def _address(value: Mapping[str, Any] | None, attr: str, currency: str) -> dict[str, Any]:
    return PostalAddress.read(value, attr=attr).as_dict() if value else {}


def _payment(entry: Mapping[str, Any], currency: str) -> dict[str, str | None]:
    method, amount = read_text(entry.get("method"), "payment_method", 50), entry.get("amount")
    if amount is None:
        return {"method": method, "amount": None}
    value = read_amount(amount, currency, attr="payments")
    if not value:
        raise Invalid(_("An amount greater than zero is expected."), attr="payments")
    return {"method": method, "amount": str(value)}


_READ: Mapping[str, Callable[[Any, str, str], Any]] = {
    "email": lambda value, attr, currency: _email(value),
    "phone": lambda value, attr, currency: read_text(value, attr, 40),
    "tax_id": lambda value, attr, currency: read_text(value, attr, 40),
    "note": lambda value, attr, currency: read_text(value, attr, 2000),
    "shipping_address": _address,
    "billing_address": _address,
    "deliveries": lambda value, attr, currency: _texts(value, attr, 101),
    "pickup_point": lambda value, attr, currency: read_text(value, attr, 50),
    "payments": lambda value, attr, currency: [_payment(entry, currency) for entry in value],
}


def complete(basket: AbstractBasket, visit: Visit) -> Completion:
    """Place the order and begin to pay it. The same submission of a basket gives the same order, however often it is asked.

    Args:
        basket: Open, or submitted before.
        visit: What the customer saw, and who they are.

    Raises:
        TotalChanged, RequirementsUnmet, TaxUnavailable, TooManyPending, OutOfStock, CouponRefused, PromotionRefused,
            BasketNotOpen: No order was made.

    Side effects: payments are started at their providers, outside any transaction. One that is refused leaves the order
    pending, to be paid by another method.
    """
    db.outside("complete()")
    _check_input(basket, visit)
    order, is_new = _prepared(basket, visit)
    if not payments_installed():
        return Completion(order, is_new=is_new)
    return replace(_pay(order, visit), is_new=is_new)


def _prepared(basket: AbstractBasket, visit: Visit) -> tuple[AbstractOrder, bool]:
    try:
        return prepare_or_find(basket, visit)
    except TaxUnavailable:
        # inside its transaction only what a service has answered before counts: it is asked here, once
        look(Basket.objects.select_related("customer").get(pk=basket.pk))
        return prepare_or_find(basket, visit)


def _check_input(basket: AbstractBasket, visit: Visit) -> None:
    """What the payment method's form says is refused before an order is made."""
    if payments_installed() and visit.client_input:
        from tradepost.payments.services import check_input
        from tradepost.payments.services.client_input import refuse_card_numbers

        refuse_card_numbers(visit.client_input)
        check_input(visit.client_input, user_id=visit.by.user_id)
    if payments_installed():
        _check_fields(basket, visit)


def _check_fields(basket: AbstractBasket, visit: Visit) -> None:
    """What methods with fields of their own want to know; a shop that has none of them pays no query for it."""
    from tradepost.payments import conf
    from tradepost.payments.services.client_input import check_fields

    asking = {alias for alias in conf.methods() if conf.gateway(alias).fields}
    if asking and Basket.objects.filter(pk=basket.pk, status=Basket.Status.OPEN).exists():
        said = checkout_of(basket)
        for entry in said.payments:
            if entry["method"] in asking:
                check_fields(entry["method"], visit.client_input, phone=said.known_phone)


def _pay(order: AbstractOrder, visit: Visit) -> Completion:
    from tradepost.payments import services as payments
    from tradepost.payments.errors import PaymentUnavailable
    from tradepost.payments.models import Payment

    opened: list[AbstractPayment] = list(Payment.objects.of_order(order.pk).order_by("capture_at_once", "pk"))
    error = None
    for index, payment in enumerate(opened):
        try:
            opened[index] = payments.start(
                payment, return_url=visit.return_url_of(payment), client_input=visit.client_input, by=visit.by
            )
        except PaymentUnavailable as refusal:
            error = refusal
            opened[index] = payments.find(payment.uuid)
        if opened[index].status == opened[index].Status.FAILED:
            del opened[index + 1 :]  # they aren't charged for an order that can't be covered
            break
    if opened:
        order = opened[-1].order
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
        raise OrderClosed(_("This order can't be paid any more."), order=order.number, status=str(order.status))
    replaced = Payment.objects.of_order(order.pk).exclude(status__in=["authorised", "captured"])
    if amount is not None:
        replaced = replaced.filter(Q(method=method) | Q(status__in=["failed", "created"]))
    for earlier in replaced:
        services.cancel(earlier, by=by, reason="paid another way")  # so that it can't be paid any more
    payment = payments.open_payment(order, method=method, amount=amount)
    url = return_url.replace("{payment}", str(payment.uuid))
    return payments.start(payment, return_url=url, client_input=client_input, by=by)
