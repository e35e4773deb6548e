"""What fakes of JSON APIs have in common: a port of the loopback interface, a lock, faults on demand, deliveries.

A fake subclasses :class:`LoopbackServer`: it answers calls, and signs its deliveries.
"""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

FAULTS = ("latency", "error_500", "error_429", "html", "truncated", "drop_before", "drop_after")

Json = dict[str, Any]
Answer = tuple[int, bytes]
Receiver = str | Callable[[bytes, Mapping[str, str]], Any]


@dataclass
class Fault:
    """Something that goes wrong with the next calls of a path.

    ``latency`` waits, then answers; ``error_500``, ``error_429``, ``html`` and ``drop_before`` do nothing of what was asked;
    ``truncated`` and ``drop_after`` do it, and don't say so.
    """

    kind: str
    method: str
    path: str
    times: int
    seconds: float


@dataclass(frozen=True)
class Call:
    """One call as it came; header names in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The body, read exactly; ``ValueError`` where it isn't an object."""
        data = json.loads(self.body or b"{}", parse_float=_no_float)
        if not isinstance(data, dict):
            raise ValueError("not an object")  # noqa: TRY004
        return data


class LoopbackServer:
    """A provider's books behind one port; they are reached under :attr:`lock`."""

    books: Any

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.requests: list[Call] = []
        self._delivered = 0
        self._http = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), {"fake": self}))
        self._http.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def __getattr__(self, name: str) -> Any:
        """What customers and banks do, and the sums: methods of the books, under the lock."""
        if name.startswith("_") or name == "books":
            raise AttributeError(name)
        method = getattr(self.books, name)

        def locked(*args: Any, **kwargs: Any) -> Any:
            with self.lock:
                return method(*args, **kwargs)

        return locked

    @property
    def url(self) -> str:
        """What a gateway takes as ``base_url``."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    # --- what a provider says -----------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Answer:
        """Status and JSON of a call, keys checked; under the lock."""
        raise NotImplementedError

    def broken(self, status: int) -> Answer:
        """An error of 500 or 429 in the provider's own words."""
        raise NotImplementedError

    def signed(self, event: Json | bytes) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery."""
        raise NotImplementedError

    # --- faults and deliveries ----------------------------------------------------------------------------------------

    def fault(self, kind: str, *, path: str = ".*", method: str = ".*", times: int = 1, seconds: float = 0) -> None:
        """Let the next calls of a path and method (regular expressions) go wrong."""
        assert kind in FAULTS, kind
        with self.lock:
            self.faults.append(Fault(kind, method, path, times, seconds))

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that meets this call, if any."""
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and re.fullmatch(fault.path, path) and re.fullmatch(fault.method, method):
                    fault.times -= 1
                    return fault
        return None

    def deliver(self, to: Receiver, *, copies: int = 1, shuffle: int | None = None) -> list[Any]:
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
        return [_send(to, *self.signed(event)) for event in waiting]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    fake: LoopbackServer

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: a test says what went wrong."""

    def _handle(self) -> None:
        at = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, at.path, dict(parse_qsl(at.query)), headers, body)
        fault = self.fake.take_fault(call.method, call.path)
        kind = fault.kind if fault else ""
        if fault:
            time.sleep(fault.seconds)
        if kind == "drop_before":
            return self._drop()
        if kind == "html":
            return self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        if kind in ("error_500", "error_429"):
            return self._send(*self.fake.broken(int(kind[-3:])))
        with self.fake.lock:
            self.fake.requests.append(call)
            status, answer = self.fake.answer(call)
        if kind == "drop_after":
            return self._drop()
        return self._send(status, answer[: len(answer) // 2] if kind == "truncated" else answer)

    def _send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _send(to: Receiver, body: bytes, headers: Mapping[str, str]) -> Any:
    if callable(to):
        return to(body, headers)
    with urlopen(Request(to, data=body, headers=dict(headers)), timeout=15) as answer:
        return answer.status


def _no_float(text: str) -> Any:
    raise ValueError(f"{text}: an amount came as a float")
