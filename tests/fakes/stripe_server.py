"""A strict fake of the Stripe API on the loopback interface: keys, idempotency, signed webhooks, and faults on demand.

::

    with StripeServer() as stripe:
        gateway = StripeGateway(secret_key=stripe.secret_key, publishable_key="pk", base_url=stripe.url, …)
        stripe.fault("drop_after", path="/v1/payment_intents")
        …
        stripe.confirm("pi_1")                       # what the customer does in the browser
        stripe.deliver("http://127.0.0.1:8000/webhooks/card/")
        assert stripe.sums() == {…}

Outside tests: ``python -m tests.fakes.stripe_server [port]``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .loopback import Answer, Call, FakeError, Json, LoopbackServer
from .stripe_books import StripeBooks, StripeError


class StripeServer(LoopbackServer[StripeBooks]):
    """One account's API.

    Attributes:
        kept: Under each idempotency key: the call, and what was answered.
    """

    def __init__(self, *, secret_key: str = "sk_test_fake", webhook_secret: str = "whsec_fake", **server: Any) -> None:
        super().__init__(StripeBooks(), **server)
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        self.kept: dict[str, tuple[tuple[str, str, Json], Answer]] = {}

    def admit(self, call: Call) -> None:
        if not hmac.compare_digest(call.headers.get("authorization", ""), f"Bearer {self.secret_key}"):
            raise StripeError(401, "", "Invalid API Key provided: sk_test_****fake")

    def answer(self, call: Call) -> Answer:
        """The books' answer, or their earlier one under the call's key: declines and breakdowns are kept, refusals aren't."""
        return self._keyed(call, None)

    def broken(self, call: Call, status: int) -> Answer:
        """A breakdown is remembered under the key, too; being asked too often isn't."""
        if status == 500 and call.method == "POST":
            return self._keyed(call, self.books.refuse(500, "Something went wrong at Stripe."))
        return super().broken(call, status)

    def _keyed(self, call: Call, error: FakeError | None) -> Answer:
        params, key = _params(call), call.headers.get("idempotency-key", "")
        if call.method != "POST":
            return 200, self.route(call, params)
        if not key:
            raise StripeError(400, "idempotency_key_missing", "The shop gives each call a key of its own.")
        entries = (call.method, call.path, params)
        if key not in self.kept:
            try:
                if error:
                    raise error
                answer: Answer = (200, self.route(call, params))
            except FakeError as refusal:
                if refusal.status not in {402, 500}:
                    raise
                answer = (refusal.status, refusal.body)
            self.kept[key] = (entries, answer)
        if self.kept[key][0] != entries:
            message = "Keys for idempotent requests can only be used with the same parameters."
            raise StripeError(400, "idempotency_key_in_use", message, kind="idempotency_error")
        return self.kept[key][1]

    def signed(self, event: Json | bytes, *, secret: str = "", at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        sent = int(time.time() if at is None else at)
        key = (secret or self.webhook_secret).encode()
        signature = hmac.new(key, f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"content-type": "application/json", "stripe-signature": f"t={sent},v1={signature},v0=00"}


def _params(call: Call) -> Json:
    """``a[b]=c`` as Stripe reads it: ``{"a": {"b": "c"}}``."""
    query = urlencode(call.query) if call.method == "GET" else call.body.decode()
    values: Json = {}
    for name, value in parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
        head, *rest = re.findall(r"[^\[\]]+", name)
        inner = values
        for part in rest:
            inner, head = inner.setdefault(head, {}), part
        inner[head] = value
    return values


def main() -> None:
    """Serve until interrupted, so that a demonstration can pay."""
    with StripeServer(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server:
        sys.stdout.write(f"{server.url}  secret_key={server.secret_key}  webhook_secret={server.webhook_secret}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
