"""The calls of the page about settings through the API; ``api`` sends JSON as somebody who may, and raises at a refusal."""

from __future__ import annotations

from typing import Any


def switzerland(api: Any) -> list[str]:
    """Sell to Switzerland: a zone, its taxes, an exchange rate."""
    api.post(
        "staff/zones/",
        {"code": "ch", "name": "Switzerland", "areas": [{"country": "CH"}]},
    )
    rates = [
        {"tax_class": "standard", "name": "MWST 8.1 %", "rate": "0.081"},
        {"tax_class": "books", "name": "MWST 2.6 %", "rate": "0.026"},
    ]
    changed: list[str] = api.post("staff/zones/ch/tax-rates/", {"rates": rates})[
        "changed"
    ]
    api.post(
        "staff/exchange-rates/",
        {"currency": "CHF", "rate": "1.07", "valid_from": "2026-12-01T00:00:00Z"},
    )
    return changed


def delivery(api: Any) -> Any:
    """A method by weight for that zone; of a change only what is given."""
    method = {
        "code": "swiss-parcel",
        "name": "Parcel to Switzerland",
        "currency": "CHF",
        "costs": {
            "kind": "weighttable",
            "bands": [["2000", "9.00"], ["10000", "14.50"]],
        },
        "zones": ["ch"],
        "min_days": 2,
        "max_days": 4,
    }
    api.post("staff/shipping-methods/", method)
    return api.patch(
        "staff/shipping-methods/swiss-parcel/",
        {"handling": {"amount": "1.00", "currency": "CHF"}},
    )


def quotes(api: Any) -> dict[str, Any]:
    """The price of each delivery of two mugs to Zurich, or why one isn't on offer."""
    goods = {
        "items": [{"variant": "MUG-BLUE", "quantity": 2}],
        "country": "CH",
        "postcode": "8001",
        "currency": "CHF",
    }
    answer = api.post("staff/shipping-methods/quotes/", goods)
    return {
        row["code"]: row["amount"] or row["reason"]
        for row in answer["shipping_methods"]
    }
