"""``manage.py tradepost_jobs``."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from tradepost.core import jobs
from tradepost.core.models import JobState

_PAUSE = 5  # seconds between two looks at what is due


class Command(BaseCommand):
    help = "Run what is due: deliveries of events, expiry of unpaid orders, sweeps. Celery beat does the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="run until interrupted")
        parser.add_argument("--only", default="", metavar="NAME", help="run this one now, due or not")
        parser.add_argument("--list", action="store_true", help="list the jobs, and when they last ran")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
        elif options["only"]:
            self._run_one(options["only"])
        elif options["loop"]:
            self._loop()
        else:
            self._tell(jobs.run_due())

    def _list(self) -> None:
        states = JobState.objects.in_bulk(field_name="name")
        for name, job in sorted(jobs.jobs().items()):
            state = states.get(name)
            last = f"last {state.finished_at:%Y-%m-%d %H:%M:%S}" if state and state.finished_at else "never ran"
            failed = f", failed: {state.error.splitlines()[0]}" if state and state.error else ""
            self.stdout.write(f"{name:40} every {job.every}, {last}{failed}")

    def _run_one(self, name: str) -> None:
        if name not in jobs.jobs():
            raise CommandError(f"There is no job {name!r}; there are: {', '.join(sorted(jobs.jobs()))}.")
        self._tell({name: jobs.run(name)})

    def _loop(self) -> None:
        """Until interrupted or told to end; a job that runs is finished first."""
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        while not ended.is_set():
            close_old_connections()
            self._tell(jobs.run_due())
            ended.wait(_PAUSE)

    def _tell(self, results: dict[str, int] | dict[str, int | None]) -> None:
        for name, done in results.items():
            self.stdout.write(f"{name}: {'failed, see the log' if done is None else done}")
        self.stdout.flush()
