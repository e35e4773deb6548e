"""Payments: opened in the order's transaction, started outside any, settled in one that may be repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound
from tradepost.core.shop_settings import shop
from tradepost.orders.selectors import get_order

from .. import conf, lease
from ..base import AbstractPayment
from ..call_log.calls import noted
from ..errors import LinkExpired, PaymentUnavailable
from ..interface import (
    GatewayError,
    InputField,
    Misconfigured,
    OutcomeUnknown,
    Price,
    Rejected,
    Result,
    SavedRef,
    StartRequest,
)
from ..models import Payment
from . import pay_links, saved_methods
from .client_input import declared
from .settlement import (
    claim_start,
    give_up_start,
    list_stuck,
    settle,
    told_failed,
)

__all__ = [
    "Inquiry",
    "MethodOffer",
    "ask",
    "complete",
    "expires_at",
    "find",
    "find_for",
    "inquire",
    "methods",
    "parameters_of",
    "postpone",
    "settle",
    "start",
    "start_request",
]

ASK_AFTER = [timedelta(minutes=m) for m in (1, 2, 5, 15, 60, 180, 360, 720)]
REPEATABLE_FOR = timedelta(hours=20)
"""How long a start may be repeated with its key: providers forget keys after a day."""


@dataclass(frozen=True, slots=True)
class MethodOffer:
    """A payment method as a customer sees it; ``reason`` says why it isn't on offer, ``saves`` that it may be saved."""

    alias: str
    label: str
    description: str
    available: bool
    reason: str
    offline: bool
    saves: bool = False
    fields: Sequence[InputField] = ()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The outcome of asking a provider: the payment as it stands now, and whether there was an answer."""

    payment: AbstractPayment
    answered: bool

    @property
    def is_whole(self) -> bool:
        """There was an answer, and nothing is missing in it."""
        return self.answered and not self.payment.missing


def methods(price: Price, *, country: str = "") -> list[MethodOffer]:
    """All payment methods for an amount, those that can't take it with the reason. Asks no provider."""
    offers = []
    for alias, method in conf.methods().items():
        gateway = conf.gateway(alias)
        reason = gateway.unavailable(price, country=country)
        label = method.LABEL or alias.replace("_", " ").capitalize()
        offline = gateway.capabilities.offline
        offers.append(
            MethodOffer(
                alias,
                label,
                method.DESCRIPTION,
                not reason,
                reason,
                offline=offline,
                saves=method.SAVES,
                fields=gateway.fields,
            )
        )
    return offers


def expires_at(alias: str) -> datetime:
    """The moment at which an order that is placed now with this method expires."""
    return clock.now() + conf.method(alias).EXPIRES_AFTER


def start(
    payment: AbstractPayment,
    *,
    return_url: str = "",
    client_input: Mapping[str, Any] | None = None,
    by: By | None = None,
) -> AbstractPayment:
    """Begin a payment at its provider, once; a payment that was started before is given as it is.

    Args:
        payment: Opened.
        return_url: Where the browser comes back to.
        client_input: What the method's form posted (untrusted); what the gateway doesn't declare is dropped. ``saved_method``
            (a UUID) pays with a saved method, ``save_consent`` (the version of the text that the customer agreed to) saves
            what is paid with.
        by: Who pays. Only the order's own customer, signed in, has saved methods.

    Side effects: one call of the gateway, outside any transaction, after its parameters were committed.

    Raises:
        PaymentUnavailable: The provider refused, or isn't set up, or a saved method can't be used; nothing happened, and
            another method may be tried.
        CardNumberRefused: What looks like a card number was posted.
        AccountNeeded, ConsentOutdated: See :func:`tradepost.payments.services.saved_methods.check_input`.
    """
    db.outside("start()")
    if payment.status != AbstractPayment.Status.CREATED or payment.outcome_unknown:
        return find(payment.uuid)
    claimed = claim_start(payment, parameters_of(payment, return_url, client_input or {}, by))
    return find(payment.uuid) if claimed is None else _call_start(claimed)


def parameters_of(
    payment: AbstractPayment, return_url: str, client_input: Mapping[str, Any], by: By | None
) -> dict[str, Any]:
    """Build a payment's parameters, checked: they are committed, so that the start can be repeated alike."""
    posted, user_id = declared(payment.method, client_input), by.user_id if by else None
    saved_methods.check_input(posted, user_id=user_id)
    parameters = {"return_url": return_url, "client_input": saved_methods.without_choices(posted)}
    return parameters | saved_methods.start_parameters(payment, posted, user_id=user_id)


def _call_start(payment: AbstractPayment) -> AbstractPayment:
    if not lease.renew(payment):
        return find(payment.uuid)  # this process slept too long: others ask by now
    try:
        result = noted(payment, conf.gateway(payment.method).start, start_request(payment))
    except OutcomeUnknown as error:
        lease.release(payment)
        return postpone(payment, str(error))
    except Rejected as error:
        settle(payment, told_failed(error.code, str(error)))
        saved_methods.look_after_refusal(payment)
        raise PaymentUnavailable(_("This payment method isn't available right now."), method=payment.method) from error
    except Misconfigured as error:
        settle(payment, told_failed("misconfigured", str(error)))
        raise PaymentUnavailable(_("This payment method isn't available right now."), method=payment.method) from error
    return settle(payment, result)


