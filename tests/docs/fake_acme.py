"""Acme as its documents describe it, on the loopback interface."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class FakeAcme:
    """A provider with a payment page that the customer opens."""

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.broken = False
        handler = type("Handler", (_Handler,), {"acme": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def start(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """One payment for each key."""
        if key not in self.by_key:
            number = f"acme-{len(self.payments) + 1}"
            self.by_key[key] = number
            self.payments[number] = {
                "id": number,
                "reference": body["reference"],
                "amount": body["amount"],
                "currency": body["currency"],
                "status": "open",
                "charge": None,
                "page": f"{self.url}/pay/{number}",
            }
        return self.payments[self.by_key[key]]

    def pay(self, number: str) -> None:
        """The customer pays on the page."""
        self.payments[number] |= {"status": "paid", "charge": f"charge-{number}"}


class _Handler(BaseHTTPRequestHandler):
    acme: FakeAcme

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(self.acme.start(body, self.headers["Idempotency-Key"]))

    def do_GET(self) -> None:
        self._answer(self.acme.payments[self.path.rpartition("/")[2]])

    def _answer(self, answer: dict[str, Any]) -> None:
        text = json.dumps({} if self.acme.broken else answer).encode()
        self.send_response(503 if self.acme.broken else 200)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
