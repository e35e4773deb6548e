"""Parts of all fakes of providers: a port of the loopback interface, a lock, faults on demand, deliveries.

A fake is :class:`Books`, which remember and refuse and know no HTTP, behind a :class:`LoopbackServer`, which has the keys.
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
from typing import Any, Generic, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

FAULTS = ("latency", "error_500", "error_429", "html", "truncated", "drop_before", "drop_after")

Json = dict[str, Any]
Answer = tuple[int, Json]
Receiver = str | Callable[[bytes, Mapping[str, str]], Any]
Route = tuple[str, str, Callable[..., Json]]
B = TypeVar("B", bound="Books")


class FakeError(Exception):
    """An answer with an error in it."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


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

    @property
    def params(self) -> Json:
        """The query of a GET, else the body: JSON or a form."""
        if self.method == "GET":
            return dict(self.query)
        if "urlencoded" in self.headers.get("content-type", ""):
            return dict(parse_qsl(self.body.decode()))
        return self.json


@dataclass(frozen=True)
class Sums:
    """The sums of one of the shop's references, in the provider's units; to be compared with the shop's ledger."""

    payments: int = 0
    authorised: Any = 0
    captured: Any = 0
    refunded: Any = 0
    disputed: Any = 0


class Books:
    """A provider's records. The server calls it under its lock.

    Attributes:
        page: Where customers are sent to pay, with ``{}`` for the payment; the provider's own if empty, which a test never opens.
    """

    page = ""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.count = 0

    def next(self) -> int:
        """A number that was never given."""
        self.count += 1
        return self.count

    def routes(self) -> Sequence[Route]:
        """Method, path (a regular expression) and what answers it: groups of the path, then parameters."""
        raise NotImplementedError

    def refuse(self, status: int, message: str) -> FakeError:
        """An error in the provider's own shape."""
        raise NotImplementedError

    def sums(self) -> dict[str, Sums]:
        """By the shop's references."""
        raise NotImplementedError


class LoopbackServer(Generic[B]):
    """A provider's books behind one port; they are reached under :attr:`lock`.

    Attributes:
        requests: Each call that no fault has met.
    """

    def __init__(self, books: B, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.books = books
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
        """Actions of customers and banks, and the sums: methods of the books, under the lock."""
        if name.startswith("_") or name == "books":
            raise AttributeError(name)
        method = getattr(self.books, name)

        def locked(*args: Any, **kwargs: Any) -> Any:
            with self.lock:
                return method(*args, **kwargs)

        return locked

    @property
    def url(self) -> str:
        """The gateway's ``base_url``."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    # --- what a provider says -----------------------------------------------------------------------------------------

    def admit(self, call: Call) -> None:
        """Check the key of a call.

        Raises:
            FakeError: It is wrong.
        """
        raise NotImplementedError

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery."""
        raise NotImplementedError

    def answer(self, call: Call) -> Answer:
        """Status and JSON of a call whose key is good; under the lock."""
        return 200, self.route(call, call.params)

    def broken(self, call: Call, status: int) -> Answer:
        """An error of 500 or 429 in the provider's own words."""
        error = self.books.refuse(status, "Try again later.")
        return error.status, error.body

    def route(self, call: Call, params: Json, *more: Any) -> Json:
        """The answer of the books to a call."""
        for method, pattern, answer in self.books.routes():
            if method == call.method and (match := re.fullmatch(pattern, call.path)):
                return answer(*match.groups(), params, *more)
        raise self.books.refuse(404, f"No such address ({call.method}: {call.path}).")

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

    def called(self, path: str) -> list[Json]:
        """Parameters of the calls of a path (a regular expression)."""
        with self.lock:
            return [call.params for call in self.requests if re.fullmatch(path, call.path)]

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
        return [self.send(to, *self.signed(event)) for event in waiting]

    def send(self, to: Receiver, body: bytes, headers: Mapping[str, str]) -> Any:
        """Make one delivery."""
        if callable(to):
            return to(body, headers)
        with urlopen(Request(to, data=body, headers=dict(headers)), timeout=15) as answer:
            return answer.status

    def call(self, call: Call) -> Answer:
        """Answer a call that no fault has met."""
        with self.lock:
            self.requests.append(call)
            try:
                self.admit(call)
                status, body = self.answer(call)
            except FakeError as error:
                return error.status, error.body
            except ValueError:
                error = self.books.refuse(400, "The body can't be read.")
                return error.status, error.body
            return status, json.loads(json.dumps(body))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    fake: LoopbackServer[Any]

    def do_GET(self) -> None:
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
            with self.fake.lock:
                status, answer = self.fake.broken(call, int(kind[-3:]))
        else:
            status, answer = self.fake.call(call)
        if kind == "drop_after":
            return self._drop()
        text = json.dumps(answer).encode()
        return self._send(status, text[: len(text) // 2] if kind == "truncated" else text)

    do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815 — the names that http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: a test says what went wrong."""

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


def basic(user: str, password: str) -> str:
    """The header of HTTP's Basic authentication."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _no_float(text: str) -> Any:
    raise ValueError(f"{text}: an amount came as a float")
