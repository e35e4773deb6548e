"""The calls to Razorpay, and what is believed of what comes back."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import razorpay

from tradepost.gateways.http import Timeout
from tradepost.gateways.responses import UNREADABLE, after_all, aside, is_signed, loads, reading
from tradepost.gateways.secret import secret, secrets
from tradepost.payments.interface import (
    Capabilities,
    Event,
    Gateway,
    InvalidWebhook,
    NotSupported,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
    refusals,
)

from .money import units
from .parse import (
    Json,
    Reader,
    given_up,
    notes,
    read_event,
)
from .session import RazorpaySession, asking, pages

__all__ = ["RazorpayGateway"]

# Minutes: what is authorised later than this isn't captured any more, and goes back to the customer.
_HELD_FOR = 3 * 24 * 60
# Seconds that a customer may take over one attempt; what is paid later than that has been paid late.
_PAYING = 15 * 60


class RazorpayGateway(Gateway):
    """Payments through one Razorpay account.

    The customer pays in the browser: the next action ``sdk`` holds what Razorpay's ``checkout.js`` is opened with. An order at
    Razorpay stays payable after a declined attempt, and there is no call that shuts it, nor one that lets an authorisation go.

    Args:
        key_id: ``rzp_…``; it goes to the browser.
        key_secret: Its secret.
        webhook_secrets: Chosen in the dashboard, other than ``key_secret``; several while one is being replaced.
        currencies: ISO codes that the account takes.
        base_url: Instead of Razorpay's own, for tests.
        timeout: Seconds to connect, and to read.
        places: Decimal places by currency, where Razorpay's documents aren't clear.
    """

    code = "razorpay"
    # A delivery that fails for a day has Razorpay shut the webhook, so that none is refused for our questions' sake.
    capabilities = Capabilities(authorise=True, refund=True, partial_refund=True, webhooks=True, redelivers=False)

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        webhook_secrets: Sequence[str] = (),
        currencies: Collection[str] = ("INR",),
        base_url: str = "https://api.razorpay.com",
        timeout: Timeout = (3, 15),
        places: Mapping[str, int] | None = None,
    ) -> None:
        key_id, key_secret, webhook_secrets = str(secret(key_id)), secret(key_secret), secrets(webhook_secrets)
        self._webhook_secrets = webhook_secrets
        self._keys = bool(key_id and key_secret)
        self._key_secret = key_secret
        self._currencies = frozenset(currencies)
        self._places = dict(places or {})
        self._reader = Reader(key_id, self._places)
        # Its own repeats stay off: they would send again without a key.
        self._api: Any = razorpay.Client(
            session=RazorpaySession(timeout, problem=self.problem()),
            auth=(key_id, key_secret),
            base_url=base_url.rstrip("/"),
        )

    def problem(self) -> str:
        """A key is missing."""
        return "" if self._keys else "Razorpay needs the options key_id and key_secret."

    def advice(self) -> str:
        """The webhook's secret is missing."""
        text = "Razorpay needs the option webhook_secrets: without it payments are noticed late, by polling."
        return "" if any(self._webhook_secrets) else text

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Only for the account's currencies, and from one rupee on."""
        if price.currency not in self._currencies:
            return refusals.other_currency(price.currency)
        reason = refusals.refusal_of(lambda asked: units(asked, self._places), price)
        return reason or super().unavailable(price, country=country)

    def start(self, request: StartRequest) -> Result:
        """Make an order. Razorpay has no keys for that, so that one with our reference is looked for first."""
        amount, currency = units(request.price, self._places), request.price.currency
        period = {"manual_expiry_period": _HELD_FOR, "refund_speed": "normal"}
        how = {"capture": "manual", "capture_options": period}
        if request.capture:
            how = {"capture": "automatic", "capture_options": {"automatic_expiry_period": _HELD_FOR, **period}}
        params = {
            "amount": amount,
            "currency": currency,
            "receipt": request.reference,
            "notes": {**{name: text[:256] for name, text in request.metadata.items()}, "reference": request.reference},
            "payment": how,
        }
        with reading("Razorpay"):
            order = self._find(request.reference)
            if order is not None:
                return self._result(order)  # of a start whose answer was lost
            return self._reader.result(self._api.order.create(params))

    def fetch(self, payment: PaymentRef) -> Result:
        """The order with its attempts; and once money was taken, its refunds and disputes, as far as they are told."""
        with reading("Razorpay"), asking():
            result = self._result(self._order(payment), payment)
        return given_up(result) if payment.state.get("given_up") and not result.entries else result

    def complete(self, payment: PaymentRef, data: Mapping[str, str]) -> Result:
        """Razorpay is asked. A signature is looked at first, under our own order's id: a wrong one isn't the customer's return.

        Raises:
            Rejected: The signature is wrong.
        """
        signed = f"{payment.provider_ref}|{data.get('razorpay_payment_id', '')}".encode()
        signature = data.get("razorpay_signature")
        if signature is not None and not is_signed(signed, str(signature), [self._key_secret]):
            raise Rejected("signature", "The browser came back with a signature that isn't Razorpay's.")
        return self.fetch(payment)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take what is authorised, all of it. Our key is noted on the attempt first, since a capture can't hold it."""
        amount = units(price, self._places)
        with reading("Razorpay"):
            with asking():
                order = self._order(payment)
                attempts = self._attempts(order)
            if any(attempt["captured"] and notes(attempt).get("capture_key") == key for attempt in attempts):
                return self._result(order, payment)
            held = [attempt for attempt in attempts if attempt["status"] == "authorized"]
            if not held or held[0]["amount"] != amount:
                raise Rejected("not_capturable", "Razorpay captures what is authorised, all of it and once.")
            noted = {"notes": {**notes(held[0]), "capture_key": key}}
            self._api.payment.edit(held[0]["id"], noted)
            # The SDK's own default for this dict is shared between threads.
            self._api.payment.capture(held[0]["id"], amount, {"currency": price.currency})
            with after_all():
                return self._result(self._order(payment), payment)

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Wait for it no longer, if nobody has paid. Razorpay can't shut an order: who pays it after all has paid late.

        Raises:
            NotSupported: Money is held or taken; there is no call that lets it go.
            Rejected: The customer is paying right now.
        """
        with reading("Razorpay"), asking():
            order = self._order(payment)
            attempts = self._attempts(order)
        result = self._reader.result(order, attempts)
        if result.entries and result.status is not Status.CANCELLED:
            raise NotSupported("cancel")
        if any(
            attempt["status"] == "created" and time.time() - attempt["created_at"] < _PAYING for attempt in attempts
        ):
            raise Rejected("in_progress", "The customer is paying right now.")
        return result if result.entries else given_up(result)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back."""
        params = {
            "amount": units(price, self._places),
            "speed": "normal",
            "receipt": key,
            "notes": {"key": key, "reference": payment.reference, **({"reason": reason[:256]} if reason else {})},
        }
        with reading("Razorpay"):
            with asking():
                taken = [attempt for attempt in self._attempts(self._order(payment)) if attempt["captured"]]
            if not taken:
                raise Rejected("not_captured", "Nothing was captured that could be refunded.")
            headers = {"X-Refund-Idempotency": key}
            try:
                return self._reader.refund(self._api.payment.refund(taken[0]["id"], params, headers=headers))
            except Rejected as refusal:
                return self._refused_refund(payment, units(price, self._places), key, refusal)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Fetch the outcome of a refund."""
        with reading("Razorpay"), asking():
            return self._reader.refund(self._api.refund.fetch(provider_ref))

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By the key in its notes."""
        with reading("Razorpay"), asking():
            matching = [r for r in self._refunds(self._attempts(self._order(payment))) if notes(r).get("key") == key]
            return self._reader.refund(matching[0]) if matching else None

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify ``X-Razorpay-Signature`` by any of the secrets. The event only says what to ask for."""
        if not is_signed(request.body, request.headers.get("x-razorpay-signature", ""), self._webhook_secrets):
            raise InvalidWebhook("Not signed by Razorpay.")
        header = request.headers.get(
            "x-razorpay-event-id", ""
        )  # not signed itself: at worst, it is asked for once more
        event_id = (
            header if re.fullmatch(r"[\w-]{1,100}", header, re.ASCII) else hashlib.sha256(request.body).hexdigest()
        )
        try:
            return [read_event(loads(request.body), event_id)]
        except UNREADABLE:
            raise InvalidWebhook("Signed by Razorpay, but not an event that can be read.") from None

    def _refused_refund(self, payment: PaymentRef, amount: int, key: str, refusal: Rejected) -> RefundResult:
        """Interpret a refusal: Razorpay is asked, since a key that was used before is refused, too.

        Raises:
            Rejected: No refund was made under the key.
            OutcomeUnknown: The key's refund is of another amount, or more was given back than Razorpay lists.
        """
        with asking():
            attempts = self._attempts(self._order(payment))
            refunds = self._refunds(attempts)
        matching = [refund for refund in refunds if notes(refund).get("key") == key]
        if matching and matching[0]["amount"] == amount:
            return self._reader.refund(matching[0])
        listed = sum(refund["amount"] for refund in refunds if refund["status"] != "failed")
        if matching or listed < sum(attempt["amount_refunded"] for attempt in attempts if attempt["captured"]):
            raise OutcomeUnknown(str(refusal)) from None
        raise refusal

    def _result(self, order: Json, payment: PaymentRef | None = None) -> Result:
        attempts, missing = self._attempts(order), list[str]()
        refunds: list[Json] = []
        disputes: list[Json] = []
        if taken := [attempt for attempt in attempts if attempt["captured"]]:
            with aside(missing, "refunds"):
                refunds = self._refunds(attempts)
            with aside(missing, "disputes", is_optional=True):
                disputes = self._disputes(taken)
        deducted = payment.state.get("deducted") if payment else None
        return replace(self._reader.result(order, attempts, refunds, disputes, deducted=deducted), missing=missing)

    def _order(self, payment: PaymentRef) -> Json:
        ref = payment.provider_ref
        order: Json | None = self._api.order.fetch(ref) if ref else self._find(payment.reference)
        if order is None:
            raise OutcomeUnknown("Razorpay doesn't find the order, or not yet.")
        return order

    def _find(self, reference: str) -> Json | None:
        """The oldest order with our reference as its receipt."""
        orders = [
            order for order in self._api.order.all({"receipt": reference})["items"] if order["receipt"] == reference
        ]
        return min(orders, key=lambda order: (order["created_at"], order["id"])) if orders else None

    def _attempts(self, order: Json) -> list[Json]:
        """The payments of an order, the newest first."""
        attempts: list[Json] = self._api.order.payments(order["id"])["items"]
        return sorted(attempts, key=lambda attempt: attempt["created_at"], reverse=True)

    def _refunds(self, attempts: Sequence[Json]) -> list[Json]:
        """Of those attempts that were captured: the refund of another one is a void."""
        lists = [
            partial(self._api.payment.fetch_multiple_refund, attempt["id"])
            for attempt in attempts
            if attempt["captured"]
        ]
        return [refund for call in lists for refund in pages(call)]

    def _disputes(self, taken: Sequence[Json]) -> list[Json]:
        """Razorpay lists the account's disputes by time only."""
        ids, since = {attempt["id"] for attempt in taken}, min(attempt["created_at"] for attempt in taken)
        return [dispute for dispute in pages(self._api.dispute.all, **{"from": since}) if dispute["payment_id"] in ids]
