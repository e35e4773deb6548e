"""A checker of tax ids that asks a register."""

from __future__ import annotations

import requests

from tradepost.core.dates import clock
from tradepost.pricing.tax.ports import TaxIdCheck
from tradepost.pricing.tax.tax_ids import FormatChecker


class Register:
    """Looks at the form first, so that the register isn't asked for nonsense."""

    def __init__(self, *, base_url: str, timeout: float = 5) -> None:
        self.base_url, self.timeout = base_url, timeout

    def check(self, tax_id: str, country: str) -> TaxIdCheck:
        """Ask; no answer is no verdict."""
        form = FormatChecker().check(tax_id, country)
        if form.valid is False or not form.country:
            return form
        try:
            answer = requests.get(
                self.base_url,
                params={"country": form.country, "id": tax_id},
                timeout=self.timeout,
            )
            answer.raise_for_status()
            body = answer.json()
            return TaxIdCheck(
                valid=bool(body["valid"]),
                method="register",
                at=clock.now(),
                country=form.country,
                reference=str(body["reference"]),
                name=str(body["name"]),
            )
        except (requests.RequestException, ValueError, KeyError):
            return TaxIdCheck(
                valid=None, method="register", at=clock.now(), country=form.country
            )
