"""``tradepost_replace catalogue myshop/catalogue``: the files with which a project replaces an app.

``python -m tradepost replace`` does the same without starting the project, which an upgrade that brings a model may keep from
starting.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.console.replacement import CannotReplace, report


class Command(BaseCommand):
    help = (
        "Writes the package with which a project replaces an app of Tradepost; --update adds models of a newer release. "
        "Where the project doesn't start: python -m tradepost replace."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", help="The app's short name, as in catalogue.")
        parser.add_argument("folder", help="Where the package is written, as in myshop/catalogue.")
        parser.add_argument(
            "--update", action="store_true", help="Add models that the library has and the package lacks."
        )

    def handle(self, *args: Any, app: str, folder: str, update: bool, **options: Any) -> None:
        try:
            self.stdout.write(report(app, folder, update=update))
        except CannotReplace as error:
            raise CommandError(str(error)) from error
