"""Dispatchers, by which durable events leave the outbox."""

from __future__ import annotations

import logging
import time

from . import outbox

__all__ = ["CeleryDispatcher", "InProcess"]

logger = logging.getLogger(__name__)
PAUSE = 15  # seconds


class InProcess:
    """Delivers at once, in the process that committed. Good for one machine; what fails waits for the relay job."""

    def wake(self) -> None:
        """Relay what is due now."""
        outbox.relay()


class CeleryDispatcher:
    """Tells a Celery worker. When the broker is down the relay job, or the next event, delivers what was left."""

    def __init__(self) -> None:
        self._asked_again_at = 0.0

    def wake(self) -> None:
        """Queue one relay; after a failure nobody tries for some seconds, since a client of a broker tries long."""
        from ..tasks import run_job

        if time.monotonic() < self._asked_again_at:
            return
        try:
            run_job.apply_async(args=("tradepost.relay",), retry=False)
        except Exception:  # any broker's own error: the outbox still has the rows
            self._asked_again_at = time.monotonic() + PAUSE
            logger.warning("The broker can't be reached; the relay job will deliver later.", exc_info=True)
