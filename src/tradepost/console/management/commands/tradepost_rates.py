"""``manage.py tradepost_rates``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.pricing.conf import settings
from tradepost.pricing.errors import RatesUnavailable
from tradepost.pricing.exchange.loader import (
    LoadedRates,
    load_rates,
    rates_on_file,
)


class Command(BaseCommand):
    help = "Load exchange rates from the configured source, and convert prices by them. A job does this several times a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="show the rates on file, and load nothing")
        parser.add_argument("--force", action="store_true", help="store rates that moved further than RATE_JUMP, too")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show"]:
            self._show()
            return
        try:
            loaded = load_rates(force=options["force"])
        except RatesUnavailable as error:
            raise CommandError(f"{error} The rates on file stay.") from error
        self._tell(loaded)
        if loaded.refused:
            names = ", ".join(sorted(loaded.refused))
            raise CommandError(f"Not stored, since they moved further than RATE_JUMP: {names}. If it is true: --force")

    def _show(self) -> None:
        rows = rates_on_file()
        if not rows:
            self.stdout.write(f"No rates to {settings().CURRENCY} are on file.")
        for currency, row in sorted(rows.items()):
            self.stdout.write(f"1 {currency} = {row.rate:.10f} {row.base}, since {row.valid_from:%Y-%m-%d %H:%M}")

    def _tell(self, loaded: LoadedRates) -> None:
        base = settings().CURRENCY
        outcomes = {"stored": loaded.stored, "as before": loaded.same, "refused": loaded.refused}
        lines = {
            currency: f"1 {currency} = {rate:.10f} {base}, {outcome}{self._before(currency, loaded, outcome)}"
            for outcome, rates in outcomes.items()
            for currency, rate in rates.items()
        }
        lines |= {currency: f"1 {currency}: the source doesn't know it" for currency in loaded.unknown}
        for _currency, line in sorted(lines.items()):
            self.stdout.write(line)
        if not lines:
            self.stdout.write(f"The shop has no other currency than {base}.")
        if loaded.converted:
            self.stdout.write(f"Prices of {loaded.converted} variants were converted.")

    def _before(self, currency: str, loaded: LoadedRates, outcome: str) -> str:
        if outcome == "as before" or currency not in loaded.before:
            return ""
        return f" (was {loaded.before[currency]:.10f})"
