"""Chapa, by HTTP: the customer pays on Chapa's page, with telebirr, CBE Birr, M-Pesa, by bank or card.

``TRADEPOST_PAYMENTS["GATEWAYS"]["chapa"] = {"BACKEND": "tradepost.gateways.chapa.ChapaGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tradepost.core.money import plain
from tradepost.payments.interface import (
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
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
)

from .chapa_refunds import BACK, is_of, read_refund, refund_of_all, updated_refund
from .http import Answer, Client, Timeout, segment
from .responses import Json, amount_in, aside, is_signed, loads, reading, shown
from .secret import secret, secrets

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
_PHONE = re.compile(r"(?:\+?251|0)([79]\d{8})", re.ASCII)


class ChapaGateway(Gateway):
    """Payments through one Chapa account.

    Chapa has no call that lists refunds, so each that was asked for here is looked up by itself; parts that staff give back
    in the dashboard aren't seen.

    Args:
        secret_key: ``CHASECK-…``.
        webhook_secrets: The "secret hash" of the dashboard; several while one is being replaced.
        base_url: Instead of Chapa's own, for tests.
        timeout: Seconds to connect, and to read.
    """

    code = "chapa"
    capabilities = Capabilities(
        currencies=frozenset({"ETB", "USD"}), void=True, refund=True, partial_refund=True, webhooks=True
    )

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secrets: Sequence[str] = (),
        base_url: str = "https://api.chapa.co/v1",
        timeout: Timeout = (3, 15),
    ) -> None:
        secret_key, webhook_secrets = secret(secret_key), secrets(webhook_secrets)
        self._key, self._webhook_secrets = secret_key, webhook_secrets
        self._looked_for: deque[str] = deque(
            maxlen=1000
        )  # keys of refunds that weren't found, so were asked for before
        self._http = Client(
            base_url, provider="Chapa", read_error=_read_error, timeout=timeout, secrets=(secret_key, *webhook_secrets)
        )

    def problem(self) -> str:
        """A key or the webhook's secret is missing."""
        if not self._key.startswith("CHASECK"):
            return "Chapa needs the option secret_key, which begins with CHASECK."
        if not any(self._webhook_secrets):
            return "Chapa needs the option webhook_secrets: without it payments are noticed late, by polling."
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
            return self._verify(payment)
        except Rejected as refusal:
            if payment.provider_ref:  # it was started: these are the keys of another account, or of another mode
                raise Misconfigured(str(refusal)) from None
            raise

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Shut Chapa's page, so that nobody can pay there any more; refused once somebody has."""
        self._call("PUT", f"/transaction/cancel/{segment(payment.reference)}")
        return Result(status=Status.CANCELLED, provider_ref=payment.reference, reference=payment.reference)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back, which takes days. Our key is the reference of the refund, which Chapa takes once.

        Chapa is asked before and after: a refusal alone doesn't tell whether the refund was made by an earlier call.
        """
        paid = self._paid(payment)
        if paid["status"] in BACK:
            return self._all_given_back(payment, price, key)
        form = {"amount": plain(price.amount, price.currency), "reference": key, "reason": reason[:200]}
        try:
            answer = self._ask_refund(paid, {name: value for name, value in form.items() if value})
        except Rejected as refusal:
            return self._refused_refund(payment, price, key, refusal)
        with reading("Chapa"):
            return replace(read_refund(answer.get("data") or {}, ref=key, price=price), state=EntryState.PENDING)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """A refund as Chapa verifies it; where Chapa doesn't know it by itself, whether all was refunded."""
        booked = next(
            (entry.amount for entry in payment.refunds if entry.provider_ref == provider_ref), payment.price.amount
        )
        price = Price(booked, payment.price.currency)
        if refund := self._refund(provider_ref):
            with reading("Chapa"):
                return read_refund(refund, ref=provider_ref, price=price)
        is_back = self._paid(payment)["status"] in BACK and booked == payment.price.amount
        state = EntryState.SUCCEEDED if is_back else EntryState.PENDING
        return RefundResult(state=state, provider_ref=provider_ref, price=price)

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By our key. Chapa promises to find a refund by its own id alone, so that "none" proves nothing."""
        refund = self._refund(key)
        if refund is None or not is_of(refund, key):
            self._looked_for.append(key)
            return None
        with reading("Chapa"):
            return read_refund(refund, ref=key, price=price)

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
            result = self.fetch(payment)
        except Rejected:
            raise refusal from None
        if result.status in _WAITING:
            try:
                return self.cancel(payment, request.key)
            except Rejected:
                result = self.fetch(payment)
        lost = replace(result, status=Status.FAILED, error_code="expired", error_message="Its page's address was lost.")
        return lost if result.status in _WAITING else result

    def _verify(self, payment: PaymentRef) -> Result:
        reference, url = payment.reference, str(payment.state.get("url", ""))
        answer = self._call("GET", f"/transaction/verify/{segment(reference)}")
        action = NextAction(kind="redirect", url=url) if url else None
        paid = answer.get("data")
        if paid is None:  # an older shape of "not paid yet"
            return Result(status=Status.PENDING, provider_ref=reference, reference=reference, next_action=action)
        missing: list[str] = []
        with reading("Chapa"):
            status = _STATUS.get(paid["status"], Status.PENDING)
            price = Price(amount_in(paid["amount"]), paid["currency"].upper())  # a text, or a number
            return Result(
                status=status,
                provider_ref=reference,
                reference=str(paid["tx_ref"]),
                amount=price.amount,
                currency=price.currency,
                entries=self._entries(payment, paid, price, missing) if status is Status.CAPTURED else (),
                missing=missing,
                next_action=action if status in _WAITING else None,
                error_code="declined" if status is Status.FAILED else "",
                raw=shown(paid, "reference", "tx_ref", "status", "amount", "currency", "charge", "mode", "method"),
            )

    def _entries(self, payment: PaymentRef, paid: Json, price: Price, missing: list[str]) -> list[Entry]:
        """The payment, and its refunds: those that the ledger knows, else the one that Chapa's status tells of."""
        reference, all_is_back = str(paid["tx_ref"]), paid["status"] in BACK
        taken = Entry(kind=EntryKind.CAPTURE, provider_ref=reference, amount=price.amount, currency=price.currency)
        refunds = [refund for refund in payment.refunds if refund.state is not EntryState.FAILED]
        if not refunds:
            return [taken, refund_of_all(paid, price)] if all_is_back else [taken]
        entries = [taken]
        for refund in refunds:
            answer = None
            with aside(missing, "refunds"):
                answer = self._told_refund(refund)
            entry = updated_refund(refund, answer, all_is_back=all_is_back, price=price)
            entries += [entry] if entry else []
        return entries

    def _told_refund(self, booked: Entry) -> RefundResult | None:
        refund = self._refund(booked.provider_ref or booked.key)
        if refund is None or not (booked.provider_ref or is_of(refund, booked.key)):
            return None
        return read_refund(refund, ref=booked.provider_ref or booked.key, price=Price(booked.amount, booked.currency))

    def _paid(self, payment: PaymentRef) -> Json:
        """The transaction itself; it must be there."""
        try:
            paid = self._call("GET", f"/transaction/verify/{segment(payment.reference)}").get("data")
        except Rejected as refusal:
            raise Misconfigured(str(refusal)) from None
        if not isinstance(paid, Mapping):
            raise Rejected("not_paid", "Nothing was paid that could be refunded.")
        return paid

    def _ask_refund(self, paid: Json, form: Mapping[str, str]) -> Json:
        """By Chapa's own reference, as its documents say; where Chapa doesn't know that one, by ours, as others do it.

        Both calls carry the reference of the one refund.
        """
        with reading("Chapa"):
            paths = [f"/refund/{segment(ref)}" for ref in dict.fromkeys([paid.get("reference"), paid["tx_ref"]]) if ref]
        answer = self._http.exchange("POST", paths[0], auth=self._key, form=form)
        if answer.status == 404 and len(paths) > 1:
            answer = self._http.exchange("POST", paths[1], auth=self._key, form=form)
        return self._good(answer)

    def _refused_refund(self, payment: PaymentRef, price: Price, key: str, refusal: Rejected) -> RefundResult:
        """Interpret a refusal: nothing was made, unless Chapa has the refund after all.

        Raises:
            Rejected: It wasn't made.
            OutcomeUnknown: It was asked for before, or Chapa minds its reference: it may have been made by that call.
        """
        refund = self._refund(key)
        if refund is not None and is_of(refund, key):
            with reading("Chapa"):
                return read_refund(refund, ref=key, price=price)
        if self._paid(payment)["status"] in BACK:  # it wasn't, before
            return self._all_given_back(payment, price, key)
        if key in self._looked_for or refusal.code == "reference":
            raise OutcomeUnknown(str(refusal)) from None
        raise refusal

    def _all_given_back(self, payment: PaymentRef, price: Price, key: str) -> RefundResult:
        """All was refunded by now: by this very refund, if there can be no other."""
        others = [entry for entry in payment.refunds if entry.key != key and entry.state is not EntryState.FAILED]
        if others or price != payment.price:
            raise Rejected("refunded", "The payment is refunded already.")
        return RefundResult(state=EntryState.SUCCEEDED, provider_ref=payment.reference, price=price)

    def _refund(self, ref: str) -> Json | None:
        """A refund as Chapa verifies it; ``None`` where it knows none by that reference."""
        try:
            refund = self._call("GET", f"/refund/{segment(ref)}/verify").get("data")
        except Rejected:
            return None
        return refund if isinstance(refund, Mapping) else None

    def _call(self, method: str, path: str, **request: Any) -> Json:
        return self._good(self._http.exchange(method, path, auth=self._key, **request))

    def _good(self, answer: Answer) -> Json:
        """The JSON of a good answer. A refusal may come under any status of HTTP, "not paid yet" under 404 without one."""
        if answer.data.get("status") == "failed":
            answer = Answer(answer.status if answer.status >= 400 else 400, answer.data)
        elif answer.status == 404 and answer.data.get("status") in (None, "null") and "data" in answer.data:
            answer = Answer(200, answer.data)
        return self._http.checked(answer)


def _read_error(data: Json) -> tuple[str, str] | None:
    """A message is a text, or an object of fields with what is wrong with each."""
    if data["status"] not in ("failed", "error"):
        return None
    message = data["message"]
    if isinstance(message, Mapping):
        return next(iter(message), "refused"), "; ".join(f"{name}: {why}" for name, why in message.items())
    return "refused", str(message)


def _customer(request: StartRequest) -> dict[str, str]:
    """The fields that Chapa's page shows filled in; it would refuse a number of another country."""
    first, _space, last = request.name.partition(" ")
    phone = _PHONE.fullmatch(re.sub(r"[\s-]", "", request.phone))
    fields = {"email": request.email, "first_name": first, "last_name": last}
    if phone:
        fields["phone_number"] = f"0{phone[1]}"
    return {name: value for name, value in fields.items() if value}
