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

import hashlib
import hmac
import json
from typing import Any

from .loopback import Call, Json, LoopbackServer, basic
from .razorpay_books import RazorpayBooks, RazorpayError


class RazorpayServer(LoopbackServer[RazorpayBooks]):
    """One account's API."""

    def __init__(
        self,
        *,
        key_id: str = "rzp_test_fake",
        key_secret: str = "razorpay-key-secret",
        webhook_secret: str = "razorpay-webhook-secret",
        **server: Any,
    ) -> None:
        super().__init__(RazorpayBooks(), **server)
        self.key_id = key_id
        self.key_secret = key_secret
        self.webhook_secret = webhook_secret

    def admit(self, call: Call) -> None:
        if not hmac.compare_digest(call.headers.get("authorization", ""), basic(self.key_id, self.key_secret)):
            raise RazorpayError("Authentication failed", status=401)

    def route(self, call: Call, params: Json, *more: Any) -> Json:
        """A refund has a key of its own in a header."""
        if call.method == "POST" and call.path.endswith("/refund"):
            more = (call.headers.get("x-refund-idempotency", ""),)
        return super().route(call, params, *more)

    def signed(self, event: Json | bytes, *, secret: str = "", event_id: str = "") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery; a copy of an event has the same id."""
        body = event if isinstance(event, bytes) else json.dumps(event, separators=(",", ":")).encode()
        signature = hmac.new((secret or self.webhook_secret).encode(), body, hashlib.sha256).hexdigest()
        reported = event_id or f"evt_{hashlib.sha1(body).hexdigest()[:14]}"
        return body, {
            "content-type": "application/json",
            "x-razorpay-signature": signature,
            "x-razorpay-event-id": reported,
        }

    def returned(self, payment_id: str) -> dict[str, str]:
        """Parameters that the customer's browser brings back."""
        order_id = self.books.payments[payment_id]["order_id"]
        digest = hmac.new(self.key_secret.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
        return {"razorpay_order_id": order_id, "razorpay_payment_id": payment_id, "razorpay_signature": digest}
