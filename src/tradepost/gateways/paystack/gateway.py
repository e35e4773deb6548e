"""The calls to Paystack, and its deliveries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.core.money.format import money_text
from tradepost.gateways.http import Answer, Client, Timeout, segment
from tradepost.gateways.responses import Json, aside, is_signed, loads, reading
from tradepost.gateways.secret import secret, secrets
from tradepost.payments.interface import (
    Capabilities,
    Event,
    EventKind,
    Gateway,
    InvalidWebhook,
    Misconfigured,
    NextAction,
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

from .parse import (
    LEAST,
    is_paid,
    key_of,
    note,
    read_error,
    read_refund,
    read_transaction,
    units,
)
from .reversals import with_reversal

__all__ = ["PaystackGateway"]

_KINDS = {"charge.success": EventKind.PAYMENT, "refund": EventKind.REFUND, "charge.dispute": EventKind.DISPUTE}
_PAGE = 100


class PaystackGateway(Gateway):
    """Payments through one Paystack account.

    Args:
        secret_key: ``sk_…``; it signs Paystack's deliveries, too.
        earlier_keys: Secret keys that deliveries may still be signed with, while one is being replaced.
        channels: Of ``card``, ``bank``, ``ussd``, ``qr``, ``mobile_money``, ``bank_transfer``, ``eft``; all of
            the account's if empty.
        base_url: Instead of Paystack's own, for tests.
        timeout: Seconds to connect, and to read.
    """

    code = "paystack"
    capabilities = Capabilities(
        currencies=frozenset({"EGP", "GHS", "KES", "NGN", "USD", "XOF", "ZAR"}),
        refund=True,
        partial_refund=True,
        keyed_refunds=False,
        webhooks=True,
        retryable=True,
    )

    def __init__(
        self,
        *,
        secret_key: str,
        earlier_keys: Sequence[str] = (),
        channels: Sequence[str] = (),
        base_url: str = "https://api.paystack.co",
        timeout: Timeout = (3, 15),
    ) -> None:
        secret_key, earlier_keys = secret(secret_key), secrets(earlier_keys)
        self._key, self._keys = secret_key, (secret_key, *earlier_keys)
        self._channels = list(channels)
        self._http = Client(base_url, provider="Paystack", read_error=read_error, timeout=timeout, secrets=self._keys)

    def problem(self) -> str:
        """The secret key is missing, or it is the other one."""
        return "" if self._key.startswith("sk_") else "Paystack needs the option secret_key, which begins with sk_."

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Paystack takes a few currencies, each from a least amount on."""
        if reason := super().unavailable(price, country=country):
            return reason
        least = LEAST.get(price.currency, ZERO)
        if price.amount < least:
            return _("Only for amounts of %(amount)s or more.") % {"amount": money_text(least, price.currency)}
        return refusals.refusal_of(units, price)

    def start(self, request: StartRequest) -> Result:
        """Reserve our reference, and send the customer to Paystack's page. The same reference again is the same payment."""
        if not request.email:
            raise Rejected("email_missing", "Paystack needs the customer's e-mail address.")
        payload = {
            "amount": units(request.price),
            "currency": request.price.currency,
            "reference": request.reference,
            "email": request.email,
            "callback_url": request.return_url,
            "metadata": {**request.metadata, "cancel_action": request.cancel_url or request.return_url},
            **({"channels": self._channels} if self._channels else {}),
        }
        try:
            page = self._data("POST", "/transaction/initialize", payload=payload)
        except Rejected as refusal:
            return self._started_before(request, refusal)
        with reading("Paystack"):
            url = str(page["authorization_url"])
            return Result(
                status=Status.REQUIRES_ACTION,
                provider_ref=str(page["reference"]),
                reference=str(page["reference"]),
                amount=request.price.amount,
                currency=request.price.currency,
                next_action=NextAction(kind="redirect", url=url),
                state={"url": url},
            )

    def fetch(self, payment: PaymentRef) -> Result:
        """The transaction and its refunds. While those can't be listed the payment is told without them."""
        return self._verify(payment, call=self._ours if payment.provider_ref else self._data)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back. Paystack has no key for that, so what was asked for is looked for before and after."""
        if refund := self.find_refund(payment, key, price):
            return refund
        payload = {
            "transaction": payment.provider_ref,
            "amount": units(price),
            "currency": price.currency,
            "merchant_note": note(key, reason),
        }
        try:
            made_now = self._data("POST", "/refund", payload=payload)
        except Rejected:
            if refund := self.find_refund(payment, key, price):
                return refund
            raise
        with reading("Paystack"):
            return read_refund(made_now)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Fetch the outcome of a refund; it takes days at some banks."""
        refund = self._ours("GET", f"/refund/{segment(provider_ref)}")
        with reading("Paystack"):
            return read_refund(refund)

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By the key at the head of the merchant's note."""
        paid = self._ours("GET", f"/transaction/verify/{segment(payment.reference)}")
        with reading("Paystack"):
            matching = [refund for refund in self._refunds(paid["id"]) if key_of(refund) == key]
            return read_refund(matching[0]) if matching else None

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify ``x-paystack-signature``. It has no time in it, so that it may be an old one: Paystack is asked."""
        if not is_signed(request.body, request.headers.get("x-paystack-signature", ""), self._keys, "sha512"):
            raise InvalidWebhook("Not signed by Paystack.")
        try:
            event = loads(request.body)
            what, data = str(event["event"]), event["data"]
            reference = data.get("transaction_reference") or (data.get("transaction") or data).get("reference") or ""
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InvalidWebhook("Signed by Paystack, but not an event that can be read.") from None
        kind = next((kind for head, kind in _KINDS.items() if what.startswith(head)), EventKind.IGNORED)
        made_of = data.get("id") or hashlib.sha256(request.body).hexdigest()[:32]  # refunds are told without an id
        return [
            Event(
                id=f"{what}:{made_of}",
                kind=kind if reference else EventKind.IGNORED,
                reference=str(reference),
                trusted=False,
            )
        ]

    def _started_before(self, request: StartRequest, refusal: Rejected) -> Result:
        """After a refused start: the payment that has our reference, if that is why.

        One that waits for the customer, whose page's address was lost with the first answer, can be paid by nobody.
        """
        payment = PaymentRef(reference=request.reference, provider_ref="", price=request.price)
        try:
            result = self._verify(payment, call=self._data)
        except Rejected:
            raise refusal from None
        if result.status is not Status.REQUIRES_ACTION:
            return result
        return Result(
            status=Status.FAILED,
            provider_ref=result.provider_ref,
            reference=result.reference,
            amount=result.amount,
            currency=result.currency,
            error_code="expired",
            error_message="Paystack's answer with the address of its page was lost.",
        )

    def _verify(self, payment: PaymentRef, *, call: Callable[..., Json]) -> Result:
        paid, missing = call("GET", f"/transaction/verify/{segment(payment.reference)}"), list[str]()
        refunds: list[Json] | None = None
        with reading("Paystack"):
            if is_paid(paid):
                with aside(missing, "refunds"):
                    refunds = self._refunds(paid["id"])
            result = read_transaction(paid, refunds or (), str(payment.state.get("url", "")))
            if not is_paid(paid) or refunds is None:
                return replace(result, missing=missing)
            return with_reversal(result, paid, refunds, payment)

    def _refunds(self, transaction: Any) -> list[Json]:
        """All refunds of a transaction."""
        refunds: list[Json] = []
        for number in range(1, 11):
            query = {"transaction": str(transaction), "perPage": str(_PAGE), "page": str(number)}
            page = self._ours("GET", "/refund", query=query, kind=list)
            refunds += page
            if len(page) < _PAGE:
                break
        return refunds

    def _ours(self, method: str, path: str, **request: Any) -> Any:
        """Ask for what must be there: Paystack forgets nothing, so that these are the keys of another account, or mode."""
        try:
            return self._data(method, path, **request)
        except Rejected as refusal:
            raise Misconfigured(str(refusal)) from None

    def _data(self, method: str, path: str, *, kind: type = dict, **request: Any) -> Any:
        answer = self._http.call(method, path, auth=self._key, **request)
        if answer.get("status") is False:  # a refusal, under whatever status of HTTP
            self._http.checked(Answer(400, answer))
        data = answer.get("data")
        if not isinstance(data, kind):
            raise OutcomeUnknown("Paystack's answer has no data.")
        return data
