"""``manage.py tradepost_export``."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.console import targets
from tradepost.console.exports import (
    items,
    write_google,
    write_shopify,
    write_tradepost,
)

_FORMATS = ("google", "shopify", "tradepost")


class Command(BaseCommand):
    help = (
        "Write the catalogue into a file that tradepost_import reads, or a feed for Google; “-” is the standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--format", choices=_FORMATS, default="tradepost", help="default: %(default)s")
        parser.add_argument("--price-list", default="", metavar="CODE", help="whose prices")
        parser.add_argument("--location", default="", metavar="CODE", help="whose stock")

    def handle(self, *args: Any, **options: Any) -> None:
        price_list = targets.price_list(options["price_list"])
        rows = items(price_list, targets.location(options["location"]))
        writers: dict[str, Callable[..., int]] = {
            "google": partial(write_google, currency=price_list.currency),
            "shopify": partial(write_shopify, tell=self.stderr.write),
            "tradepost": write_tradepost,
        }
        write = writers[options["format"]]
        if options["file"] == "-":
            text = io.StringIO(newline="")
            write(rows, text)
            self.stdout.write(text.getvalue(), ending="")
            return
        try:
            with Path(options["file"]).open("w", encoding="utf-8", newline="") as out:
                number = write(rows, out)
        except OSError as error:
            raise CommandError(f"{options['file']} can't be written: {error.strerror}.") from error
        self.stdout.write(self.style.SUCCESS(f"{number} products."))
