"""``tradepost_graphql_schema``: the schema of GraphQL as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Writes the schema of GraphQL (SDL), for clients' generators and to compare; - is the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="Where to; - is the standard output.")
        parser.add_argument("--check", action="store_true", help="Fail where the file says something else.")

    def handle(self, *args: Any, file: str, check: bool, **options: Any) -> None:
        if not apps.is_installed("tradepost.graphql"):
            raise CommandError("GraphQL isn't installed: add tradepost.graphql to INSTALLED_APPS.")
        from tradepost.graphql.schema import sdl

        text = sdl()
        if check:
            if file == "-" or not Path(file).exists() or Path(file).read_text(encoding="utf-8") != text:
                raise CommandError(
                    f"{file} isn't the schema of now. Write it: manage.py tradepost_graphql_schema {file}"
                )
        elif file == "-":
            self.stdout.write(text, ending="")
        else:
            Path(file).write_text(text, encoding="utf-8")
