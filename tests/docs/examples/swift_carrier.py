from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import requests

from tradepost.shipping.errors import CarrierUnavailable
from tradepost.shipping.ports import CarrierRate, CarrierRequest


class SwiftCarrier:
    """Rates of Swift's web service."""

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://api.swift.example",
        timeout: float = 3,
    ) -> None:
        self.api_key, self.base_url, self.timeout = api_key, base_url, timeout

    def rates(self, request: CarrierRequest) -> Sequence[CarrierRate]:
        expected = {
            "to": {
                "country": request.destination.country,
                "postcode": request.destination.postcode,
            },
            "currency": request.currency,
            "parcels": [
                {"grams": parcel.weight, "mm3": parcel.volume}
                for parcel in request.parcels
            ],
        }
        try:
            answer = requests.post(
                f"{self.base_url}/rates",
                json=expected,
                headers={"X-Key": self.api_key},
                timeout=self.timeout,
            )
            answer.raise_for_status()
            return list(self._read(answer))
        except (
            requests.RequestException,
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
        ) as error:
            raise CarrierUnavailable(f"Swift: {error}") from error

    def _read(self, answer: requests.Response) -> Iterator[CarrierRate]:
        for rate in answer.json()["rates"]:
            first, last = rate["days"]
            yield CarrierRate(
                service=rate["service"],
                amount=Decimal(rate["price"]),
                currency=rate["currency"],
                min_days=first,
                max_days=last,
            )
