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
from urllib.parse import parse_qs

from .loopback import Answer, Call, Json, LoopbackServer
from .paypal_books import Books, PayPalError, Sums, not_found, routes


class PayPalServer(LoopbackServer):
    """One account's API."""

    def __init__(
        self,
        *,
        client_id: str = "paypal-client-id",
        client_secret: str = "paypal-client-secret",
        webhook_id: str = "WH-FAKE",
        **server: Any,
    ) -> None:
        super().__init__(**server)
        self.client_id = client_id
        self.client_secret = client_secret
        self.webhook_id = webhook_id
        self.books = Books()
        self.kept: dict[tuple[str, str], tuple[bytes, Json]] = {}
        self.tokens: list[str] = []
        self.token_lives = 32400

    def sums(self) -> dict[str, Sums]:
        """What each reference of the shop came to."""
        with self.lock:
            return self.books.sums()

    def answer(self, call: Call) -> Answer:
        """Token, key, then the books."""
        if call.path == "/v1/oauth2/token":
            return self._token(call)
        try:
            bearer = call.headers.get("authorization", "").removeprefix("Bearer ")
            if not self.tokens or not hmac.compare_digest(bearer, self.tokens[-1]):
                return 401, json.dumps(
                    {"error": "invalid_token", "error_description": "Token signature failed"}
                ).encode()
            if call.path == "/v1/notifications/verify-webhook-signature":
                return 200, json.dumps({"verification_status": self._verified(call.body)}).encode()
            return self._keyed(call)
        except PayPalError as error:
            return error.status, json.dumps(error.body).encode()

    def expire_tokens(self) -> None:
        """As if PayPal had withdrawn them."""
        with self.lock:
            self.tokens.append("none that anybody has")

    def _token(self, call: Call) -> Answer:
        wanted = "Basic " + base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if not hmac.compare_digest(call.headers.get("authorization", ""), wanted):
            said = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            return 401, json.dumps(said).encode()
        if parse_qs(call.body.decode()) != {"grant_type": ["client_credentials"]}:
            return 400, json.dumps({"error": "unsupported_grant_type"}).encode()
        self.tokens.append(f"token-{len(self.tokens)}")
        given = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.token_lives}
        return 200, json.dumps(given).encode()

    def _keyed(self, call: Call) -> Answer:
        if call.method == "GET":
            return 200, json.dumps(self._route(call)).encode()
        key = (call.path, call.headers.get("paypal-request-id", ""))
        if not key[1] or len(key[1]) > 108:
            raise PayPalError("MISSING_REQUEST_ID", "The shop gives each call a key of its own.", status=400)
        if key in self.kept:
            body, answer = self.kept[key]
            if body != call.body:
                raise PayPalError("DUPLICATE_REQUEST_ID", "The key was used with another body.")
            return 200, json.dumps(answer).encode()
        answer = self._route(call)
        self.kept[key] = (call.body, answer)
        return 201, json.dumps(answer).encode()

    def _route(self, call: Call) -> Json:
        try:
            params = dict(call.query) if call.method == "GET" else call.json
        except ValueError:
            raise PayPalError("MALFORMED_REQUEST_JSON", status=400, name="INVALID_REQUEST") from None
        for method, pattern, answer in routes(self.books):
            if method == call.method and (match := pattern.fullmatch(call.path)):
                return answer(*match.groups(), params)
        raise not_found()

    def broken(self, status: int) -> Answer:
        """As PayPal says it."""
        name = "INTERNAL_SERVER_ERROR" if status == 500 else "RATE_LIMIT_REACHED"
        return status, json.dumps(PayPalError("", name=name).body).encode()

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def signed(self, event: Json | bytes, *, webhook_id: str = "") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery; spaces as PayPal wouldn't write them, to find who writes it anew."""
        body = event if isinstance(event, bytes) else json.dumps(event, indent=1).encode()
        told = hashlib.sha1(body).hexdigest()[:12]
        sent = "2026-11-20T06:00:00Z"
        return body, {
            "content-type": "application/json",
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-1",
            "paypal-transmission-id": told,
            "paypal-transmission-time": sent,
            "paypal-transmission-sig": self._signature(told, sent, webhook_id or self.webhook_id, body),
        }

    def _verified(self, question: bytes) -> str:
        head, _, rest = question.partition(b'"webhook_event": ')
        told = json.loads(question)
        raw = rest.rstrip()[:-1]  # what was delivered, byte for byte
        wanted = self._signature(told["transmission_id"], told["transmission_time"], told["webhook_id"], raw)
        good = hmac.compare_digest(wanted.encode(), str(told["transmission_sig"]).encode())
        return "SUCCESS" if head and good and told["webhook_id"] == self.webhook_id else "FAILURE"

    def _signature(self, told: str, sent: str, webhook_id: str, body: bytes) -> str:
        text = f"{told}|{sent}|{webhook_id}|{zlib.crc32(body)}".encode()
        return base64.b64encode(hmac.new(b"only PayPal has this key", text, hashlib.sha256).digest()).decode()
