"""What the fakes of providers that speak plain JSON have in common: a port, a lock, faults on demand, deliveries.

A fake is a :class:`JsonBooks`, which remembers and refuses, behind a :class:`JsonServer`.
"""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

from .stripe_server import FAULTS, Fault

Json = dict[str, Any]
Deliver = Callable[[bytes, Mapping[str, str]], Any]
B = TypeVar("B", bound="JsonBooks")


class FakeError(Exception):
    """An answer with an error in it."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


@dataclass(frozen=True)
class Sums:
    """What one of the shop's references came to, in the provider's units."""

    payments: int = 0
    captured: int = 0
    refunded: int = 0
    disputed: int = 0


class JsonBooks:
    """What a provider remembers. The server calls it under its lock."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.count = 0

    def next(self) -> int:
        """A number that was never given."""
        self.count += 1
        return self.count

    def routes(self) -> Sequence[tuple[str, str, Callable[..., Json]]]:
        """Method, path (a regular expression) and what answers it: groups of the path, then parameters."""
        raise NotImplementedError

    def admit(self, path: str, authorization: str) -> None:
        """Check the key of a call.

        Raises:
            FakeError: It is wrong.
        """
        raise NotImplementedError

    def refuse(self, status: int, message: str) -> FakeError:
        """An error in the provider's own shape."""
        raise NotImplementedError

    def sums(self) -> dict[str, Sums]:
        """By the shop's references; to be compared with its ledger."""
        raise NotImplementedError


class JsonServer(Generic[B]):
    """Books and faults behind one port.

    Attributes:
        requests: Method, path and parameters of each call that was admitted.
    """

    def __init__(self, books: B) -> None:
        self.books = books
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, Json]] = []
        self._delivered = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._http.daemon_threads = True

    def __enter__(self) -> JsonServer[B]:
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
        """Let the next calls of a path, or of ``"POST /path"`` (regular expressions) go wrong; see :class:`Fault`."""
        assert kind in FAULTS, kind
        with self.lock:
            self.faults.append(Fault(kind, path, times, seconds))

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that meets this call, if any."""
        with self.lock:
            for fault in self.faults:
                if fault.matches(path) or fault.matches(f"{method} {path}"):
                    fault.times -= 1
                    return fault
        return None

    def called(self, path: str) -> list[Json]:
        """Parameters of the calls of a path (a regular expression)."""
        with self.lock:
            return [params for _method, asked, params in self.requests if re.fullmatch(path, asked)]

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery."""
        raise NotImplementedError

    def deliver(self, to: str | Deliver, *, copies: int = 1, shuffle: int | None = None) -> list[Any]:
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
        return [self.send(to, *self.signed(event)) for event in waiting]

    def send(self, to: str | Deliver, body: bytes, headers: Mapping[str, str]) -> Any:
        """Make one delivery."""
        if callable(to):
            return to(body, headers)
        with urlopen(Request(to, data=body, headers=dict(headers)), timeout=15) as answer:
            return answer.status

    def call(self, method: str, path: str, params: Json, authorization: str) -> tuple[int, Json]:
        """Answer a call."""
        with self.lock:
            try:
                self.books.admit(path, authorization)
                self.requests.append((method, path, params))
                for allowed, pattern, answer in self.books.routes():
                    if method == allowed and (match := re.fullmatch(pattern, path)):
                        return 200, json.loads(json.dumps(answer(*match.groups(), params)))
                raise self.books.refuse(404, "No such address.")
            except FakeError as error:
                return error.status, error.body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    fake: JsonServer[Any]

    def do_GET(self) -> None:
        self._handle(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            self._handle(json.loads(body))
        else:
            self._handle(dict(parse_qsl(body.decode())))

    do_PUT = do_POST  # noqa: N815 — the name that http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: a test says what went wrong."""

    def _handle(self, params: Json) -> None:
        path = urlsplit(self.path).path
        fault = self.fake.take_fault(self.command, path)
        kind = fault.kind if fault else ""
        if fault:
            time.sleep(fault.seconds)
        if kind == "drop_before":
            return self._drop()
        if kind == "html":
            return self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        if kind in ("error_429", "error_500"):
            error = self.fake.books.refuse(int(kind[-3:]), "Try again later.")
            return self._send(error.status, json.dumps(error.body).encode())
        status, answer = self.fake.call(self.command, path, params, self.headers.get("Authorization", ""))
        if kind == "drop_after":
            return self._drop()
        body = json.dumps(answer).encode()
        return self._send(status, body[: len(body) // 2] if kind == "truncated" else body)

    def _send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def basic(user: str, password: str) -> str:
    """The header of HTTP's Basic authentication."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
