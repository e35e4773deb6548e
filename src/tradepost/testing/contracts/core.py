"""The contract of dispatchers of durable events, as a test class to inherit from. It needs the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from tradepost.core import events
from tradepost.core.models import Delivery
from tradepost.core.ports import Dispatcher

__all__ = ["DispatcherContract"]


@dataclass(frozen=True)
class _Happened(events.Event):
    """Something happened; only the contract tells it."""

    number: int


class DispatcherContract:
    """The contract for the outbox: waking never raises, may be done for nothing, and loses no delivery."""

    def make_dispatcher(self) -> Dispatcher:
        """The dispatcher, made as a project's settings would."""
        raise NotImplementedError

    def break_broker(self) -> None:
        """Make the broker unreachable, where there is one."""

    def test_waking_for_nothing_is_no_mistake(self) -> None:
        """Somebody else may have delivered already."""
        dispatcher = self.make_dispatcher()

        dispatcher.wake()
        dispatcher.wake()

    def test_what_is_due_is_kept_when_the_broker_is_down(self) -> None:
        """Nothing is raised into the request that committed; the delivery is done, or waits for the relay job."""
        seen: list[int] = []
        name = f"{type(self).__module__}.contract"
        events.subscribe(_Happened, lambda event: seen.append(event.number), name=name)
        self.break_broker()
        try:
            with transaction.atomic():
                events.publish(_Happened(number=7))
            self.make_dispatcher().wake()
        finally:
            events.unsubscribe(_Happened, name)

        waiting = Delivery.objects.filter(handler=name, state=Delivery.State.DUE).count()
        assert (seen, waiting) in (([7], 0), ([], 1))
