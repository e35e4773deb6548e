"""Stripe by "PaymentIntent", "Charge", "Refund" and "Dispute": what was received is not what was asked for, and lists may fail.

What those pages say, and the older fake didn't: ``amount`` is what the intent is meant to collect, ``amount_received`` what it
did; a restricted key may read one kind of object and be refused another (403).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

__all__ = ["DocumentedStripe"]


class _Books(Books):
    """One account.

    Attributes:
        hidden: Kinds of objects that the restricted key may not read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[str, Json] = {}
        self.disputes_of: dict[str, list[Json]] = {}
        self.hidden: set[str] = set()

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v1/payment_intents", self.create),
            ("GET", r"/v1/payment_intents/(\w+)", self.retrieve),
            ("GET", "/v1/refunds", lambda params: self._list("refunds", [])),
            ("GET", "/v1/disputes", lambda params: self._list("disputes", self.disputes_of[params["payment_intent"]])),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        kind = "invalid_request_error" if status < 500 else "api_error"
        return FakeError(status, {"error": {"type": kind, "message": message}})

    def create(self, params: Json) -> Json:
        intent_id = f"pi_{self.next()}"
        self.disputes_of[intent_id] = []
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": int(params["amount"]),
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": params["currency"],
            "capture_method": params["capture_method"],
            "client_secret": f"{intent_id}_secret_1",
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": True,
            "metadata": {"reference": params["metadata[reference]"]},
            "next_action": None,
            "payment_method": None,
            "setup_future_usage": None,
            "status": "requires_payment_method",
        }
        return self.intents[intent_id]

    def retrieve(self, intent_id: str, params: Json) -> Json:
        return self.intents[intent_id]

    # --- what happens there -------------------------------------------------------------------------------------------

    def pay(self, intent_id: str, received: int = 0) -> None:
        """The customer pays, perhaps another amount than was asked for, as by bank transfer."""
        intent = self.intents[intent_id]
        received = received or intent["amount"]
        charge = {
            "id": f"ch_{self.next()}",
            "object": "charge",
            "amount": received,
            "amount_captured": received,
            "amount_refunded": 0,
            "currency": intent["currency"],
            "disputed": False,
            "status": "succeeded",
        }
        intent.update(status="succeeded", amount_received=received, latest_charge=charge)

    def dispute(self, intent_id: str, amount: int) -> None:
        """The bank takes a part back."""
        intent = self.intents[intent_id]
        intent["latest_charge"]["disputed"] = True
        facts = {"amount": amount, "currency": intent["currency"], "status": "needs_response", "reason": "general"}
        self.disputes_of[intent_id].append({"id": f"du_{self.next()}", "created": 1_795_154_554, **facts})

    def sums(self) -> dict[str, Sums]:
        return {
            intent["metadata"]["reference"]: Sums(
                payments=1,
                captured=intent["amount_received"],
                disputed=sum(entry["amount"] for entry in self.disputes_of[intent["id"]]),
            )
            for intent in self.intents.values()
        }

    def _list(self, kind: str, data: list[Json]) -> Json:
        if kind in self.hidden:
            raise self.refuse(403, f"The provided key does not have the required permissions for '{kind}'.")
        return {"object": "list", "data": data, "has_more": False, "url": f"/v1/{kind}"}


class DocumentedStripe(LoopbackServer[_Books]):
    """The account behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())

    def admit(self, call: Call) -> None:
        if call.headers.get("authorization") != "Bearer rk_live_documented":
            raise self.books.refuse(401, "Invalid API Key provided: rk_live_****")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("These tests ask; the other fake delivers.")
