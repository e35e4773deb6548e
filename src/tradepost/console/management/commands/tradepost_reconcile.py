"""``manage.py tradepost_reconcile``."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date
from django.utils.timezone import get_default_timezone, make_aware

from tradepost.console.progress import Progress
from tradepost.core.dates import clock
from tradepost.core.errors import TradepostError

_HEAD = ("PAYMENT", "ORDER", "OURS", "THEIRS", "VERDICT")
_QUIET = ("agrees", "known")


class Command(BaseCommand):
    help = (
        "Compares payments with their providers: books what a provider says, and lists what doesn't fit. "
        "Exit code 1 where something differs, 3 where one couldn't be compared, 2 where only an answer is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", default="", metavar="DATE", help="as in 2026-11-01; default: 30 days ago")
        parser.add_argument("--gateway", default="", metavar="ALIAS", help="only payments by this method")
        parser.add_argument("--dry-run", action="store_true", help="compare only; book and list nothing")
        parser.add_argument("--all", action="store_true", help="print those that agree, too")
        parser.add_argument("--json", action="store_true", help="as JSON, for tools")

    def handle(self, *args: Any, **options: Any) -> None:
        if "tradepost_payments" not in apps.app_configs:
            raise CommandError("tradepost.payments is not installed.")
        found = self._compare(options)
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in found], indent=2))
        else:
            self._print(found, everything=options["all"])
        self._end(Counter(one.verdict.value for one in found), dry_run=options["dry_run"])

    def _compare(self, options: dict[str, Any]) -> list[Any]:
        from tradepost.payments.reconciliation import comparison as reconciling

        try:
            payments = reconciling.select(since=_since(options["since"]), gateway=options["gateway"])
            total = payments.count()
        except TradepostError as error:
            raise CommandError(str(error)) from error
        progress, found = Progress(self.stderr, total=total), []
        try:
            rows = payments.iterator(chunk_size=200)
            for comparison in reconciling.compare_each(rows, mend=not options["dry_run"]):
                found.append(comparison)
                progress.add(1)
        finally:
            progress.close()
        return found

    def _print(self, found: list[Any], *, everything: bool) -> None:
        shown = [one for one in found if everything or one.verdict.value not in _QUIET]
        rows = [(one.reference, one.order, one.ours, one.theirs, one.verdict.value) for one in shown]
        widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
        for row, one in zip([_HEAD, *rows], [None, *shown], strict=True):
            if rows:
                line = "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
                self.stdout.write(self.style.MIGRATE_HEADING(line) if one is None else self._styled(line, one))
            if one is not None and one.detail:
                self.stdout.write(f"    {one.detail}")

    def _styled(self, line: str, one: Any) -> str:
        style = {
            "differs": self.style.ERROR,
            "failed": self.style.ERROR,
            "no_answer": self.style.WARNING,
            "behind": self.style.WARNING,
        }
        return style.get(one.verdict.value, self.style.SUCCESS)(line)

    def _end(self, counted: Counter[str], *, dry_run: bool) -> None:
        told = ", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in sorted(counted.items()))
        message = f"{sum(counted.values())} payments: {told or 'nothing to compare'}."
        if counted["differs"] or counted["behind"]:
            hint = "Run it without --dry-run to book it." if dry_run else "The admin lists what differs."
            raise CommandError(f"{message} {hint}", returncode=1)
        if counted["failed"]:
            raise CommandError(f"{message} The log says why.", returncode=3)
        if counted["no_answer"]:
            raise CommandError(message, returncode=2)
        self.stderr.write(message, self.style.SUCCESS)


def _since(text: str) -> datetime:
    if not text:
        return clock.now() - timedelta(days=30)
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is not a date as in 2026-11-01.")
    return make_aware(datetime.combine(found, time.min), get_default_timezone())
