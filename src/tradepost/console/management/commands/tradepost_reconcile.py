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
        comparisons = self._compare(options)
        if options["json"]:
            self.stdout.write(json.dumps([comparison.as_dict() for comparison in comparisons], indent=2))
        else:
            self._print(comparisons, everything=options["all"])
        self._end(Counter(comparison.verdict.value for comparison in comparisons), dry_run=options["dry_run"])

    def _compare(self, options: dict[str, Any]) -> list[Any]:
        from tradepost.payments.reconciliation import comparison as reconciling

        try:
            payments = reconciling.select(since=_since(options["since"]), gateway=options["gateway"])
            total = payments.count()
        except TradepostError as error:
            raise CommandError(str(error)) from error
        progress, comparisons = Progress(self.stderr, total=total), []
        try:
            rows = payments.iterator(chunk_size=200)
            for comparison in reconciling.compare_each(rows, mend=not options["dry_run"]):
                comparisons.append(comparison)
                progress.add(1)
        finally:
            progress.close()
        return comparisons

    def _print(self, comparisons: list[Any], *, everything: bool) -> None:
        shown = [row for row in comparisons if everything or row.verdict.value not in _QUIET]
        rows = [
            (comparison.reference, comparison.order, comparison.ours, comparison.theirs, comparison.verdict.value)
            for comparison in shown
        ]
        widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
        for row, comparison in zip([_HEAD, *rows], [None, *shown], strict=True):
            if rows:
                line = "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
                self.stdout.write(
                    self.style.MIGRATE_HEADING(line) if comparison is None else self._styled(line, comparison)
                )
            if comparison is not None and comparison.detail:
                self.stdout.write(f"    {comparison.detail}")

    def _styled(self, line: str, comparison: Any) -> str:
        style = {
            "differs": self.style.ERROR,
            "failed": self.style.ERROR,
            "no_answer": self.style.WARNING,
            "behind": self.style.WARNING,
        }
        return style.get(comparison.verdict.value, self.style.SUCCESS)(line)

    def _end(self, counted: Counter[str], *, dry_run: bool) -> None:
        counts = ", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in sorted(counted.items()))
        message = f"{sum(counted.values())} payments: {counts or 'nothing to compare'}."
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
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{text!r} is not a date as in 2026-11-01.")
    return make_aware(datetime.combine(day, time.min), get_default_timezone())
