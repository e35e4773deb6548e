"""The HTTP client of gateways without an SDK: what each answer means for money, and that nothing leaks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tradepost.gateways.http import Client, segment
from tradepost.gateways.responses import Json, is_signed, loads
from tradepost.payments.interface import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
)


class Provider:
    """Answers what it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"{}", {"Content-Type": "application/json"}
        self.delay = 0.0
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []


@pytest.fixture
def provider() -> Iterator[tuple[Provider, str]]:
    """One on the loopback interface, with its address."""
    instance = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            instance.calls.append((self.command, self.path, dict(self.headers), body))
            time.sleep(instance.delay)
            self.send_response(instance.status)
            for name, value in {**instance.headers, "Content-Length": str(len(instance.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(instance.body)

        do_POST = do_GET  # noqa: N815 — the name that http.server calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign] # who was too late has gone
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield instance, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def read_error(data: Json) -> tuple[str, str] | None:
    return data["error"]["code"], data["error"]["message"]


def client(url: str) -> Client:
    return Client(url, provider="Acme", read_error=read_error, timeout=(1, 1), secrets=["s3cret", ""])


REFUSED = b'{"error": {"code": "too_much", "message": "No, s3cret."}}'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, REFUSED, Rejected),
        (404, REFUSED, Rejected),
        (422, REFUSED, Rejected),
        (401, REFUSED, Misconfigured),
        (403, REFUSED, Misconfigured),
        (403, b"<html>", Misconfigured),
        (408, REFUSED, OutcomeUnknown),
        (409, REFUSED, OutcomeUnknown),
        (429, REFUSED, OutcomeUnknown),
        (500, REFUSED, OutcomeUnknown),
        (503, b"", OutcomeUnknown),
        (302, b"{}", OutcomeUnknown),
        (307, b"{}", OutcomeUnknown),
        (400, b"<html>", OutcomeUnknown),
        (400, b'{"error": "other"}', OutcomeUnknown),
        (400, b"{}", OutcomeUnknown),
        (200, b"", OutcomeUnknown),
        (200, b"[]", OutcomeUnknown),
        (200, b'{"a": NaN}', OutcomeUnknown),
        (200, b"\xff", OutcomeUnknown),
        (200, b"[" * 100_000, OutcomeUnknown),
    ],
)
def test_each_answer_is_one_of_three_errors(
    provider: tuple[Provider, str], status: int, body: bytes, expected: type[GatewayError]
) -> None:
    """Only the provider's own refusal says that nothing happened. No message repeats a secret, no chain holds one."""
    reported, url = provider
    reported.status, reported.body, reported.headers["Location"] = status, body, "http://["

    with pytest.raises(expected) as raised:
        client(url).call("POST", "/pay", auth="s3cret", payload={"amount": 1})

    assert len(reported.calls) == 1  # not repeated, not followed
    assert "s3cret" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert not isinstance(raised.value, Rejected) or raised.value.code == "too_much"


def test_no_connection_is_unknown() -> None:
    """From here that can't be told from a call that was lost."""
    with pytest.raises(OutcomeUnknown):
        client("http://127.0.0.1:9").call("POST", "/pay", auth="key")


def test_an_answer_that_is_late_is_unknown(provider: tuple[Provider, str]) -> None:
    """The provider has the call, and may do it."""
    reported, url = provider
    reported.delay = 0.5
    impatient = Client(url, provider="Acme", read_error=read_error, timeout=(1, 0.1))

    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        impatient.call("POST", "/pay", auth="key")

    assert len(reported.calls) == 1


@pytest.mark.parametrize(
    ("base", "key"),
    [
        ("nowhere", "key"),
        ("ftp://shop.example", "key"),
        ("http://127.0.0.1:9", "new\nline"),
        ("http://127.0.0.1:9", "ключ"),
    ],
)
def test_a_setting_that_can_not_be_sent_is_told_to_staff(base: str, key: str) -> None:
    """Nothing left the house."""
    with pytest.raises(Misconfigured):
        client(base).call("POST", "/pay", auth=key)


def test_numbers_are_exact(provider: tuple[Provider, str]) -> None:
    """No float comes near an amount."""
    reported, url = provider
    reported.body = b'{"amount": 0.1, "count": 3}'

    assert client(url).call("GET", "/", auth="key") == {"amount": Decimal("0.1"), "count": 3}
    assert isinstance(loads(b'{"a": 1e2}')["a"], Decimal)
    with pytest.raises(TypeError):
        client(url).call("POST", "/", auth="key", payload={"amount": Decimal(1)})


def test_what_is_sent(provider: tuple[Provider, str]) -> None:
    """JSON, a form, or a body as it is; a bearer token, or user and password; nothing to an answer without a body."""
    reported, url = provider
    acme = client(f"{url}/base/")

    acme.call("POST", "/a", auth="key", payload={"x": "ä"}, headers={"X-Key": "1"})
    acme.call("POST", "/b", auth=("user", "pass"), form={"x": "1"})
    acme.call("POST", "/c", auth="key", body=b'{ "x":1}')
    acme.call("GET", f"/{segment('a/b c')}", auth="key", query={"q": "1"})
    reported.status, reported.body = 204, b""
    assert acme.call("POST", "/e", auth="key") == {}

    (_, _, first, json_body), (_, _, second, form), (_, _, _, raw), (_, path, _, _), _ = reported.calls
    assert (json.loads(json_body), form, raw, path) == ({"x": "ä"}, b"x=1", b'{ "x":1}', "/base/a%2Fb%20c?q=1")
    assert (first["Authorization"], first["X-Key"], first["Content-Type"]) == ("Bearer key", "1", "application/json")
    assert second["Authorization"].startswith("Basic ")


def test_a_netrc_does_not_replace_the_key(
    provider: tuple[Provider, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library under this one would let it."""
    reported, url = provider
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other")
    monkeypatch.setenv("NETRC", str(netrc))

    client(url).call("GET", "/", auth="key")

    assert reported.calls[0][2]["Authorization"] == "Bearer key"


@pytest.mark.parametrize("signature", ["", "00", "ä", "\udc80", "0" * 64])
def test_another_signature_is_none(signature: str) -> None:
    """Whatever is in the header, it is refused and not an error; an empty secret signs nothing."""
    empty = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"  # HMAC-SHA256 of nothing under nothing

    assert not is_signed(b"body", signature, ["secret"])
    assert not is_signed(b"", empty, ["", "secret"])
    assert not is_signed(b"body", signature, [])
