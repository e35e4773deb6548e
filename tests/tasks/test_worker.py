"""Durable events and jobs by a real Celery worker and a real broker."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

import pytest
from django.core import mail

from tradepost.core import jobs
from tradepost.core.events import outbox
from tradepost.core.models import Delivery, JobState
from tradepost.core.tasks import run_job

from .conftest import Place, no_broker, until

pytestmark = pytest.mark.redis
Mailbox = Callable[[], list[Message]]


def states() -> list[str]:
    """Of the deliveries, in order."""
    return [str(state) for state in Delivery.objects.order_by("pk").values_list("state", flat=True)]


def test_the_worker_mails_the_confirmation(mailbox: Mailbox, celery_worker: object, place: Place) -> None:
    """The order's transaction leaves a row in the outbox, and the worker sends what it stands for."""
    order = place()

    until(mailbox)
    until(lambda: set(states()) == {"done"})
    [message] = mailbox()
    assert (message["To"], order.number in message["Subject"]) == ("ada@example.com", True)
    assert mail.outbox == []


def test_a_broker_that_is_down_loses_nothing(place: Place) -> None:
    """The order is placed all the same, and what is to follow waits for the relay job."""
    with no_broker():
        order = place()

    assert (order.status, set(states()), mail.outbox) == ("confirmed", {"due"}, [])
    assert jobs.run("tradepost.relay") == len(states())
    assert set(states()) == {"done"}
    assert [order.number in message.subject for message in mail.outbox] == [True]


@pytest.mark.slow
def test_beat_delivers_what_was_left(mailbox: Mailbox, beat: None, place: Place) -> None:
    """Beat knows our jobs without a line of settings: the relay is run every ten seconds."""
    with no_broker():
        place()

    until(mailbox)
    until(lambda: set(states()) == {"done"})
    until(lambda: JobState.objects.filter(name="tradepost.relay", error="").exclude(result="").exists())
    assert len(mailbox()) == 1


def test_a_job_that_is_sent_many_times_does_its_work_once(
    mailbox: Mailbox, celery_worker: object, place: Place
) -> None:
    """Five relays of two orders are two messages."""
    with no_broker():
        numbers = [place().number, place().number]
    for _ in range(5):
        run_job.delay("tradepost.relay")

    until(lambda: JobState.objects.filter(name="tradepost.relay", result="0").exists())
    subjects = [message["Subject"] for message in mailbox()]
    assert [sum(number in subject for subject in subjects) for number in numbers] == [1, 1]
    assert len(subjects) == 2
    assert outbox.relay() == 0
