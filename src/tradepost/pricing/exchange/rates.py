"""Exchange rates on file."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from ..conf import settings
from ..errors import RateMissing
from ..models import ExchangeRate

__all__ = ["exchange_rate"]


def exchange_rate(currency: str, at: datetime) -> Decimal:
    """Units of the shop's own currency for one unit of another, as it was at a moment.

    Raises:
        RateMissing: None is on file.
    """
    own = settings().CURRENCY
    if currency == own:
        return Decimal(1)
    rows = ExchangeRate.objects.filter(base=own, currency=currency, valid_from__lte=at).order_by("-valid_from")
    rate = rows.values_list("rate", flat=True).first()
    if rate is None:
        raise RateMissing(
            _("There is no exchange rate from %(currency)s to %(own)s.") % {"currency": currency, "own": own},
            currency=currency,
            base=own,
        )
    return rate
