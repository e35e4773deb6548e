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
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

from .stripe_books import Books, Json, StripeError, Sums, routes

FAULTS = ("latency", "error_500", "error_429", "html", "truncated", "drop_before", "drop_after")


@dataclass
class Fault:
    """Something that goes wrong with the next calls of a path.

    ``latency`` waits, then answers; ``error_500``, ``error_429``, ``html`` and ``drop_before`` do nothing of what was asked;
    ``truncated`` and ``drop_after`` do it, and don't say so.
    """

    kind: str
    path: str
    times: int
    seconds: float

    def matches(self, path: str) -> bool:
        return self.times > 0 and re.fullmatch(self.path, path) is not None


@dataclass
class Kept:
    """The answer under an idempotency key; without a status while the call is running."""

    call: tuple[str, str]
    status: int = 0
    body: bytes = b""


class StripeServer:
    """Books, keys and faults behind one port; each is reached under :attr:`lock`."""

    def __init__(
        self,
        *,
        secret_key: str = "sk_test_fake",
        webhook_secret: str = "whsec_fake",
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        self.lock = threading.RLock()
        self.books = Books()
        self.kept: dict[str, Kept] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, Json]] = []
        self._delivered = 0
        self._http = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), {"fake": self}))
        self._http.daemon_threads = True

    def __enter__(self) -> StripeServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """What a gateway takes as ``base_url``."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def fault(self, kind: str, *, path: str = ".*", times: int = 1, seconds: float = 0) -> None:
        """Let the next calls of a path (a regular expression) go wrong."""
        assert kind in FAULTS, kind
        with self.lock:
            self.faults.append(Fault(kind, path, times, seconds))

    def __getattr__(self, name: str) -> Any:
        """What customers and banks do, and the sums: methods of the books, under the lock."""
        if name.startswith("_") or name == "books":
            raise AttributeError(name)
        method = getattr(self.books, name)

        def locked(*args: Any, **kwargs: Any) -> Any:
            with self.lock:
                return method(*args, **kwargs)

        return locked

    def sums(self) -> dict[str, Sums]:
        """What each reference of the shop came to, in smallest units."""
        with self.lock:
            return self.books.sums()

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def signed(self, event: Json | bytes, *, secret: str = "", at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        sent = int(time.time() if at is None else at)
        key = (secret or self.webhook_secret).encode()
        signature = hmac.new(key, f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"content-type": "application/json", "stripe-signature": f"t={sent},v1={signature},v0=00"}

    def deliver(
        self, to: str | Callable[[bytes, Mapping[str, str]], Any], *, copies: int = 1, shuffle: int | None = None
    ) -> list[Any]:
        """Deliver what happened since the last time, to a URL or a callable.

        Args:
            to: Where to. Answers other than 2xx raise.
            copies: How often each event comes.
            shuffle: Seed of another order than that of the events.
        """
        with self.lock:
            waiting = self.books.events[self._delivered :] * copies
            self._delivered = len(self.books.events)
        if shuffle is not None:
            random.Random(shuffle).shuffle(waiting)
        return [self._send(to, *self.signed(event)) for event in waiting]

    def _send(
        self, to: str | Callable[[bytes, Mapping[str, str]], Any], body: bytes, headers: Mapping[str, str]
    ) -> Any:
        if callable(to):
            return to(body, headers)
        with urlopen(Request(to, data=body, headers=dict(headers)), timeout=15) as answer:
            return answer.status

    # --- calls --------------------------------------------------------------------------------------------------------

    def take_fault(self, path: str) -> Fault | None:
        """The fault that meets this call, if any."""
        with self.lock:
            for fault in self.faults:
                if fault.matches(path):
                    fault.times -= 1
                    return fault
        return None

    def call(self, method: str, path: str, params: Json, key: str, *, broken: bool) -> tuple[int, bytes]:
        """Answer a call, or what was answered under its key."""
        wanted = (f"{method} {path}", json.dumps(params, sort_keys=True))
        with self.lock:
            self.requests.append((method, path, params))
            if method == "POST" and not key:
                return _error(StripeError(400, "idempotency_key_missing", "The shop gives each call a key of its own."))
            kept = self.kept.get(key) if method == "POST" else None
            if kept is not None and kept.call != wanted:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return _error(StripeError(400, "idempotency_key_in_use", message, kind="idempotency_error"))
            if kept is not None and not kept.status:
                return _error(StripeError(409, "idempotency_key_in_use", "Another call with this key is running."))
            if kept is not None:
                return kept.status, kept.body
            if method == "POST":
                self.kept[key] = Kept(wanted)
        status, body, executed = self._answer(method, path, params, broken=broken)
        with self.lock:
            if method == "POST":
                if executed:
                    self.kept[key] = Kept(wanted, status, body)
                else:
                    del self.kept[key]
        return status, body

    def _answer(self, method: str, path: str, params: Json, *, broken: bool) -> tuple[int, bytes, bool]:
        try:
            if broken:
                raise StripeError(500, "", "Something went wrong at Stripe.", kind="api_error")
            with self.lock:
                found = self._route(method, path, params)
        except StripeError as error:
            return *_error(error), error.executed
        return 200, json.dumps(found).encode(), True

    def _route(self, method: str, path: str, params: Json) -> Json:
        for allowed, pattern, answer in routes(self.books):
            if method == allowed and (match := pattern.fullmatch(path)):
                return answer(*match.groups(), params)
        raise StripeError(404, "", f"Unrecognized request URL ({method}: {path}).")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    fake: StripeServer

    def do_GET(self) -> None:
        self._handle(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: a test says what went wrong."""

    def _handle(self, query: str) -> None:
        path = urlsplit(self.path).path
        fault = self.fake.take_fault(path)
        kind = fault.kind if fault else ""
        if fault:
            time.sleep(fault.seconds)
        if kind == "drop_before":
            return self._drop()
        if kind == "html":
            return self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        if kind == "error_429":
            return self._send(*_error(StripeError(429, "rate_limit", "Too many requests.")))
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.fake.secret_key}"):
            return self._send(*_error(StripeError(401, "", "Invalid API Key provided: sk_****")))
        params, key = _params(query), self.headers.get("Idempotency-Key", "")
        status, body = self.fake.call(self.command, path, params, key, broken=kind == "error_500")
        if kind == "drop_after":
            return self._drop()
        return self._send(status, body[: len(body) // 2] if kind == "truncated" else body)

    def _send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", "req_fake")
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _error(error: StripeError) -> tuple[int, bytes]:
    return error.status, json.dumps(error.body).encode()


def _params(query: str) -> Json:
    """``a[b]=c`` as Stripe reads it: ``{"a": {"b": "c"}}``."""
    found: Json = {}
    for name, value in parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
        head, *rest = re.findall(r"[^\[\]]+", name)
        inner = found
        for part in rest:
            inner, head = inner.setdefault(head, {}), part
        inner[head] = value
    return found


def main() -> None:
    """Serve until interrupted, so that a demonstration can pay."""
    with StripeServer(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server:
        sys.stdout.write(f"{server.url}  secret_key={server.secret_key}  webhook_secret={server.webhook_secret}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
