"""``manage.py tradepost_import``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tradepost.console import targets
from tradepost.console.importing import FORMATS, FileRefused, Report, Writer, import_catalogue
from tradepost.console.progress import Progress
from tradepost.core.actors import SYSTEM


class Command(BaseCommand):
    help = "Read products out of a CSV file. The same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), default="tradepost", help="default: %(default)s")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only tell")
        parser.add_argument("--atomic", action="store_true", help="one bad row, and nothing is written")
        parser.add_argument("--price-list", default="", metavar="CODE", help="takes the prices")
        parser.add_argument("--location", default="", metavar="CODE", help="takes the stock")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._import(**options)
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read: {error.strerror}.") from error
        except (FileRefused, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} can't be read: {error}") from error
        for problem in report.problems:
            self.stderr.write(f"{options['file'].name}, {problem}")
        if options["atomic"] and report.problems:
            raise CommandError(f"{_counted(len(report.problems), 'bad row')}: nothing was imported.")
        self.stdout.write(self.style.SUCCESS(_summary(report, dry_run=options["dry_run"])))

    def _import(
        self,
        *,
        file: Path,
        format: str,  # noqa: A002 - the option is called so
        dry_run: bool,
        atomic: bool,
        price_list: str,
        location: str,
        **_: Any,
    ) -> Report:
        how = FORMATS[format]
        progress = Progress(self.stdout, total=file.stat().st_size)
        whole = transaction.atomic() if dry_run or atomic else nullcontext()  # takes back what is made here, too
        with file.open(encoding="utf-8-sig", newline="") as lines, whole:
            writer = Writer(
                price_list=targets.price_list(price_list, make=True),
                location=targets.location(location, make=True),
                by=SYSTEM,
                columns=how.columns,
            )
            report = import_catalogue(how.read(progress.over(lines)), writer, atomic=atomic, dry_run=dry_run)
            if dry_run or (atomic and report.problems):
                transaction.set_rollback(True)
        progress.close()
        return report


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _summary(report: Report, *, dry_run: bool) -> str:
    counts = f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged"
    bad = f"; {_counted(len(report.problems), 'row')} left out" if report.problems else ""
    end = " Nothing was written (--dry-run)." if dry_run else ""
    return f"{_counted(report.products, 'product')}: {counts}{bad}.{end}"
