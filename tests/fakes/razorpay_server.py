"""A strict fake of the Razorpay API on the loopback interface; the official SDK drives it.

::

    with RazorpayServer() as razorpay:
        gateway = RazorpayGateway(key_id=razorpay.key_id, key_secret=razorpay.key_secret, base_url=razorpay.url, …)
        razorpay.fault("drop_after", path="/v1/orders", method="POST")
        …
        razorpay.pay("order_1")                       # what the customer does in the browser
        razorpay.deliver("http://127.0.0.1:8000/webhooks/razorpay/")
        assert razorpay.sums() == {…}
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from .loopback import Answer, Call, Json, LoopbackServer
from .razorpay_books import Books, RazorpayError, Sums, routes


class RazorpayServer(LoopbackServer):
    """One account's API."""

    def __init__(
        self,
        *,
        key_id: str = "rzp_test_fake",
        key_secret: str = "razorpay-key-secret",
        webhook_secret: str = "razorpay-webhook-secret",
        **server: Any,
    ) -> None:
        super().__init__(**server)
        self.key_id = key_id
        self.key_secret = key_secret
        self.webhook_secret = webhook_secret
        self.books = Books()

    def sums(self) -> dict[str, Sums]:
        """What each reference of the shop came to, in smallest units."""
        with self.lock:
            return self.books.sums()

    def answer(self, call: Call) -> Answer:
        """Keys, then the books."""
        wanted = "Basic " + base64.b64encode(f"{self.key_id}:{self.key_secret}".encode()).decode()
        try:
            if not hmac.compare_digest(call.headers.get("authorization", ""), wanted):
                raise RazorpayError("Authentication failed", status=401)
            found = self._route(call)
        except RazorpayError as error:
            return error.status, json.dumps(error.body).encode()
        return 200, json.dumps(found).encode()

    def _route(self, call: Call) -> Json:
        try:
            params = dict(call.query) if call.method == "GET" else call.json
        except ValueError:
            raise RazorpayError("The body can't be read.") from None
        for method, pattern, answer in routes(self.books):
            if method == call.method and (match := pattern.fullmatch(call.path)):
                key = [call.headers.get("x-refund-idempotency", "")] if answer == self.books.create_refund else []
                return answer(*match.groups(), params, *key)
        raise RazorpayError("The requested URL was not found on the server.", status=404)

    def broken(self, status: int) -> Answer:
        """As Razorpay says it."""
        code = "SERVER_ERROR" if status == 500 else "BAD_REQUEST_ERROR"
        return status, json.dumps(RazorpayError("We are facing some trouble.", code=code).body).encode()

    def signed(self, event: Json | bytes, *, secret: str = "", event_id: str = "") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery; a copy of an event has the same id."""
        body = event if isinstance(event, bytes) else json.dumps(event, separators=(",", ":")).encode()
        signature = hmac.new((secret or self.webhook_secret).encode(), body, hashlib.sha256).hexdigest()
        told = event_id or f"evt_{hashlib.sha1(body).hexdigest()[:14]}"
        return body, {
            "content-type": "application/json",
            "x-razorpay-signature": signature,
            "x-razorpay-event-id": told,
        }

    def returned(self, payment_id: str) -> dict[str, str]:
        """What the customer's browser brings back."""
        order_id = self.books.payments[payment_id]["order_id"]
        told = hmac.new(self.key_secret.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
        return {"razorpay_order_id": order_id, "razorpay_payment_id": payment_id, "razorpay_signature": told}
