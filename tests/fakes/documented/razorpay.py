"""Razorpay by its pages "Orders", "Payments entity", "Disputes entity" and "Deduct at onset".

What those pages say, and the older fake didn't: ``amount`` of a payment is what the customer paid, which need not be the order's;
an account with deduct at onset loses a disputed amount at once (``amount_deducted`` of an open dispute), and has it back when it
wins; keys may be kept from reading disputes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tests.fakes.loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums, basic

__all__ = ["DocumentedRazorpay"]


class _Books(Books):
    """One account.

    Attributes:
        reads_disputes: Whether its keys may.
    """

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Json] = {}
        self.payments: dict[str, Json] = {}
        self.refunds: list[Json] = []
        self.disputes: dict[str, Json] = {}
        self.reads_disputes = True

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v1/orders", self.create),
            ("GET", "/v1/orders", self.orders_of),
            ("GET", r"/v1/orders/(\w+)", self.order),
            ("GET", r"/v1/orders/(\w+)/payments", self.payments_of),
            ("POST", r"/v1/payments/(\w+)/refund", self.refund),
            ("GET", r"/v1/payments/(\w+)/refunds", self.refunds_of),
            ("GET", "/v1/disputes/?", self.list_disputes),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        code = "SERVER_ERROR" if status >= 500 else "BAD_REQUEST_ERROR"
        error = {"code": code, "description": message, "source": "business", "step": "NA", "reason": "NA"}
        return FakeError(status, {"error": {**error, "metadata": {}}})

    def create(self, params: Json) -> Json:
        record = {
            "id": f"order_{self.next()}",
            "entity": "order",
            "amount": params["amount"],
            "amount_paid": 0,
            "amount_due": params["amount"],
            "currency": params["currency"],
            "receipt": params["receipt"],
            "status": "created",
            "attempts": 0,
            "notes": params["notes"],
            "created_at": int(time.time()),
        }
        self.orders[record["id"]] = record
        return record

    def orders_of(self, params: Json) -> Json:
        return _collection([order for order in self.orders.values() if order["receipt"] == params["receipt"]])

    def order(self, order_id: str, params: Json) -> Json:
        return self.orders[order_id]

    def payments_of(self, order_id: str, params: Json) -> Json:
        return _collection([payment for payment in self.payments.values() if payment["order_id"] == order_id])

    def refund(self, payment_id: str, params: Json) -> Json:
        paid = self.payments[payment_id]
        if paid["amount_refunded"] + params["amount"] > paid["amount"]:
            raise self.refuse(400, "The total refund amount is greater than the refund payment amount")
        facts = {name: params.get(name) for name in ("amount", "notes", "receipt")}
        record = {"id": f"rfnd_{self.next()}", "entity": "refund", "payment_id": payment_id, "currency": "INR", **facts}
        self.refunds.append({**record, "status": "processed", "created_at": int(time.time())})
        paid["amount_refunded"] += params["amount"]
        return self.refunds[-1]

    def refunds_of(self, payment_id: str, params: Json) -> Json:
        return _collection([refund for refund in self.refunds if refund["payment_id"] == payment_id])

    def list_disputes(self, params: Json) -> Json:
        if not self.reads_disputes:
            raise self.refuse(400, "You do not have permission to access this feature.")
        return _collection(list(self.disputes.values()))

    # --- what happens there -------------------------------------------------------------------------------------------

    def pay(self, order_id: str, amount: int = 0) -> str:
        """The customer pays, perhaps less than the order's amount."""
        order = self.orders[order_id]
        paid = amount or order["amount"]
        record = {
            "id": f"pay_{self.next()}",
            "entity": "payment",
            "amount": paid,
            "currency": "INR",
            "status": "captured",
            "order_id": order_id,
            "captured": True,
            "amount_refunded": 0,
            "refund_status": None,
            "notes": [],
            "error_reason": None,
            "created_at": int(time.time()),
        }
        self.payments[record["id"]] = record
        order.update(amount_paid=paid, amount_due=order["amount"] - paid, status="paid", attempts=1)
        return str(record["id"])

    def dispute(self, payment_id: str, amount: int, *, at_onset: bool) -> str:
        """The bank takes a part back: at once, or when it is lost."""
        record = {
            "id": f"disp_{self.next()}",
            "entity": "dispute",
            "payment_id": payment_id,
            "amount": amount,
            "currency": "INR",
            "amount_deducted": amount if at_onset else 0,
            "reason_code": "chargeback",
            "respond_by": int(time.time()) + 604_800,
            "status": "open",
            "phase": "chargeback",
            "created_at": int(time.time()),
        }
        self.disputes[record["id"]] = record
        return str(record["id"])

    def decide(self, dispute_id: str, status: str) -> None:
        """Won, lost or closed; what was taken for one that isn't lost comes back."""
        result = self.disputes[dispute_id]
        result.update(status=status, amount_deducted=result["amount"] if status == "lost" else 0)

    def sums(self) -> dict[str, Sums]:
        values = {}
        for order in self.orders.values():
            taken = {key: entry for key, entry in self.payments.items() if entry["order_id"] == order["id"]}
            lost = [dispute for dispute in self.disputes.values() if dispute["payment_id"] in taken]
            values[order["receipt"]] = Sums(
                payments=1,
                captured=sum(item["amount"] for item in taken.values()),
                refunded=sum(row["amount_refunded"] for row in taken.values()),
                disputed=sum(element["amount_deducted"] for element in lost),
            )
        return values


class DocumentedRazorpay(LoopbackServer[_Books]):
    """The account behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != basic("rzp_live_documented", "secret"):
            raise self.books.refuse(401, "Authentication failed")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("These tests ask; the other fake delivers.")


def _collection(items: list[Json]) -> Json:
    return {"entity": "collection", "count": len(items), "items": items}
