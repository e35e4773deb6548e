"""``manage.py tradepost_coupons``."""

from __future__ import annotations

import io
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_default_timezone, is_naive, make_aware

from tradepost.core.errors import TradepostError
from tradepost.core.inputs.numbers import InvalidNumber, read_count
from tradepost.promotions.models import Promotion
from tradepost.promotions.services import make_coupons, write_coupons


class Command(BaseCommand):
    help = "Make coupons of a promotion with codes by chance, and write them as CSV on the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("promotion", help="its code")
        parser.add_argument("count", type=_count)
        parser.add_argument("--prefix", default="", help="before each code, as in SPRING-")
        parser.add_argument("--length", type=_count, default=8, help="of the part by chance; default: %(default)s")
        parser.add_argument("--batch", default="", help="a name for all of them, to find them again")
        parser.add_argument(
            "--uses", type=_count, default=1, help="orders of each, 0 for no limit; default: %(default)s"
        )
        parser.add_argument("--uses-by-customer", type=_count, default=0, help="default: no limit of its own")
        parser.add_argument("--until", default="", metavar="DATE", help="the last moment, as in 2027-01-31T23:59")

    def handle(self, *args: Any, **options: Any) -> None:
        promotion = Promotion.objects.filter(code=options["promotion"]).first()
        if promotion is None:
            raise CommandError(f"There is no promotion {options['promotion']!r}.")
        try:
            made = make_coupons(
                promotion,
                options["count"],
                prefix=options["prefix"],
                length=options["length"],
                batch=options["batch"],
                usage_limit=options["uses"] or None,
                customer_limit=options["uses_by_customer"] or None,
                ends_at=_moment(options["until"]),
            )
        except TradepostError as error:
            raise CommandError(str(error)) from error
        text = io.StringIO(newline="")
        write_coupons(made, text)
        self.stdout.write(text.getvalue(), ending="")


def _count(text: str) -> int:
    try:
        return read_count(text)
    except InvalidNumber as refusal:
        raise ArgumentTypeError(str(refusal)) from refusal


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is no moment; write it as in 2027-01-31T23:59.")
    return make_aware(found, get_default_timezone()) if is_naive(found) else found
