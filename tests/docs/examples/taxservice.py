"""A tax engine that asks a service, and tells it of sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import requests

from tradepost.core.money import plain
from tradepost.pricing.document import TaxRow
from tradepost.pricing.ports import Place
from tradepost.pricing.tax.ports import (
    RowTaxes,
    TaxAnswer,
    TaxDocument,
)
from tradepost.pricing.tax.tax_service import OutsideTaxes


class TaxService(OutsideTaxes):
    """Taxes by the Tax Service's rates."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = "https://api.taxes.example",
        timeout: float = 3,
        **keeping: Any,
    ) -> None:
        super().__init__(**keeping)
        self.api_key, self.base_url, self.timeout = api_key, base_url, timeout

    def can_ask(self, place: Place) -> bool:
        """In the United States the state must be known."""
        return bool(place.country and (place.region or place.country != "US"))

    def estimate(self, document: TaxDocument) -> TaxAnswer:
        """Whatever goes wrong here is no answer: the checkout says so and waits."""
        answer = self._call("POST", "/v1/estimates", _written(document))
        return TaxAnswer({line["id"]: _read(line) for line in answer["lines"]})

    def commit(self, document: TaxDocument) -> None:
        """Book a sale; the service knows it by its reference."""
        body = {**_written(document), "number": document.number}
        self._call("PUT", f"/v1/sales/{document.reference}", body)

    def void(self, reference: str) -> None:
        """Call a sale off."""
        self._call("POST", f"/v1/sales/{reference}/void", {})

    def refund(self, document: TaxDocument) -> None:
        """Book a refund."""
        body = {**_written(document), "number": document.number, "sale": document.of}
        self._call("PUT", f"/v1/refunds/{document.reference}", body)

    def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.request(
            method,
            f"{self.base_url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=self.timeout,
        )
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


def _written(document: TaxDocument) -> dict[str, Any]:
    place, currency = document.place, document.currency
    return {
        "currency": currency,
        "includes_tax": document.includes_tax,
        "date": document.on.isoformat(),
        "exempt": document.exempt,
        "tax_id": document.tax_id,
        "to": {
            "country": place.country,
            "region": place.region,
            "postcode": place.postcode,
        },
        "lines": [
            {
                "id": row.key,
                "code": row.tax_class,
                "quantity": row.quantity,
                "amount": plain(row.amount, currency),
                "net": plain(row.net, currency),
                "tax": plain(row.tax, currency),
            }
            for row in document.rows
        ],
    }


def _read(line: dict[str, Any]) -> RowTaxes:
    net = Decimal(line["net"])
    taxes = (
        TaxRow(
            name=tax["name"],
            rate=Decimal(tax["rate"]),
            base=net,
            amount=Decimal(tax["amount"]),
        )
        for tax in line["taxes"]
    )
    return RowTaxes(net, tuple(taxes))
