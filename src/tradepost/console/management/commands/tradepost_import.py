"""``manage.py tradepost_import``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from tradepost.console import targets
from tradepost.console.conf import catalogue_format, catalogue_formats
from tradepost.console.imports import (
    FileRefused,
    Notice,
    Problem,
    ReadOptions,
    Report,
    SourceFile,
    Writer,
    import_catalogue,
)
from tradepost.console.imports.signatures import likely_format
from tradepost.console.progress import Progress
from tradepost.core.actors import SYSTEM
from tradepost.pricing.base import AbstractPriceList

_PASSES = 2  # most formats look at a file as a whole before they read it


class Command(BaseCommand):
    help = "Read products out of files. The same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="+", help="several where a format has several")
        parser.add_argument("--format", choices=catalogue_formats(), default="tradepost", help="default: %(default)s")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only report")
        parser.add_argument("--atomic", action="store_true", help="write nothing if any row is bad")
        parser.add_argument("--price-list", default="", metavar="CODE", help="takes the prices")
        parser.add_argument("--location", default="", metavar="CODE", help="takes the stock")
        parser.add_argument(
            "--encoding", default="", help="as in cp1252; default: what the file begins with, else UTF-8"
        )
        parser.add_argument(
            "--separator", default="", help="between cells, as in “;” or “tab”; default: as the header has it"
        )
        parser.add_argument("--decimal", default="", choices=[".", ","], help="before decimal places")
        parser.add_argument(
            "--tax", default="", choices=["included", "excluded"], help="whether the file's prices have it"
        )
        parser.add_argument("--language", default="", help="of the texts, where a file holds several")
        parser.add_argument("--weight-unit", default="", choices=["g", "kg", "oz", "lb"])
        parser.add_argument("--size-unit", default="", choices=["mm", "cm", "m", "in"])
        parser.add_argument("--image-base", default="", metavar="URL", help="before the paths of images")
        parser.add_argument("--make-types", action="store_true", help="create product types that the shop lacks")
        parser.add_argument(
            "--unknown", default="", choices=["keep"], help="keep cells of unknown columns in “metadata”"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = options["file"] if isinstance(options["file"], list) else [options["file"]]
        names = ", ".join(str(file) for file in files)
        try:
            report = self._import(files, options)
        except OSError as error:
            raise CommandError(f"{names} can't be read: {error.strerror}.") from error
        except FileRefused as error:
            raise CommandError(f"{names} can't be read: {error}{_hint(files[0], options)}") from error
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(
                f"The database failed: {reason}. Read the file again: what went in stays the same."
            ) from error
        everything: list[Notice | Problem] = [*report.notices, *report.problems]
        for notice in everything:
            self.stderr.write(f"{notice.file or files[0].name}, {notice}")
        if options["atomic"] and report.problems:
            raise CommandError(f"{_counted(len(report.problems), 'bad row')}: nothing was imported.")
        self.stdout.write(self.style.SUCCESS(_summary(report, dry_run=options["dry_run"])))

    def _import(self, files: Sequence[Path], options: dict[str, Any]) -> Report:
        reader = catalogue_format(options["format"])
        progress = Progress(self.stdout, total=_PASSES * sum(file.stat().st_size for file in files))
        is_whole = options["dry_run"] or options["atomic"]
        whole = transaction.atomic() if is_whole else nullcontext()  # takes back what is made here, too
        try:
            with whole:
                price_list = targets.price_list(options["price_list"], make=True)
                writer = Writer(
                    price_list=price_list,
                    location=targets.location(options["location"], make=True),
                    by=SYSTEM,
                    columns=getattr(reader, "columns", None),
                )
                sources = [SourceFile(file.name, file, progress.add) for file in files]
                rows = reader.read(sources, _read_options(options, price_list))
                report = import_catalogue(rows, writer, atomic=options["atomic"], dry_run=options["dry_run"])
                if options["dry_run"] or (options["atomic"] and report.problems):
                    transaction.set_rollback(True)
        finally:
            progress.close()
        return report


def _hint(file: Path, options: dict[str, Any]) -> str:
    """Which format the file looks like, where another one was named."""
    choice = ReadOptions(encoding=options["encoding"], separator=options["separator"])
    likely = likely_format(SourceFile(file.name, file), choice)
    return f" It looks like --format {likely}." if likely not in {"", options["format"]} else ""


def _read_options(options: dict[str, Any], price_list: AbstractPriceList) -> ReadOptions:
    includes_tax = price_list.includes_tax
    if options["tax"] and (options["tax"] == "included") != includes_tax:
        basis = "include" if includes_tax else "don't include"
        raise CommandError(f"The prices of the list {price_list.code!r} {basis} taxes; name another by --price-list.")
    return ReadOptions(
        encoding=options["encoding"],
        separator=options["separator"],
        decimal=options["decimal"],
        currency=price_list.currency,
        includes_tax=includes_tax,
        language=options["language"],
        weight_unit=options["weight_unit"],
        size_unit=options["size_unit"],
        image_base=options["image_base"],
        keep_unknown=options["unknown"] == "keep",
        make_types=options["make_types"],
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _summary(report: Report, *, dry_run: bool) -> str:
    counts = f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged"
    bad = f"; {_counted(len(report.problems), 'row')} left out" if report.problems else ""
    end = " Nothing was written (--dry-run)." if dry_run else ""
    return f"{_counted(report.products, 'product')}: {counts}{bad}.{end}"
