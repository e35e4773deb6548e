"""A shop whose durable events leave the outbox by Celery, and mail that a worker's process leaves in a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.celery_app import app
from tests.conftest import ROOT
from tests.tasks import settings as of_worker
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.checkout import services as checkout
from tradepost.orders.base import AbstractOrder
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

HOME = {"name": "Ada Lovelace", "line1": "1 Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
PATIENCE = 30  # seconds; a worker needs well under one

Place = Callable[[], AbstractOrder]


@pytest.fixture(autouse=True)
def _by_celery(settings: Any, transactional_db: None) -> None:
    """The application of the tests is the one that tasks are sent by."""
    settings.TRADEPOST_EVENTS = of_worker.TRADEPOST_EVENTS
    settings.TRADEPOST_PAYMENTS = of_worker.TRADEPOST_PAYMENTS
    _use(app)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[Message]]:
    """The mails of workers that start after this."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.tasks.settings")
    monkeypatch.setenv("TRADEPOST_TEST_MAIL", str(tmp_path))

    def read() -> list[Message]:
        return [message_from_bytes(file.read_bytes()) for file in sorted(tmp_path.glob("*.log"))]

    return read


@pytest.fixture
def place() -> Place:
    """Places an order that is confirmed at once: a mug for 10.00, paid when it is delivered."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))

    def call() -> AbstractOrder:
        basket = baskets.open_basket(country="DE")
        baskets.add(basket, make.variant(price="10.00", on_hand=5))
        data = {"email": "ada@example.com", "shipping_method": "parcel", "payment_method": "cod"}
        checkout.update(basket, shipping_address=HOME, **data)
        return checkout.complete(Basket.objects.get(pk=basket.pk), checkout.Visit()).order

    return call


@pytest.fixture
def beat(celery_worker: object, tmp_path: Path) -> Iterator[None]:
    """Celery beat in a process of its own."""
    command = [sys.executable, "-m", "celery", "-A", "tests.celery_app", "beat", "--loglevel", "WARNING"]
    files = ["--schedule", str(tmp_path / "beat"), "--pidfile", str(tmp_path / "beat.pid")]
    process = subprocess.Popen([*command, *files], cwd=ROOT, env={**os.environ})
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


@contextmanager
def no_broker() -> Iterator[None]:
    """Meanwhile this process sends its tasks to where nobody listens."""
    nowhere = Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    _use(nowhere)
    try:
        yield
    finally:
        _use(app)
        nowhere.close()


def _use(application: Celery) -> None:
    application.set_current()
    application.set_default()


def until(holds: Callable[[], object]) -> None:
    """Wait for what another process does.

    Raises:
        TimeoutError: It didn't.
    """
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"Not within {PATIENCE} seconds.")
        time.sleep(0.1)