def start_request(payment: AbstractPayment) -> StartRequest:
    """Build the request that starts a payment; the same each time, so that the same key goes with the same parameters."""
    order, parameters = payment.order, payment.state.get("start", {})
    person = order.bill_to
    return StartRequest(
        reference=payment.reference,
        key=payment.key,
        price=payment.price,
        capture=payment.capture_at_once,
        description=f"{shop().NAME} {order.number}",
        email=order.email,
        phone=order.phone,
        name=person.name if person else "",
        return_url=parameters.get("return_url", ""),
        cancel_url=parameters.get("return_url", ""),
        client_input=parameters.get("client_input", {}),
        customer=parameters.get("customer", ""),
        customer_ref=parameters.get("customer_ref", ""),
        save="consent" in parameters,
        saved=SavedRef(**parameters["saved"]) if "saved" in parameters else None,
        metadata={"order": order.number, "payment": str(payment.uuid)},
    )


def postpone(payment: AbstractPayment, error: str = "") -> AbstractPayment:
    """Note that there was no answer, and when to ask again."""
    wait = ASK_AFTER[min(payment.asked, len(ASK_AFTER) - 1)]
    Payment.objects.filter(pk=payment.pk).update(
        ask_at=clock.now() + wait, asked=payment.asked + 1, error_message=error[:500], updated_at=clock.now()
    )
    return find(payment.uuid)


def find(uuid: Any) -> AbstractPayment:
    """A payment by its UUID, with its order.

    Raises:
        NotFound: There is none.
    """
    payment = Payment.objects.select_related("order").filter(uuid=uuid).first()
    if payment is None:
        raise _not_found()
    return payment


def _not_found() -> NotFound:
    return NotFound(_("There is no such payment."))


def find_for(uuid: Any, *, user: Any, token: str = "") -> AbstractPayment:
    """A payment by its UUID, for who may see it: a guest's for anyone who has the UUID, a customer's for that customer.

    Args:
        token: Of the order, or of a link to pay it: it shows a customer's payment, too.

    Raises:
        NotFound: There is none, or it is somebody else's, which nobody is told apart.
    """
    payment = find(uuid)
    if payment.order.customer_id is not None and not _is_of_link(token, payment):
        try:
            get_order(payment.order.number, user=user, token=token)
        except NotFound:
            raise _not_found() from None
    return payment


def _is_of_link(token: str, payment: AbstractPayment) -> bool:
    """Whether it is the token of a link to pay the order: who pays by one sees what becomes of the payment."""
    try:
        return bool(token) and pay_links.open_link(token).pk == payment.order_id
    except (NotFound, LinkExpired):
        return False


def ask(payment: AbstractPayment) -> AbstractPayment:
    """Ask the provider how a payment stands, and book the answer. Safe to repeat.

    One whose start was never answered is started again with the same key and parameters, while the provider remembers keys;
    later it is looked for by our reference, and given up where the provider has no such payment: staff are told, and another
    one may be begun. Where the provider has no keys it is waited for, and given up in the end (``Capabilities.unanswered``).
    No answer is no error: the payment is asked for again later.
    """
    return inquire(payment).payment


def inquire(payment: AbstractPayment) -> Inquiry:
    """Ask as :func:`ask` does, and say whether there was an answer."""
    db.outside("ask()")
    payment = find(payment.uuid)
    if payment.status == AbstractPayment.Status.CREATED and not payment.outcome_unknown:
        return Inquiry(payment, answered=True)  # the provider was never called
    able = conf.gateway(payment.method).capabilities
    starts_again = not payment.provider_ref and able.repeatable and _is_young(payment)
    if starts_again and not lease.take(payment):
        return Inquiry(payment, answered=False)  # somebody is starting it just now
    try:
        result = _start_again(payment) if starts_again else _fetch(payment)
    except (OutcomeUnknown, Misconfigured) as error:
        lease.release(payment)
        if payment.provider_ref or _is_young(payment):
            return Inquiry(postpone(payment, str(error)), answered=False)
        return Inquiry(list_stuck(payment) if able.repeatable else give_up_start(payment), answered=True)
    except Rejected as error:
        if not payment.provider_ref and not _is_young(payment):
            return Inquiry(give_up_start(payment), answered=True)  # the provider has no such payment
        result = told_failed(error.code, str(error))
    return Inquiry(settle(payment, result), answered=True)


def _start_again(payment: AbstractPayment) -> Result:
    return noted(payment, conf.gateway(payment.method).start, start_request(payment))


def _fetch(payment: AbstractPayment) -> Result:
    return noted(payment, conf.gateway(payment.method).fetch, payment.ref)


def _is_young(payment: AbstractPayment) -> bool:
    """Whether an answer to its start may still be had, by asking for it or by waiting."""
    able = conf.gateway(payment.method).capabilities
    return clock.now() - payment.created_at < (REPEATABLE_FOR if able.repeatable else able.unanswered)


def complete(payment: AbstractPayment, data: Mapping[str, str]) -> AbstractPayment:
    """The customer's browser came back from the provider; what it brings is untrusted, so the provider is asked.

    Args:
        payment: Whichever; one that is settled is given as it is.
        data: Query and form fields of the return.
    """
    db.outside("complete()")
    payment = find(payment.uuid)
    if payment.outcome_unknown or not payment.provider_ref:
        return ask(payment)
    if payment.status not in (AbstractPayment.Status.PENDING, AbstractPayment.Status.REQUIRES_ACTION):
        return payment
    try:
        result = noted(payment, conf.gateway(payment.method).complete, payment.ref, data)
    except GatewayError as error:
        return postpone(payment, str(error))
    return settle(payment, result)
