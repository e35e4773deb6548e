"""``tradepost_postman``: the API as a Postman collection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Writes the API as a Postman collection, which Newman runs; - is the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="Where to; - is the standard output.")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="Scheme, host and port of the shop.")

    def handle(self, *args: Any, file: str, url: str, **options: Any) -> None:
        if not apps.is_installed("tradepost.api"):
            raise CommandError("The API isn't installed: add tradepost.api to INSTALLED_APPS.")
        from tradepost.api.schema.postman import collection_of_the_shop

        text = json.dumps(collection_of_the_shop(url.rstrip("/")), indent=2, default=str)
        if file == "-":
            self.stdout.write(text)
        else:
            Path(file).write_text(f"{text}\n", encoding="utf-8")
