"""Exchange rates of the house bank, which come as a file."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path

from tradepost.pricing.errors import RatesUnavailable


class HouseBank:
    """Rates out of a file with the columns ``currency`` and ``rate``: units of the shop's own currency for one unit."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def rates(self, base: str, currencies: Collection[str]) -> Mapping[str, Decimal]:
        try:
            with self._path.open(newline="") as file:
                values = {
                    row["currency"]: Decimal(row["rate"])
                    for row in csv.DictReader(file)
                }
        except (OSError, ArithmeticError, KeyError) as error:
            raise RatesUnavailable(
                f"The file of rates can't be read: {error}"
            ) from error
        return {
            currency: values[currency] for currency in currencies if currency in values
        }
