"""A nightly change of prices."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tradepost.catalogue.models import Variant
from tradepost.pricing.models import PriceList
from tradepost.pricing.services import NewPrice, set_prices


def reprice(amounts: Mapping[str, str]) -> int:
    """Set prices of the euro list by SKU, as in ``{"MUG": "12.50"}``; lists that follow it are converted.

    Returns:
        How many variants cost something else now.
    """
    variants = Variant.objects.filter(sku__in=amounts).values_list("sku", "pk")
    new = [NewPrice(pk, Decimal(amounts[sku])) for sku, pk in variants]
    return len(set_prices(PriceList.objects.get(code="eur"), new))
