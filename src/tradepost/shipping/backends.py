"""The default rates: the shop's own methods, from the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from tradepost.core.money import quantise
from tradepost.pricing.models import Zone
from tradepost.pricing.places import areas_of
from tradepost.pricing.ports import Place

from .models import ShippingMethod
from .ports import Destination, Parcel, Quote, Quoter

__all__ = ["ModelRates"]


class ModelRates:
    """What the rows of :class:`~tradepost.shipping.models.ShippingMethod` cost, whatever their kinds."""

    def load(self, destination: Destination, currency: str) -> Quoter:
        """Find the methods in a currency, and which of them reach the destination, by one query.

        While nothing is known of the destination, the home zones stand for it.
        """
        theirs = Zone.objects.filter(shipping_methods=OuterRef("pk"))
        if destination.country:
            place = Place(destination.country, destination.region, destination.postcode)
            reached = theirs.filter(Exists(areas_of(place).filter(zone=OuterRef("pk"))))
        else:
            reached = theirs.filter(is_home=True)
        rows = ShippingMethod.objects.filter(is_active=True, currency=currency).order_by("position", "pk")
        rows = rows.annotate(is_bounded=Exists(theirs), is_reached=Exists(reached))
        return partial(_quotes, rows.kinds())  # type: ignore[attr-defined]


def _quotes(methods: Sequence[Any], parcel: Parcel) -> list[Quote]:
    return [_quote(method, parcel) for method in methods]


def _quote(method: Any, parcel: Parcel) -> Quote:
    amount, reason = None, ""
    if method.is_bounded and not method.is_reached:
        reason = _("Not for this address.")
    elif method.max_weight is not None and parcel.weight > method.max_weight:
        reason = _("Too heavy.")
    else:
        amount = method.cost(parcel)
        reason = _("Not for this parcel.") if amount is None else ""
    return Quote(
        code=method.code,
        name=method.name,
        description=method.description,
        amount=None if amount is None else quantise(amount, parcel.currency),
        tax_class=method.tax_class,
        needs_address=method.needs_address,
        min_days=method.min_days,
        max_days=method.max_days,
        reason=reason,
    )
