"""A strict fake of the Paystack API: references that are used once, refund limits, signed webhooks.

Amounts are hundredths of every currency, as at Paystack. ::

    with PaystackServer() as paystack:
        gateway = PaystackGateway(secret_key=paystack.books.secret_key, base_url=paystack.url)
        …
        paystack.books.pay(reference)               # what the customer does on Paystack's page
        paystack.deliver(take)
        assert paystack.books.sums() == {…}
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any

from .loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

INITIALIZE = {"amount", "currency", "reference", "email", "callback_url", "metadata", "channels"}
REFUND = {"transaction", "amount", "currency", "merchant_note", "customer_note"}
CURRENCIES = {"NGN", "GHS", "KES", "ZAR", "USD", "XOF", "EGP"}
PAGE = 50  # refunds on a page, unless a call says another number


class PaystackBooks(Books):
    """One Paystack account."""

    def __init__(self) -> None:
        super().__init__()
        self.secret_key = "sk_test_fake"
        self.transactions: dict[str, Json] = {}
        self.refunds: list[Json] = []

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/transaction/initialize", self.initialize),
            ("GET", "/transaction/verify/([^/]+)", self.verify),
            ("POST", "/refund", self.create_refund),
            ("GET", "/refund", self.list_refunds),
            ("GET", r"/refund/(\d+)", self.fetch_refund),
        )

    def refuse(self, status: int, message: str, code: str = "") -> FakeError:
        return FakeError(status, {"status": False, "message": message, **({"code": code} if code else {})})

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def initialize(self, params: Json) -> Json:
        self._known(params, INITIALIZE)
        reference = params.get("reference", "")
        if not re.fullmatch(r"[A-Za-z0-9.=-]+", reference):
            raise self.refuse(400, "Only -,.,= and alphanumeric characters allowed in reference", "invalid_reference")
        if reference in self.transactions:
            raise self.refuse(400, "Duplicate Transaction Reference", "duplicate_reference")
        if "@" not in params.get("email", ""):
            raise self.refuse(400, "Email is required", "missing_params")
        if params.get("currency") not in CURRENCIES:
            raise self.refuse(403, "Currency not supported by merchant", "unsupported_currency")
        amount = self._amount(params["amount"])
        number = self.next()
        self.transactions[reference] = {
            "id": number,
            "domain": "test",
            "status": "abandoned",
            "reference": reference,
            "amount": amount,
            "requested_amount": amount,
            "currency": params["currency"],
            "channel": "card",
            "gateway_response": "The transaction was not completed",
            "paid_at": None,
            "metadata": params.get("metadata"),
            "customer": {"email": params["email"]},
            "authorization": {},
        }
        url = self.page.format(reference) or f"https://checkout.paystack.com/access{number}"
        page = {"authorization_url": url, "access_code": f"access{number}"}
        return _good("Authorization URL created", {**page, "reference": reference})

    def verify(self, reference: str, params: Json) -> Json:
        return _good("Verification successful", self._transaction(reference))

    def create_refund(self, params: Json) -> Json:
        self._known(params, REFUND)
        paid = self._transaction(str(params.get("transaction", "")))
        if paid["status"] != "success":
            raise self.refuse(400, "Transaction has been fully reversed", "transaction_reversed")
        rest = paid["amount"] - self._given_back(paid)
        amount = self._amount(params.get("amount", rest))
        if params.get("currency", paid["currency"]) != paid["currency"]:
            raise self.refuse(400, "Currency does not match", "invalid_currency")
        if amount > rest:
            raise self.refuse(400, "Refund amount is greater than the amount left", "invalid_amount")
        return _good(
            "Refund has been queued for processing",
            self.refund(paid["reference"], amount, note=params.get("merchant_note", "")),
        )

    def list_refunds(self, params: Json) -> Json:
        refunds = [refund for refund in self.refunds if str(refund["transaction"]) == params.get("transaction")]
        size, number = int(params.get("perPage", PAGE)), int(params.get("page", 1))
        return _good("Refunds retrieved", refunds[::-1][(number - 1) * size : number * size])

    def fetch_refund(self, number: str, params: Json) -> Json:
        refunds = [refund for refund in self.refunds if str(refund["id"]) == number]
        if not refunds:
            raise self.refuse(404, "Refund not found", "refund_not_found")
        return _good("Refund retrieved", refunds[0])

    # --- what the customer, the bank and staff do ---------------------------------------------------------------------

    def pay(self, reference: str, *, amount: int | None = None, currency: str = "") -> None:
        """The customer pays on Paystack's page, perhaps something else than was asked for."""
        paid = self.transactions[reference]
        assert paid["status"] in {"abandoned", "failed", "ongoing"}, paid["status"]
        paid.update(status="success", gateway_response="Successful", paid_at="2026-11-20T06:00:00.000Z")
        paid.update(amount=amount or paid["amount"], currency=currency or paid["currency"])
        self._tell("charge.success", paid)

    def decline(self, reference: str, why: str = "Declined") -> None:
        """The bank says no; the customer may try again on the same page."""
        self.transactions[reference].update(status="failed", gateway_response=why)

    def wait(self, reference: str) -> None:
        """The customer was sent to the bank."""
        self.transactions[reference].update(status="ongoing")

    def refund(self, reference: str, amount: int, *, dispute: int | None = None, note: str = "Refund by staff") -> Json:
        """A refund, by a call, by staff in the dashboard, or by a dispute that was accepted."""
        paid = self.transactions[reference]
        record = {
            "id": self.next(),
            "transaction": paid["id"],
            "dispute": dispute,
            "amount": amount,
            "currency": paid["currency"],
            "status": "pending",
            "merchant_note": note,
            "customer_note": None,
        }
        self.refunds.append(record)
        self._tell_refund("refund.pending", record)
        return record

    def process(self, refund_id: int | str, *, good: bool = True) -> None:
        """The refund reaches the customer, or comes back."""
        [result] = [refund for refund in self.refunds if refund["id"] == int(refund_id)]
        result["status"] = "processed" if good else "failed"
        paid = self._of(result)
        if good and self._given_back(paid) == paid["amount"]:
            paid["status"] = "reversed"
        self._tell_refund(f"refund.{result['status']}", result)

    def dispute(self, reference: str, amount: int) -> None:
        """The bank's customer complains, and the shop accepts: Paystack refunds by itself."""
        number, paid = self.next(), self.transactions[reference]
        facts = {"id": number, "refund_amount": amount, "transaction": {"reference": reference, "id": paid["id"]}}
        self._tell("charge.dispute.create", {**facts, "status": "awaiting-merchant-feedback"})
        result = self.refund(reference, amount, dispute=number)
        self.process(result["id"])
        self._tell("charge.dispute.resolve", {**facts, "status": "resolved", "resolution": "merchant-accepted"})

    def charge_back(self, reference: str) -> None:
        """The whole payment is reversed, without a refund that could be listed."""
        self.transactions[reference]["status"] = "reversed"

    def sums(self) -> dict[str, Sums]:
        values = {}
        for reference, paid in self.transactions.items():
            captured = paid["amount"] if paid["status"] in {"success", "reversed"} else 0
            given = [refund for refund in self.refunds if refund["transaction"] == paid["id"]]
            done = {
                disputed: sum(
                    r["amount"] for r in given if bool(r["dispute"]) is disputed and r["status"] == "processed"
                )
                for disputed in (False, True)
            }
            if paid["status"] == "reversed":
                done[True] = captured - done[False]
            values[reference] = Sums(payments=1, captured=captured, refunded=done[False], disputed=done[True])
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _known(self, params: Json, allowed: set[str]) -> None:
        if unknown := set(params) - allowed:
            raise self.refuse(400, f"Unknown parameters: {', '.join(sorted(unknown))}", "invalid_params")

    def _amount(self, amount: Any) -> int:
        if not isinstance(amount, int) or amount <= 0:
            raise self.refuse(400, "Amount is invalid", "invalid_amount")
        return amount

    def _transaction(self, reference: str) -> Json:
        if reference not in self.transactions:
            raise self.refuse(400, "Transaction reference not found.", "transaction_not_found")
        return self.transactions[reference]

    def _of(self, refund: Json) -> Json:
        return next(paid for paid in self.transactions.values() if paid["id"] == refund["transaction"])

    def _given_back(self, paid: Json) -> int:
        given = [refund for refund in self.refunds if refund["transaction"] == paid["id"]]
        return sum(refund["amount"] for refund in given if refund["status"] != "failed")

    def _tell(self, what: str, data: Json) -> None:
        self.events.append({"event": what, "data": dict(data)})

    def _tell_refund(self, what: str, refund: Json) -> None:
        facts = {
            "status": refund["status"],
            "transaction_reference": self._of(refund)["reference"],
            "refund_reference": f"TRF_{refund['id']}",
            "amount": str(refund["amount"]),
            "currency": refund["currency"],
        }
        self._tell(what, facts)


class PaystackServer(LoopbackServer[PaystackBooks]):
    """The books behind a port."""

    def __init__(self) -> None:
        super().__init__(PaystackBooks())

    def admit(self, call: Call) -> None:
        if not hmac.compare_digest(given := call.headers.get("authorization", ""), f"Bearer {self.books.secret_key}"):
            raise self.books.refuse(401, f"Invalid key: {given}")  # it repeats the key: a log must not

    def signed(self, event: Any, *, secret: str = "") -> tuple[bytes, dict[str, str]]:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        key = (secret or self.books.secret_key).encode()
        return body, {"x-paystack-signature": hmac.new(key, body, hashlib.sha512).hexdigest()}


def _good(message: str, data: Any) -> Json:
    return {"status": True, "message": message, "data": data}
