"""A strict fake of the PayPal API on the loopback interface: tokens, keys, deliveries that it verifies itself, faults.

::

    with PayPalServer() as paypal:
        gateway = PayPalGateway(client_id=paypal.client_id, client_secret=paypal.client_secret, base_url=paypal.url, …)
        paypal.fault("drop_after", path="/v2/checkout/orders/.*/capture")
        …
        paypal.approve("ORD1")                        # what the customer does at PayPal
        paypal.deliver("http://127.0.0.1:8000/webhooks/paypal/")
        assert paypal.sums() == {…}
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

from .loopback import Answer, Call, FakeError, Json, LoopbackServer, basic
from .paypal_books import PayPalBooks, PayPalError


class PayPalServer(LoopbackServer[PayPalBooks]):
    """One account's API."""

    def __init__(
        self,
        *,
        client_id: str = "paypal-client-id",
        client_secret: str = "paypal-client-secret",
        webhook_id: str = "WH-FAKE",
        **server: Any,
    ) -> None:
        super().__init__(PayPalBooks(), **server)
        self.client_id = client_id
        self.client_secret = client_secret
        self.webhook_id = webhook_id
        self.kept: dict[tuple[str, str], tuple[bytes, Json]] = {}
        self.tokens: list[str] = []
        self.token_lives = 32400

    def admit(self, call: Call) -> None:
        given = call.headers.get("authorization", "")
        if call.path == "/v1/oauth2/token":
            if not hmac.compare_digest(given, basic(self.client_id, self.client_secret)):
                data = {"error": "invalid_client", "error_description": "Client Authentication failed"}
                raise FakeError(401, data)
        elif not self.tokens or not hmac.compare_digest(given.removeprefix("Bearer "), self.tokens[-1]):
            raise FakeError(401, {"error": "invalid_token", "error_description": "Token signature failed"})

    def answer(self, call: Call) -> Answer:
        """A token, a verdict on a delivery, or what was answered under the call's key."""
        if call.path == "/v1/oauth2/token":
            return self._token(call)
        if call.path == "/v1/notifications/verify-webhook-signature":
            return 200, {"verification_status": self._verified(call.body)}
        return super().answer(call) if call.method == "GET" else self._keyed(call)

    def expire_tokens(self) -> None:
        """As if PayPal had withdrawn them."""
        with self.lock:
            self.tokens.append("none that anybody has")

    def _token(self, call: Call) -> Answer:
        if call.params != {"grant_type": "client_credentials"}:
            return 400, {"error": "unsupported_grant_type"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return 200, {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.token_lives}

    def _keyed(self, call: Call) -> Answer:
        key = (call.path, call.headers.get("paypal-request-id", ""))
        if not key[1] or len(key[1]) > 108:
            raise PayPalError("MISSING_REQUEST_ID", "The shop gives each call a key of its own.", status=400)
        if key in self.kept:
            body, answer = self.kept[key]
            if body != call.body:
                raise PayPalError("DUPLICATE_REQUEST_ID", "The key was used with another body.")
            return 200, answer
        answer = self.route(call, call.json)
        self.kept[key] = (call.body, answer)
        return 201, answer

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def signed(self, event: Json | bytes, *, webhook_id: str = "") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery; spaces as PayPal wouldn't write them, to find who writes it anew."""
        body = event if isinstance(event, bytes) else json.dumps(event, indent=1).encode()
        reported = hashlib.sha1(body).hexdigest()[:12]
        sent = "2026-11-20T06:00:00Z"
        return body, {
            "content-type": "application/json",
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-1",
            "paypal-transmission-id": reported,
            "paypal-transmission-time": sent,
            "paypal-transmission-sig": self._signature(reported, sent, webhook_id or self.webhook_id, body),
        }

    def _verified(self, question: bytes) -> str:
        head, _, rest = question.partition(b'"webhook_event": ')
        reported = json.loads(question)
        raw = rest.rstrip()[:-1]  # what was delivered, byte for byte
        expected = self._signature(
            reported["transmission_id"], reported["transmission_time"], reported["webhook_id"], raw
        )
        good = hmac.compare_digest(expected.encode(), str(reported["transmission_sig"]).encode())
        return "SUCCESS" if head and good and reported["webhook_id"] == self.webhook_id else "FAILURE"

    def _signature(self, transmission: str, sent: str, webhook_id: str, body: bytes) -> str:
        text = f"{transmission}|{sent}|{webhook_id}|{zlib.crc32(body)}".encode()
        return base64.b64encode(hmac.new(b"only PayPal has this key", text, hashlib.sha256).digest()).decode()
