"""The servers that lanes of tests need: what a lane's environment is where they answer, and how to provide them."""

from __future__ import annotations

import os
import shutil
from urllib.parse import unquote, urlsplit

POSTGRES = "postgres://postgres@127.0.0.1:5432/tradepost"
REDIS = "redis://127.0.0.1:6379/15"  # not 0, where a developer's own data may be
MARIADB = "mysql://root@127.0.0.1:3306/tradepost"
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"


class Missing(Exception):
    """A requirement of a lane isn't there; the message tells how to provide it."""


def sqlite() -> dict[str, str]:
    """SQLite comes with Python."""
    return {"DATABASE_URL": "", "REDIS_URL": "", "CELERY_BROKER_URL": ""}


def postgres() -> dict[str, str]:
    """A PostgreSQL server that lets us in."""
    import psycopg

    own = os.environ.get("DATABASE_URL", "")
    url = os.environ.get("TRADEPOST_TEST_POSTGRES") or (own if own.startswith("postgres") else POSTGRES)
    server = url.rpartition("/")[0]
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Missing(f"no PostgreSQL on {_place(server)} (set TRADEPOST_TEST_POSTGRES): {reason}") from error
    return {**sqlite(), "DATABASE_URL": url}


def mariadb() -> dict[str, str]:
    """A MariaDB (or MySQL) server that lets us in, and Django's driver for it."""
    try:
        import MySQLdb
    except ImportError as error:
        raise Missing("no mysqlclient (pip install -e '.[mysql]', which needs MariaDB's headers)") from error
    own = os.environ.get("DATABASE_URL", "")
    url = os.environ.get("TRADEPOST_TEST_MARIADB") or (own if own.startswith(("mysql", "mariadb")) else MARIADB)
    parts = urlsplit(url)
    account = {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    try:
        MySQLdb.connect(host=parts.hostname, port=parts.port or 3306, connect_timeout=3, **account).close()
    except MySQLdb.OperationalError as error:
        raise Missing(f"no MariaDB on {_place(url)} (set TRADEPOST_TEST_MARIADB): {error.args[-1]}") from error
    return {**sqlite(), "DATABASE_URL": url}


def redis_server() -> dict[str, str]:
    """A Redis server, which is the broker of a real Celery worker and the cache."""
    import redis

    url = os.environ.get("TRADEPOST_TEST_REDIS") or os.environ.get("REDIS_URL") or REDIS
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        raise Missing(f"no Redis on {_place(url)} (set TRADEPOST_TEST_REDIS)") from error
    return {**sqlite(), "REDIS_URL": url, "CELERY_BROKER_URL": url}


def rabbitmq() -> dict[str, str]:
    """A RabbitMQ server, the other broker that a Celery worker may have."""
    from kombu import Connection

    url = os.environ.get("TRADEPOST_TEST_RABBITMQ") or RABBITMQ
    with Connection(url, connect_timeout=3) as server:
        try:
            server.connect()
        except server.connection_errors as error:
            raise Missing(f"no RabbitMQ on {_place(url)} (set TRADEPOST_TEST_RABBITMQ)") from error
    return {**sqlite(), "CELERY_BROKER_URL": url}


def extras() -> dict[str, str]:
    """PostgreSQL, MariaDB and Redis, which three of the extras are for; packages come from the index of pip and uv."""
    servers = {"TRADEPOST_TEST_MARIADB": mariadb()["DATABASE_URL"], "DATABASE_URL": postgres()["DATABASE_URL"]}
    return {**redis_server(), **servers}


def browser() -> dict[str, str]:
    """A Chromium that is installed already; Playwright's own download isn't needed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = os.environ.get("TRADEPOST_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise Missing("no Chromium on the path (set TRADEPOST_TEST_CHROMIUM)")
    # Playwright keeps an event loop in the thread of the tests, which Django would take for asynchronous code.
    return {**sqlite(), "TRADEPOST_TEST_CHROMIUM": program, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}


def _place(url: str) -> str:
    """The host and port of a URL, without a password that may stand in it."""
    return url.rpartition("@")[2].partition("//")[2] or url.rpartition("@")[2]
