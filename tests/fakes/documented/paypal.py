"""PayPal by "Orders v2", "Payments v2" and "Customer disputes v1": a refund is of one capture, and disputes are another product.

What those pages say, and the older fake didn't: an authorisation is captured in parts that are refunded each by itself, an app
without the feature "Disputes" is answered with 403, and what was captured is the capture's amount, not the order's.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.fakes.loopback import Answer, Books, Call, FakeError, Json, LoopbackServer, Route, Sums

__all__ = ["DocumentedPayPal"]

_HOME = "https://api-m.paypal.com/v2/payments"


class _Books(Books):
    """One account.

    Attributes:
        reads_disputes: Whether the app has the feature.
        refund_status: Of the next refunds.
        captures_short: What PayPal takes less than the order's amount, as if fees had been deducted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Json] = {}
        self.answers: dict[tuple[str, str], Json] = {}
        self.reads_disputes = True
        self.refund_status = "COMPLETED"
        self.captures_short = Decimal(0)

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v2/checkout/orders", self.create),
            ("GET", r"/v2/checkout/orders/(\w+)", self.order),
            ("POST", r"/v2/checkout/orders/(\w+)/(capture|authorize)", self.take),
            ("POST", r"/v2/payments/authorizations/(\w+)/capture", self.capture),
            ("POST", r"/v2/payments/captures/(\w+)/refund", self.refund),
            ("GET", r"/v2/payments/refunds/(\w+)", self.refund_of),
            ("GET", "/v1/customer/disputes", self.disputes),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        names = {403: "NOT_AUTHORIZED", 404: "RESOURCE_NOT_FOUND", 422: "UNPROCESSABLE_ENTITY"}
        name = names.get(status, "INTERNAL_SERVER_ERROR")
        details = [{"issue": message, "description": message}]
        return FakeError(status, {"name": name, "message": message, "debug_id": "90957fca61718", "details": details})

    def create(self, params: Json) -> Json:
        order_id = f"5O190127TN36471{self.next()}"
        [unit] = params["purchase_units"]
        link = {"href": f"https://www.paypal.com/checkoutnow?token={order_id}", "rel": "payer-action", "method": "GET"}
        parts: Json = {"authorizations": [], "captures": [], "refunds": []}
        facts = {"status": "PAYER_ACTION_REQUIRED", "purchase_units": [{**unit, "payments": parts}], "links": [link]}
        self.orders[order_id] = {"id": order_id, "intent": params["intent"], **facts}
        return self.orders[order_id]

    def order(self, order_id: str, params: Json) -> Json:
        if order_id not in self.orders:
            raise self.refuse(404, "INVALID_RESOURCE_ID")
        return self.orders[order_id]

    def take(self, order_id: str, verb: str, params: Json) -> Json:
        order = self.orders[order_id]
        unit = order["purchase_units"][0]
        if verb == "capture":
            whole = Decimal(unit["amount"]["value"]) - self.captures_short
            unit["payments"]["captures"].append(self._part("CAP", unit, f"{whole:.2f}", unit["invoice_id"]))
        else:
            held = {**self._part("AUTH", unit, unit["amount"]["value"], unit["invoice_id"]), "status": "CREATED"}
            unit["payments"]["authorizations"].append(held)
        order["status"] = "COMPLETED"
        return order

    def capture(self, held_id: str, params: Json) -> Json:
        unit, held = self._find("authorizations", held_id)
        created = self._part("CAP", unit, params["amount"]["value"], params["invoice_id"])
        created["final_capture"] = params["final_capture"]
        unit["payments"]["captures"].append(created)
        held["status"] = "PARTIALLY_CAPTURED"
        return created

    def refund(self, capture_id: str, params: Json) -> Json:
        unit, taken = self._find("captures", capture_id)
        up = f"{_HOME}/captures/{capture_id}"
        given = [refund for refund in unit["payments"]["refunds"] if refund["links"][1]["href"] == up]
        rest = Decimal(taken["amount"]["value"]) - sum(Decimal(entry["amount"]["value"]) for entry in given)
        if Decimal(params["amount"]["value"]) > rest:
            raise self.refuse(422, "REFUND_AMOUNT_EXCEEDED")
        created = self._part("REF", unit, params["amount"]["value"], params["invoice_id"])
        home = {"href": f"{_HOME}/refunds/{created['id']}", "rel": "self", "method": "GET"}
        created.update(status=self.refund_status, links=[home, {"href": up, "rel": "up", "method": "GET"}])
        unit["payments"]["refunds"].append(created)
        taken["status"] = "PARTIALLY_REFUNDED"
        return created

    def refund_of(self, refund_id: str, params: Json) -> Json:
        return self._find("refunds", refund_id)[1]

    def disputes(self, params: Json) -> Json:
        if not self.reads_disputes:
            raise self.refuse(403, "PERMISSION_DENIED")
        return {"items": []}

    # --- what happens there -------------------------------------------------------------------------------------------

    def pay(self, order_id: str) -> None:
        """The customer approves."""
        self.orders[order_id].update(status="APPROVED", update_time="2026-11-30T07:00:00Z")

    def finish_refunds(self) -> None:
        """Finish the refunds that were under review."""
        for order in self.orders.values():
            for refund in order["purchase_units"][0]["payments"]["refunds"]:
                refund["status"] = "COMPLETED"

    def sums(self) -> dict[str, Sums]:
        values = {}
        for order in self.orders.values():
            unit = order["purchase_units"][0]
            sums = {kind: _sum(parts) for kind, parts in unit["payments"].items()}
            final = any(entry.get("final_capture") for entry in unit["payments"]["captures"])
            held = Decimal(0) if final else sums["authorizations"] - sums["captures"]
            values[unit["custom_id"]] = Sums(1, max(held, Decimal(0)), sums["captures"], sums["refunds"])
        return values

    def _part(self, kind: str, unit: Json, value: str, invoice_id: str) -> Json:
        money = {"currency_code": unit["amount"]["currency_code"], "value": value}
        ids = {"custom_id": unit["custom_id"], "invoice_id": invoice_id}
        return {"id": f"{kind}{self.next()}", "status": "COMPLETED", "amount": money, **ids, "links": []}

    def _find(self, kind: str, part_id: str) -> tuple[Json, Json]:
        for order in self.orders.values():
            unit = order["purchase_units"][0]
            for part in unit["payments"][kind]:
                if part["id"] == part_id:
                    return unit, part
        raise self.refuse(404, "INVALID_RESOURCE_ID")


class DocumentedPayPal(LoopbackServer[_Books]):
    """The account behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())

    def admit(self, call: Call) -> None:
        """Any token is good here."""

    def answer(self, call: Call) -> Answer:
        """The same answer to the same PayPal-Request-Id."""
        if call.path == "/v1/oauth2/token":
            return 200, {"access_token": "A21AAF", "token_type": "Bearer", "expires_in": 32400}
        key = (call.path, call.headers.get("paypal-request-id", ""))
        if key[1] and key in self.books.answers:
            return 200, self.books.answers[key]
        answer = self.route(call, call.params)
        if key[1]:
            self.books.answers[key] = answer
        return 201, answer

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("These tests ask; the other fake delivers.")


def _sum(parts: Sequence[Json]) -> Decimal:
    return sum((Decimal(part["amount"]["value"]) for part in parts), Decimal(0))
