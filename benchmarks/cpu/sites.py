"""Shops that answer on the loopback: a database, its goods, and one worker whose processor time can be read."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import psycopg
from psycopg import sql

__all__ = ["Kind", "Site", "Visitor", "running"]

SHOPS = Path(__file__).resolve().parent / "shops"
REDIRECTS = {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.MOVED_PERMANENTLY}
_START = 60.0


@dataclass(frozen=True, slots=True)
class Kind:
    """How one shop is set up.

    Attributes:
        python: Interpreter of its environment, which has gunicorn.
        fill: Script of ``shops/`` that migrates and fills its database.
        path: Folders that it imports from, beside ``shops/``.
        environment: What its settings read.
    """

    name: str
    python: Path
    settings: str
    fill: str
    path: tuple[Path, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A shop that answers.

    Attributes:
        worker: Process that answers.
        database: Where its connection is looked up, since it is opened by the first request.
    """

    name: str
    port: int
    worker: int
    database: str
    server: str

    def spent(self) -> tuple[int, int]:
        """Nanoseconds on a processor so far: of the worker, and of PostgreSQL's process for its connection."""
        return _on_processor(self.worker), sum(map(_on_processor, self._backends()))

    def visitor(self) -> Visitor:
        """Somebody new."""
        return Visitor(self.port)

    def _backends(self) -> list[int]:
        with psycopg.connect(self.server, autocommit=True) as connection:
            query = (
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend' ORDER BY pid"
            )
            return [pid for (pid,) in connection.execute(query, [self.database])]


class Visitor:
    """A client with cookies; each call is a connection of its own, as one sync worker wants it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies = SimpleCookie[str]()

    def call(
        self, method: str, path: str, body: str = "", *, expect: int = 200, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Ask for JSON, and insist on a status.

        Raises:
            AssertionError: Another status was answered.
        """
        answer, content = self._ask(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        assert answer.status == expect, (method, path, answer.status, content[:400])
        return content

    def open(self, path: str) -> bytes:
        """Open a page, where it redirects to.

        Raises:
            AssertionError: It isn't there.
        """
        return self._landed(path, *self._ask("GET", path))

    def send(self, path: str, fields: Mapping[str, str], *, follow: bool = True) -> bytes:
        """Send a form with the token of the page before, and open where it redirects to.

        Args:
            follow: False leaves the redirect's page unopened.

        Raises:
            AssertionError: It was refused.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies["csrftoken"].value}
        answer, content = self._ask("POST", path, urlencode(fields), headers)
        assert answer.status in REDIRECTS, (path, answer.status, content[:400])
        return self._landed(path, answer, content) if follow else content

    def _landed(self, path: str, answer: HTTPResponse, content: bytes) -> bytes:
        while answer.status in REDIRECTS:
            path = urljoin(path, answer.headers["Location"])
            answer, content = self._ask("GET", path)
        assert answer.status == HTTPStatus.OK, (path, answer.status, content[:400])
        return content

    def _ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Accept": "application/json, text/html", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return answer, content


@contextmanager
def running(kind: Kind, server: str, products: int) -> Iterator[Site]:
    """Make a database, fill it, start one worker; end and drop both afterwards.

    Args:
        server: ``postgres://…`` of a server on this machine; its database's name begins the new one's.
        products: Articles in the shop.
    """
    parts = urlsplit(server)
    database = f"{parts.path.strip('/') or 'tradepost'}_cpu_{kind.name}"
    maintenance = parts._replace(path="/postgres").geturl()
    environment = _environment(kind, parts, database)
    _database(maintenance, database, make=True)
    try:
        subprocess.run([kind.python, SHOPS / kind.fill, str(products)], env=environment, cwd=SHOPS, check=True)
        with psycopg.connect(parts._replace(path=f"/{database}").geturl(), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        with _worker(kind, environment) as (port, worker):
            yield Site(kind.name, port, worker, database, maintenance)
    finally:
        _database(maintenance, database, make=False)


@contextmanager
def _worker(kind: Kind, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [kind.python, "-m", "gunicorn", "--workers=1", "--worker-class=sync", "--log-level=error"]
    command += [f"--bind=127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
    process = subprocess.Popen(command, env=environment, cwd=SHOPS)
    try:
        yield port, _child(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _child(process: subprocess.Popen[bytes], port: int) -> int:
    """The worker below gunicorn's master, once it answers."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if children:
                return int(children[0])
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"The server on port {port} didn't start; what it says is above.")


def _on_processor(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _environment(kind: Kind, parts: Any, database: str) -> dict[str, str]:
    name = unquote(parts.username or "postgres")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in (*kind.path, SHOPS)),
        "DJANGO_SETTINGS_MODULE": kind.settings,
        "DATABASE_URL": parts._replace(path=f"/{database}").geturl(),
        "SITE_DATABASE": database,
        "SITE_USER": name,
        "SITE_PASSWORD": unquote(parts.password or ""),
        "SITE_HOST": parts.hostname or "127.0.0.1",
        "SITE_PORT": str(parts.port or 5432),
        **kind.environment,
    }


def _database(server: str, name: str, *, make: bool) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if make:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
