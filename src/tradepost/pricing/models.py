"""Models of pricing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class PriceList(base.AbstractPriceList): ...

    class Price(base.AbstractPrice): ...

    class PriceChange(base.AbstractPriceChange): ...

    class TaxClass(base.AbstractTaxClass): ...

    class Zone(base.AbstractZone): ...

    class ZoneArea(base.AbstractZoneArea): ...

    class TaxRate(base.AbstractTaxRate): ...

    class ExchangeRate(base.AbstractExchangeRate): ...

else:
    __getattr__ = replaced(__name__)
