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
    help = "Create coupons with random codes for a promotion, and write them as CSV to the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("promotion", help="its code")
        parser.add_argument("count", type=_count)
        parser.add_argument("--prefix", default="", help="before each code, as in SPRING-")
        parser.add_argument("--length", type=_count, default=8, help="of the random part; default:  %(default)s")
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
            coupons = make_coupons(
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
        write_coupons(coupons, text)
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
        parsed = parse_datetime(text)
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError(f"{text!r} isn't a date and time; write it as 2027-01-31T23:59.")
    return make_aware(parsed, get_default_timezone()) if is_naive(parsed) else parsed
