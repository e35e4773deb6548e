"""Chapa, by HTTP: the customer pays on Chapa's page, with telebirr, CBE Birr, M-Pesa, by bank or card.

``TRADEPOST_PAYMENTS["GATEWAYS"]["chapa"] = {"BACKEND": "tradepost.gateways.chapa.ChapaGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tradepost.core.money import plain
from tradepost.payments.ports import (
    Capabilities,
    Entry,
    EntryKind,
    EntryState,
    Event,
    EventKind,
    Gateway,
    InvalidWebhook,
    Misconfigured,
    NextAction,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
)

from .answers import Json, is_signed, loads, reading, shown
from .http import Answer, Client, Timeout, segment

__all__ = ["ChapaGateway"]

_SIGNATURES = ("x-chapa-signature", "chapa-signature")
_STATUS = {
    "pending": Status.REQUIRES_ACTION,
    "success": Status.CAPTURED,
    "refunded": Status.CAPTURED,  # what came back is in the entries
    "reversed": Status.CAPTURED,
    "failed": Status.FAILED,
    "cancelled": Status.CANCELLED,
}
_WAITING = (Status.REQUIRES_ACTION, Status.PENDING)
_BACK = frozenset({"refunded", "reversed"})
_PHONE = re.compile(r"(?:\+?251|0)([79]\d{8})")


class ChapaGateway(Gateway):
    """Payments through one Chapa account.

    Chapa has no call that lists refunds, so a payment is refunded once, all of it: a part could not be told from what
    staff do in the dashboard.

    Args:
        secret_key: ``CHASECK-…``.
        webhook_secrets: The "secret hash" of the dashboard; several while one is being replaced.
        base_url: Instead of Chapa's own, for tests.
        timeout: Seconds to connect, and to read.
    """

    code = "chapa"
    capabilities = Capabilities(currencies=frozenset({"ETB", "USD"}), void=True, refund=True, webhooks=True)

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secrets: Sequence[str] = (),
        base_url: str = "https://api.chapa.co/v1",
        timeout: Timeout = (3, 15),
    ) -> None:
        self._key = secret_key
        self._webhook_secrets = (webhook_secrets,) if isinstance(webhook_secrets, str) else tuple(webhook_secrets)
        secrets = (secret_key, *self._webhook_secrets)
        self._http = Client(base_url, provider="Chapa", read_error=_read_error, timeout=timeout, secrets=secrets)

    def problem(self) -> str:
        """A key or the webhook's secret is missing."""
        if not self._key.startswith("CHASECK"):
            return "Chapa needs the option secret_key, which begins with CHASECK."
        if not any(self._webhook_secrets):
            return "Chapa needs the option webhook_secrets: without it a payment is noticed late, by asking."
        return ""

    def start(self, request: StartRequest) -> Result:
        """Reserve our reference, and send the customer to Chapa's page. The same reference again is the same payment."""
        price = request.price
        price.minor()  # refuses what can't be paid exactly
        payload = {
            "amount": plain(price.amount, price.currency),
            "currency": price.currency,
            "tx_ref": request.reference,
            "return_url": request.return_url,
            **_customer(request),
        }
        try:
            page = self._call("POST", "/transaction/initialize", payload=payload)
        except Rejected as refusal:
            return self._started_before(request, refusal)
        with reading("Chapa"):
            url = str(page["data"]["checkout_url"])
        return Result(
            status=Status.REQUIRES_ACTION,
            provider_ref=request.reference,
            reference=request.reference,
            amount=price.amount,
            currency=price.currency,
            next_action=NextAction(kind="redirect", url=url),
            state={"url": url},
        )

    def fetch(self, payment: PaymentRef) -> Result:
        """The transaction as Chapa verifies it."""
        try:
            return self._verify(payment.reference, str(payment.state.get("url", "")))
        except Rejected as refusal:
            if payment.provider_ref:  # it was started: these are the keys of another account, or of another mode
                raise Misconfigured(str(refusal)) from None
            raise

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Shut Chapa's page, so that nobody can pay there any more; refused once somebody has."""
        self._call("PUT", f"/transaction/cancel/{segment(payment.reference)}")
        return Result(status=Status.CANCELLED, provider_ref=payment.reference, reference=payment.reference)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all back, which takes days. Our key is the reference of the refund, so Chapa makes it once."""
        if price != payment.price:
            raise Rejected("partial_refund", "Chapa gives back all or nothing.")
        form = {"amount": plain(price.amount, price.currency), "reference": key, "reason": reason[:200]}
        path = f"/refund/{segment(payment.reference)}"
        try:
            made = self._call("POST", path, form={name: value for name, value in form.items() if value})
        except Rejected as refusal:
            if "reference" in str(refusal).lower():  # used: the refund was made, and its answer lost
                return self.fetch_refund(payment, payment.reference)
            raise
        with reading("Chapa"):
            data = made.get("data") or {}
            told = shown(data, "id", "status", "amount", "currency", "ref", "bank_reference")
        return RefundResult(state=EntryState.PENDING, provider_ref=payment.reference, price=price, raw=told)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Whether the transaction says that it was refunded; there is nothing else that could be asked."""
        back = [entry for entry in self.fetch(payment).entries if entry.kind is EntryKind.REFUND]
        state = EntryState.SUCCEEDED if back else EntryState.PENDING
        return RefundResult(state=state, provider_ref=provider_ref, price=payment.price)

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify the signature of the body. It has no time in it, so that it may be an old one: Chapa is asked."""
        sent = [request.headers.get(name, "") for name in _SIGNATURES]
        if not any(is_signed(request.body, signature, self._webhook_secrets) for signature in sent):
            raise InvalidWebhook("Not signed by Chapa.")
        try:
            event = loads(request.body)
            what, reference = str(event["event"]), str(event.get("tx_ref") or "")
            made_of = str(event.get("reference") or reference)
        except (KeyError, ValueError):
            raise InvalidWebhook("Signed by Chapa, but not an event that can be read.") from None
        kind = EventKind.REFUND if what == "charge.refunded" else EventKind.PAYMENT
        if not (what.startswith("charge.") and reference):
            kind = EventKind.IGNORED
        return [Event(id=f"{what}:{made_of}"[:200], kind=kind, reference=reference, trusted=False)]

    def _started_before(self, request: StartRequest, refusal: Rejected) -> Result:
        """After a refused start: the payment that has our reference, if that is why.

        One that waits for the customer is shut: its page's address was lost with the first answer.
        """
        payment = PaymentRef(reference=request.reference, provider_ref="", price=request.price)
        try:
            found = self.fetch(payment)
        except Rejected:
            raise refusal from None
        if found.status in _WAITING:
            try:
                return self.cancel(payment, request.key)
            except Rejected:
                found = self.fetch(payment)
        lost = replace(found, status=Status.FAILED, error_code="expired", error_message="Its page's address was lost.")
        return lost if found.status in _WAITING else found

    def _verify(self, reference: str, url: str) -> Result:
        answer = self._call("GET", f"/transaction/verify/{segment(reference)}")
        action = NextAction(kind="redirect", url=url) if url else None
        paid = answer.get("data")
        if paid is None:  # an older shape of "not paid yet"
            return Result(status=Status.PENDING, provider_ref=reference, reference=reference, next_action=action)
        with reading("Chapa"):
            status = _STATUS.get(paid["status"], Status.PENDING)
            price = Price(Decimal(str(paid["amount"])), paid["currency"].upper())  # a text, or a number
            return Result(
                status=status,
                provider_ref=reference,
                reference=str(paid["tx_ref"]),
                amount=price.amount,
                currency=price.currency,
                entries=list(_entries(paid, price)) if status is Status.CAPTURED else (),
                next_action=action if status in _WAITING else None,
                error_code="declined" if status is Status.FAILED else "",
                raw=shown(paid, "reference", "tx_ref", "status", "amount", "currency", "charge", "mode", "method"),
            )

    def _call(self, method: str, path: str, **request: Any) -> Json:
        answer = self._http.call(method, path, auth=self._key, **request)
        if answer.get("status") == "failed":  # a refusal, under whatever status of HTTP
            self._http.checked(Answer(400, answer))
        return answer


def _read_error(data: Json) -> tuple[str, str] | None:
    """A message is a text, or an object of fields with what is wrong with each."""
    if data["status"] not in ("failed", "error"):
        return None
    message = data["message"]
    if isinstance(message, Mapping):
        return next(iter(message), "refused"), "; ".join(f"{name}: {why}" for name, why in message.items())
    return "refused", str(message)


def _customer(request: StartRequest) -> dict[str, str]:
    """What Chapa's page shows filled in; a number of another country it would refuse."""
    first, _space, last = request.name.partition(" ")
    phone = _PHONE.fullmatch(re.sub(r"[\s-]", "", request.phone))
    found = {"email": request.email, "first_name": first, "last_name": last}
    if phone:
        found["phone_number"] = f"0{phone[1]}"
    return {name: value for name, value in found.items() if value}


def _entries(paid: Json, price: Price) -> Iterator[Entry]:
    """One payment, and its refund under the same reference: there is at most one of each."""
    reference = str(paid["tx_ref"])
    yield Entry(kind=EntryKind.CAPTURE, provider_ref=reference, amount=price.amount, currency=price.currency)
    if paid["status"] in _BACK:
        yield Entry(kind=EntryKind.REFUND, provider_ref=reference, amount=price.amount, currency=price.currency)
