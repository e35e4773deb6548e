"""Which price list and which location a command works on."""

from __future__ import annotations

from django.core.management.base import CommandError

from tradepost.inventory.base import AbstractLocation
from tradepost.inventory.models import Location
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.conf import settings
from tradepost.pricing.models import PriceList

__all__ = ["location", "price_list"]


def price_list(code: str, *, make: bool = False) -> AbstractPriceList:
    """The price list of a code; without one, the shop's only list for everybody, everywhere and always in its own currency.

    Args:
        make: Make the standard list where the shop has none in its currency.

    Raises:
        CommandError: There is no such list, or there are several to choose from.
    """
    if code:
        row = PriceList.objects.filter(code=code).first()
        if row is None:
            codes_of_lists = ", ".join(PriceList.objects.values_list("code", flat=True)) or "none"
            raise CommandError(f"There is no price list {code!r}; there are: {codes_of_lists}.")
        return row
    currency = settings().CURRENCY
    plain = {"groups": None, "zones": None, "starts_at": None, "ends_at": None, "converts": None}
    lists = list(PriceList.objects.filter(currency=currency, **plain)[:9])
    if len(lists) > 1:
        codes = ", ".join(sorted(row.code for row in lists))
        raise CommandError(f"There are several price lists in {currency}: choose one by --price-list ({codes}).")
    if not lists and not make:
        raise CommandError(f"There is no price list in {currency}; name one by --price-list.")
    return lists[0] if lists else _standard_list(currency)


def _standard_list(currency: str) -> AbstractPriceList:
    return PriceList.objects.create(
        code=currency.lower(), name=currency, currency=currency, includes_tax=settings().PRICES_INCLUDE_TAX
    )


def location(code: str, *, make: bool = False) -> AbstractLocation:
    """The location of a code; without one, the first that is active.

    Args:
        make: Make one where the shop has none.

    Raises:
        CommandError: There is no such location.
    """
    row = Location.objects.filter(**({"code": code} if code else {"is_active": True})).first()
    if row is None and code:
        codes = ", ".join(Location.objects.values_list("code", flat=True)) or "none"
        raise CommandError(f"There is no location {code!r}; there are: {codes}.")
    if row is None and not make:
        raise CommandError("There is no stock location yet; add one in the admin.")
    return row or Location.objects.create(code="main", name="Main")
