"""A strict fake of the Chapa API: references that are used once, refunds in parts, signed webhooks.

Amounts are hundredths here; on the wire they are texts in major units, as at Chapa. ::

    with ChapaServer() as chapa:
        gateway = ChapaGateway(secret_key=chapa.books.secret_key, base_url=chapa.url, …)
        …
        chapa.books.pay(reference)                  # what the customer does on Chapa's page
        chapa.deliver(take)
        assert chapa.books.sums() == {…}
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

INITIALIZE = {"amount", "currency", "tx_ref", "return_url", "email", "first_name", "last_name", "phone_number"}
REFUND = {"amount", "reference", "reason"}


class ChapaBooks(Books):
    """One Chapa account.

    Attributes:
        slow_refunds: A refund is seen in the transaction only after :meth:`give_back`, days later.
        old_shape: An unpaid transaction is verified without data, as older versions did.
        refunds_by: What a payment is named by where it is refunded: ``reference`` (Chapa's own, as its documents say) or
            ``tx_ref`` (as its users do).
        verifies_by: What a refund is looked up by: its ``ref_id``, its ``ref`` (our key), both, or nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.secret_key = "CHASECK_TEST-fake"
        self.transactions: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.slow_refunds = False
        self.old_shape = False
        self.refunds_by = "reference"
        self.verifies_by: tuple[str, ...] = ("ref_id", "ref")

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/transaction/initialize", self.initialize),
            ("GET", "/transaction/verify/([^/]+)", self.verify),
            ("PUT", "/transaction/cancel/([^/]+)", self.cancel),
            ("POST", "/refund/([^/]+)", self.refund),
            ("GET", "/refund/([^/]+)/verify", self.verify_refund),
        )

    def refuse(self, status: int, message: str | Json) -> FakeError:
        return FakeError(status, {"message": message, "status": "failed", "data": None})

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def initialize(self, params: Json) -> Json:
        self._known(params, INITIALIZE)
        reference = params.get("tx_ref", "")
        if reference in self.transactions:
            raise self.refuse(400, "Transaction reference has been used before")
        if params.get("currency") not in {"ETB", "USD"}:
            raise self.refuse(400, {"currency": ["validation.in"]})
        if not re.fullmatch(r"0[79]\d{8}", params.get("phone_number", "0900000000")):
            raise self.refuse(400, {"phone_number": ["validation.phone"]})
        if "@" not in params.get("email", "@"):
            raise self.refuse(400, {"email": ["validation.email"]})
        number = self.next()
        self.transactions[reference] = {
            "tx_ref": reference,
            "reference": f"AP{number}",
            "status": "pending",
            "amount": self._cents(params.get("amount")),
            "currency": params["currency"],
            "method": "telebirr",
            "mode": "test",
        }
        url = self.page.format(reference) or f"https://checkout.chapa.co/checkout/payment/{number}"
        return _good("Hosted Link", {"checkout_url": url})

    def verify(self, reference: str, params: Json) -> Json:
        paid = self._transaction(reference)
        if self.old_shape and paid["status"] == "pending":
            return {"message": "Payment not paid yet", "status": "null", "data": None}
        return _good("Payment details", _shown(paid))

    def cancel(self, reference: str, params: Json) -> Json:
        paid = self._transaction(reference)
        if paid["status"] != "pending":
            raise self.refuse(400, "Only active transactions can be cancelled")
        paid["status"] = "cancelled"
        return _good("Transaction cancelled", None)

    def refund(self, named: str, params: Json) -> Json:
        self._known(params, REFUND)
        paid = next((paid for paid in self.transactions.values() if paid[self.refunds_by] == named), None)
        if paid is None:
            raise self.refuse(404, "Invalid transaction or Transaction not found")
        ours = params.get("reference") or f"dashboard-{self.next()}"
        if ours in self.refunds:
            raise self.refuse(400, {"reference": ["validation.unique"]})
        rest = paid["amount"] - self._given_back(paid["tx_ref"])
        if paid["status"] != "success" or not rest:
            raise self.refuse(400, "The transaction can't be refunded")
        amount = self._cents(params.get("amount", _text(rest)))
        if amount > rest:
            raise self.refuse(400, "Refund amount is greater than the transaction's")
        number = self.next()
        self.refunds[ours] = {
            "id": number,
            "ref_id": f"MR{number}",
            "tx_ref": paid["tx_ref"],
            "amount": amount,
            "currency": paid["currency"],
            "reason": params.get("reason"),
            "ref": ours,
            "status": "initiated",
        }
        if not self.slow_refunds:
            self.give_back(paid["tx_ref"])
        return _good("Refund initiated successfully", _shown({**self.refunds[ours], "status": "Refund Initiated"}))

    def verify_refund(self, named: str, params: Json) -> Json:
        refunds = [refund for refund in self.refunds.values() if named in [refund[name] for name in self.verifies_by]]
        if not refunds:
            raise self.refuse(404, "Refund not found")
        return _good("Refund verified successfully", _shown({**refunds[0], "merchant_reference": refunds[0]["ref"]}))

    # --- what the customer, the bank and staff do ---------------------------------------------------------------------

    def pay(self, reference: str, *, amount: int | None = None, currency: str = "") -> None:
        """The customer pays on Chapa's page, perhaps something else than was asked for."""
        paid = self.transactions[reference]
        assert paid["status"] == "pending", paid["status"]
        paid.update(status="success", amount=amount or paid["amount"], currency=currency or paid["currency"])
        self._tell("charge.success", paid)

    def decline(self, reference: str) -> None:
        """The payment fails."""
        self.transactions[reference]["status"] = "failed"
        self._tell("charge.failed", self.transactions[reference])

    def give_back(self, reference: str) -> None:
        """The refunds reach the customer; a payment of which all was given back counts as refunded."""
        paid = self.transactions[reference]
        for refund in self.refunds.values():
            refund["status"] = "refunded" if refund["tx_ref"] == reference else refund["status"]
        if not self.refunds or self._given_back(reference) == paid["amount"]:
            paid["status"] = "refunded"
        self._tell("charge.refunded", paid)

    def sums(self) -> dict[str, Sums]:
        values = {}
        for reference, paid in self.transactions.items():
            taken = paid["amount"] if paid["status"] in {"success", "refunded"} else 0
            given = self._given_back(reference)
            values[reference] = Sums(payments=1, captured=taken, refunded=given)
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _known(self, params: Json, allowed: set[str]) -> None:
        if unknown := set(params) - allowed:
            raise self.refuse(400, {name: ["validation.unknown"] for name in unknown})

    def _cents(self, amount: Any) -> int:
        if not isinstance(amount, str) or not re.fullmatch(r"\d+(\.\d{1,2})?", amount) or Decimal(amount) <= 0:
            raise self.refuse(400, {"amount": ["validation.numeric"]})
        return int(Decimal(amount) * 100)

    def _given_back(self, reference: str) -> int:
        return sum(refund["amount"] for refund in self.refunds.values() if refund["tx_ref"] == reference)

    def _transaction(self, reference: str) -> Json:
        if reference not in self.transactions:
            raise self.refuse(404, "Invalid transaction or Transaction not found")
        return self.transactions[reference]

    def _tell(self, what: str, paid: Json) -> None:
        self.events.append({"event": what, "type": "API", **_shown(paid)})


class ChapaServer(LoopbackServer[ChapaBooks]):
    """The books behind a port."""

    def __init__(self) -> None:
        super().__init__(ChapaBooks())
        self.webhook_secret = "secret-hash"

    def admit(self, call: Call) -> None:
        if not hmac.compare_digest(given := call.headers.get("authorization", ""), f"Bearer {self.books.secret_key}"):
            raise self.books.refuse(401, f"Invalid API Key {given}")  # it repeats the key: a log must not

    def signed(self, event: Any, *, secret: str = "") -> tuple[bytes, dict[str, str]]:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        key = (secret or self.webhook_secret).encode()
        constant = hmac.new(key, key, hashlib.sha256).hexdigest()  # the same for each delivery: proof of nothing
        signature = hmac.new(key, body, hashlib.sha256).hexdigest()
        return body, {"chapa-signature": constant, "x-chapa-signature": signature}


def _good(message: str, data: Any) -> Json:
    return {"message": message, "status": "success", "data": data}


def _text(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _shown(paid: Json) -> Json:
    """An odd amount is a number, an even one a text: Chapa has both."""
    return {**paid, "amount": _text(paid["amount"]) if paid["amount"] % 2 == 0 else paid["amount"] / 100}
