"""A fake of the European Central Bank's daily file of euro reference rates, on the loopback interface."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

PATH = "/stats/eurofxref/eurofxref-daily.xml"


def daily(rates: Mapping[str, str], *, day: str = "2026-11-19") -> bytes:
    """The file as the bank writes it: units of each currency for one euro."""
    cubes = "".join(f"\t\t\t<Cube currency='{currency}' rate='{rate}'/>\n" for currency, rate in rates.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='{day}'>
{cubes}\t\t</Cube>
\t</Cube>
</gesmes:Envelope>""".encode()


class EcbServer:
    """The bank's site.

    Attributes:
        body: Of the next answers.
        status: Of the next answers.
        silent: Set to give no answer until the server ends.
        asked: Paths of the calls.
    """

    def __init__(self, rates: Mapping[str, str]) -> None:
        self.body, self.status, self.silent = daily(rates), 200, False
        self.asked: list[str] = []
        self.ended = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._http.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.ended.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The source's ``base_url``."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    fake: EcbServer

    def do_GET(self) -> None:
        self.fake.asked.append(self.path)
        if self.fake.silent:
            self.fake.ended.wait(30)
            return
        status = self.fake.status if self.path == PATH else 404
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(self.fake.body)))
        self.end_headers()
        self.wfile.write(self.fake.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent."""
