"""``manage.py tradepost_changed``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.core import versions


class Command(BaseCommand):
    help = "Say that kinds of rows were changed by another program, so that no process keeps what was stored before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="*", help="without any, the kinds and their tables are listed")
        parser.add_argument("--all", action="store_true", help="all kinds")

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = versions.kinds()
        names = [*kinds] if options["all"] else options["kind"]
        if unknown := sorted(set(names) - set(kinds)):
            raise CommandError(f"There is no kind {', '.join(unknown)}. There are: {', '.join(kinds)}.")
        if names:
            versions.changed(*names)
            self.stdout.write(f"Changed: {', '.join(sorted(set(names)))}.")
            return
        for kind, tables in kinds.items():
            self.stdout.write(f"{kind}: {', '.join(tables)}")
