"""The shop in a process of its own, killed where it is told to be. ``python -m tests.gateways.killed.process``

It reads an act a line (JSON), forks a child that carries it out, and tells (JSON) which steps the child took and whether it
was killed. It has no threads and opens no connection itself, so that each child is as good as a process that has just begun.

A step is whatever is seen from outside: a commit, a write without a transaction, a call of a provider. The child may be killed
before each and after the last, which is between any two; they are counted as they come, so that a step that is new is killed
at as well.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

WRITES = ("INSERT", "UPDATE", "DELETE")


class Steps:
    """Counts the places between steps, tells them, and ends the process at one of them.

    Args:
        fatal: The number of the place at which the process ends; 0 for none.
        report: A file descriptor; what was written to it survives the process.
    """

    def __init__(self, fatal: int, report: int) -> None:
        self.count, self.fatal, self.report = 0, fatal, report
        self.dirty = False

    def reach(self, place: str) -> None:
        self.count += 1
        os.write(self.report, f"{place}\n".encode())
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Put places around commits, lone writes and calls of providers."""
        from django.db import connection

        commit, send = connection.commit, http.client.HTTPConnection.endheaders

        def commits() -> None:
            if self.dirty:
                self.reach("before commit")
            self.dirty = False
            commit()

        def executes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.lstrip().upper().startswith(WRITES):
                return execute(sql, params, many, context)
            if connection.in_atomic_block:
                self.dirty = True
                return execute(sql, params, many, context)
            self.reach("before write")
            return execute(sql, params, many, context)

        def sends(http_connection: http.client.HTTPConnection, *args: Any, **kwargs: Any) -> None:
            self.reach("before call")
            send(http_connection, *args, **kwargs)

        connection.commit = commits  # type: ignore[method-assign]
        connection.execute_wrappers.append(executes)
        http.client.HTTPConnection.endheaders = sends  # type: ignore[method-assign, assignment]


def main() -> None:
    """Serve acts until standard input ends."""
    import django

    django.setup()
    from django.db import connection
    from django.utils.module_loading import import_string

    from tests.fakes.providers import PROVIDERS

    from . import actions

    assert connection.vendor  # loads the driver, and opens nothing
    for provider in PROVIDERS.values():
        import_string(provider.backend)  # so that no child has to
    for line in sys.stdin:
        order = json.loads(line)
        reported, report = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reported)
            _child(actions.run, order, report)
        os.close(report)
        _pid, status = os.waitpid(child, 0)
        with os.fdopen(reported) as reports:
            places = reports.read().splitlines()
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        failed = 0 if killed else os.waitstatus_to_exitcode(status)
        sys.stdout.write(json.dumps({"places": places, "killed": killed, "failed": failed}) + "\n")
        sys.stdout.flush()


def _child(run: Callable[..., None], order: dict[str, Any], report: int) -> None:
    """Carry an act out, and end: a child never returns to the loop of its parent."""
    import traceback

    from django.db import connections
    from django.test.utils import override_settings

    from tradepost.core.dates import clock

    code = 1
    try:
        override_settings(TRADEPOST_PAYMENTS=order["payments"]).enable()
        steps = Steps(order.get("fatal", 0), report)
        steps.watch()
        with clock.at(clock.now() + timedelta(minutes=order.get("later", 0))):
            run(order["act"], **order.get("values", {}))
        steps.reach("at the end")
        code = 0
    except BaseException:  # noqa: BLE001 - told to whoever reads the test's output
        traceback.print_exc()
    connections.close_all()
    os._exit(code)


if __name__ == "__main__":
    main()
