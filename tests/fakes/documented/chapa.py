"""Chapa by its pages "Verify payments", "Refund" and "Error codes": a payment has two references, a refund has two as well.

What those pages say, and the older fake didn't: a refund is asked for under Chapa's *own* reference of the payment, may be a part
of it, and is verified by Chapa's ``ref_id`` alone. A payment of which a part was given back is still a success. What isn't paid
is answered with 404 and a status of null.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.fakes.loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

__all__ = ["DocumentedChapa"]


class _Books(Books):
    """One account.

    Attributes:
        balance: What refunds are paid from, in birr.
    """

    def __init__(self) -> None:
        super().__init__()
        self.payments: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.balance = Decimal(100_000)

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/transaction/initialize", self.initialize),
            ("GET", "/transaction/verify/([^/]+)", self.verify),
            ("PUT", "/transaction/cancel/([^/]+)", self.cancel),
            ("POST", "/refund/([^/]+)", self.refund),
            ("GET", "/refund/([^/]+)/verify", self.verify_refund),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        return FakeError(status, {"message": message, "status": "failed", "data": None})

    def initialize(self, params: Json) -> Json:
        if params["tx_ref"] in self.payments:
            raise self.refuse(400, "Transaction reference has been used before")
        self.payments[params["tx_ref"]] = {
            "first_name": params.get("first_name"),
            "email": params.get("email"),
            "currency": params["currency"],
            "amount": params["amount"],
            "charge": "3.50",
            "mode": "live",
            "type": "API",
            "status": "pending",
            "reference": f"AP{self.next()}ezQ1KKswbb",
            "tx_ref": params["tx_ref"],
            "created_at": "2026-11-30T07:05:28.000000Z",
        }
        page = {"checkout_url": f"https://checkout.chapa.co/checkout/payment/{self.count}"}
        return {"message": "Hosted Link", "status": "success", "data": page}

    def verify(self, tx_ref: str, params: Json) -> Json:
        if tx_ref not in self.payments:
            raise self.refuse(404, "Invalid transaction or Transaction not found")
        paid = self.payments[tx_ref]
        if paid["status"] == "pending":
            raise FakeError(404, {"message": "Payment not paid yet", "status": None, "data": None})
        return {"message": "Payment details", "status": "success", "data": paid}

    def cancel(self, tx_ref: str, params: Json) -> Json:
        paid = self.payments[tx_ref]
        if paid["status"] != "pending":
            raise self.refuse(400, "Transaction reference is not active")
        paid["status"] = "cancelled"
        return {"message": "Transaction cancelled", "status": "success", "data": None}

    def refund(self, chapa_reference: str, params: Json) -> Json:
        paid = next((paid for paid in self.payments.values() if paid["reference"] == chapa_reference), None)
        if paid is None:
            raise self.refuse(404, "Transaction not found")
        if any(refund["merchant_reference"] == params["reference"] for refund in self.refunds.values()):
            raise self.refuse(400, "Refund reference has been used before")
        amount = Decimal(params.get("amount", paid["amount"]))
        rest = Decimal(paid["amount"]) - self._given(paid["reference"])
        if amount > rest:
            raise self.refuse(400, "The amount is greater than what is left of the transaction")
        if amount > self.balance:
            raise self.refuse(400, f"Insufficient balance to refund transaction reference {chapa_reference}")
        ref_id = f"MERC-DIS-REF-{self.next()}"
        self.refunds[ref_id] = {
            "amount": int(amount) if amount == int(amount) else float(amount),
            "currency": paid["currency"],
            "ref_id": ref_id,
            "payment_reference": chapa_reference,
            "merchant_reference": params["reference"],
            "status": "initiated",
        }
        event = {"id": self.count, "chapa_reference": chapa_reference, "bank_reference": "BLC9JI3G21", "ref_id": ref_id}
        return {
            "message": "Refund initiated successfully. Processing time: 1-3 business days",
            "status": "success",
            "data": {**event, "amount": f"{amount:.2f}", "currency": paid["currency"], "status": "Refund Initiated"},
        }

    def verify_refund(self, ref_id: str, params: Json) -> Json:
        if ref_id not in self.refunds:
            raise self.refuse(404, "Refund not found")
        return {"message": "Refund verified successfully", "status": "success", "data": self.refunds[ref_id]}

    # --- what happens there -------------------------------------------------------------------------------------------

    def pay(self, tx_ref: str) -> None:
        """The customer pays."""
        self.payments[tx_ref]["status"] = "success"

    def finish_refunds(self, status: str = "refunded") -> None:
        """The bank has done it, or has not; a payment of which all was given back is told as such."""
        for refund in self.refunds.values():
            refund["status"] = status
        for paid in self.payments.values():
            if status == "refunded" and self._given(paid["reference"]) == Decimal(paid["amount"]):
                paid["status"] = "refunded"

    def sums(self) -> dict[str, Sums]:
        values = {}
        for tx_ref, paid in self.payments.items():
            taken = Decimal(paid["amount"]) if paid["status"] in {"success", "refunded"} else Decimal(0)
            values[tx_ref] = Sums(payments=1, captured=taken, refunded=self._given(paid["reference"]))
        return values

    def _given(self, chapa_reference: str) -> Decimal:
        of = [refund for refund in self.refunds.values() if refund["payment_reference"] == chapa_reference]
        return sum((Decimal(str(created["amount"])) for created in of if created["status"] != "failed"), Decimal(0))


class DocumentedChapa(LoopbackServer[_Books]):
    """The account behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())
        self.secret_key = "CHASECK-documented"

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != f"Bearer {self.secret_key}":
            raise self.books.refuse(401, "Invalid API Key or User doesn't exist")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("These tests ask; the other fake delivers.")
