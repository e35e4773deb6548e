"""Paystack by "Verify transaction", "Refunds" and the life of a transaction: a status that runs ahead of the list of refunds.

What those pages say, and the older fake didn't: refunds are queued, a transaction of which all was given back is ``reversed``,
and nothing promises that the list shows a refund as soon as the transaction does. A refund in the answer to its making holds its
transaction as an object, in the list as a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

__all__ = ["DocumentedPaystack"]


class _Books(Books):
    """One integration.

    Attributes:
        lists: Whether its list of refunds has caught up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.transactions: dict[str, Json] = {}
        self.refunds: list[Json] = []
        self.lists = True

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/transaction/initialize", self.initialize),
            ("GET", "/transaction/verify/([^/]+)", self.verify),
            ("POST", "/refund", self.create),
            ("GET", "/refund", self.list_refunds),
            ("GET", r"/refund/(\d+)", self.fetch),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        meta = {"nextStep": "Try again later"}
        return FakeError(
            status, {"status": False, "message": message, "meta": meta, "type": "api_error", "code": "unknown"}
        )

    def initialize(self, params: Json) -> Json:
        facts = {name: params[name] for name in ("amount", "currency", "reference")}
        self.transactions[params["reference"]] = {
            "id": 4_099_260_500 + self.next(),
            "domain": "live",
            "status": "abandoned",
            "message": None,
            "gateway_response": "The transaction was not completed",
            "channel": "card",
            "requested_amount": params["amount"],
            **facts,
        }
        url = f"https://checkout.paystack.com/{self.count}"
        page = {"authorization_url": url, "access_code": str(self.count), "reference": params["reference"]}
        return {"status": True, "message": "Authorization URL created", "data": page}

    def verify(self, reference: str, params: Json) -> Json:
        if reference not in self.transactions:
            raise self.refuse(404, "Transaction reference not found.")
        return {"status": True, "message": "Verification successful", "data": self.transactions[reference]}

    def create(self, params: Json) -> Json:
        paid = self.transactions[params["transaction"]]
        if paid["status"] == "reversed":
            raise self.refuse(400, "Transaction has been fully reversed")
        created = self.give_back(params["transaction"], params["amount"], note=params["merchant_note"])
        event = {**created, "transaction": {"id": paid["id"], "reference": paid["reference"], "amount": paid["amount"]}}
        return {"status": True, "message": "Refund has been queued for processing", "data": event}

    def list_refunds(self, params: Json) -> Json:
        refunds = [refund for refund in self.refunds if str(refund["transaction"]) == params["transaction"]]
        return {"status": True, "message": "Refunds retrieved", "data": refunds if self.lists else [], "meta": {}}

    def fetch(self, refund_id: str, params: Json) -> Json:
        [result] = [refund for refund in self.refunds if str(refund["id"]) == refund_id]
        return {"status": True, "message": "Refund retrieved", "data": result}

    # --- what happens there -------------------------------------------------------------------------------------------

    def pay(self, reference: str) -> None:
        """The customer pays."""
        self.transactions[reference].update(status="success", gateway_response="Successful")

    def give_back(self, reference: str, amount: int, *, note: str = "") -> Json:
        """A refund, of the API or of the dashboard; it is processed at once."""
        paid = self.transactions[reference]
        self.refunds.append(
            {
                "id": self.next(),
                "integration": 463433,
                "transaction": paid["id"],
                "dispute": None,
                "amount": amount,
                "currency": paid["currency"],
                "status": "processed",
                "refunded_by": "staff@shop.example",
                "customer_note": "Refund",
                "merchant_note": note,
            }
        )
        if sum(refund["amount"] for refund in self.refunds if refund["transaction"] == paid["id"]) == paid["amount"]:
            paid["status"] = "reversed"
        return self.refunds[-1]

    def take_back(self, reference: str) -> None:
        """The customer's bank takes all of it."""
        self.transactions[reference]["status"] = "reversed"

    def sums(self) -> dict[str, Sums]:
        values = {}
        for reference, paid in self.transactions.items():
            taken = paid["amount"] if paid["status"] in {"success", "reversed"} else 0
            given = sum(refund["amount"] for refund in self.refunds if refund["transaction"] == paid["id"])
            gone = taken - given if paid["status"] == "reversed" else 0
            values[reference] = Sums(payments=1, captured=taken, refunded=given, disputed=gone)
        return values


class DocumentedPaystack(LoopbackServer[_Books]):
    """The integration behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != "Bearer sk_live_documented":
            raise self.books.refuse(401, "Invalid key")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("These tests ask; the other fake delivers.")
