"""Requests of gateways, with their answers: a gateway's HTTP client reports them, the call log listens. No ORM.

A gateway of your own that speaks HTTP by ``requests`` hands its session's answers on with
:func:`tradepost.gateways.http.tell`; what no one tells is missing from the log, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Exchange", "heard", "listening"]

MOST = 20  # exchanges that one call of a gateway is remembered with


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, as they went over the wire: not redacted, so they are never stored like this.

    Attributes:
        status: Of HTTP.
        sent: Body of the request.
        received: Body of the answer.
    """

    method: str
    url: str
    status: int
    sent: bytes = b""
    received: bytes = b""


_listener: ContextVar[list[Exchange] | None] = ContextVar("tradepost_wire", default=None)


@contextmanager
def listening() -> Iterator[list[Exchange]]:
    """Collect what is told in this context until the block ends."""
    exchanges: list[Exchange] = []
    token = _listener.set(exchanges)
    try:
        yield exchanges
    finally:
        _listener.reset(token)


def heard(method: str, url: str, status: int, *, sent: bytes | str | None = None, received: bytes = b"") -> None:
    """Tell of one exchange; nothing happens where nobody listens."""
    exchanges = _listener.get()
    if exchanges is not None and len(exchanges) < MOST:
        body = sent.encode() if isinstance(sent, str) else sent if isinstance(sent, bytes) else b""
        exchanges.append(Exchange(method, url, status, body, received))
