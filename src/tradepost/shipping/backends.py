"""The default rates: the shop's own methods, from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import quantise

from .base import AbstractCarrierService, Offer
from .carriers import Answer, Answers, Wanted, answers, request_of
from .conf import packer
from .exclusions import excluded_products
from .methods import kept_methods
from .ports import Destination, Packer, Parcel, Quote, Quoter

__all__ = ["ModelRates"]


class ModelRates:
    """Quotes of the rows of :class:`~tradepost.shipping.models.ShippingMethod`, whatever their kinds."""

    def load(self, destination: Destination, currency: str, deliveries: Sequence[Parcel] = ()) -> Quoter:
        """Find the methods in a currency, and which of them reach the destination; no query while they are kept.

        Two where methods exclude collections. Carriers are asked here, for what isn't kept.
        While nothing is known of the destination, the home zones stand for it.
        """
        products = {goods.product_id for delivery in deliveries for goods in delivery.goods}
        methods = kept_methods(destination, currency)
        asked = _asked(methods, destination, deliveries)
        return _Quoter(methods, excluded_products(methods, products), packer(), destination, answers(asked))


def _asked(methods: Sequence[Any], destination: Destination, deliveries: Sequence[Parcel]) -> list[Wanted]:
    """The requests to carriers: only those whose methods reach the destination, and only where it is known."""
    reaching = [method for method in methods if method.is_reached or not method.is_bounded]
    carriers = [method.carrier for method in reaching if isinstance(method, AbstractCarrierService)]
    if not carriers or not destination.country:
        return []
    packed = [(packer().pack(delivery), delivery.currency) for delivery in deliveries]
    requests = [request_of(parcels, destination, currency) for parcels, currency in packed]
    return [(carrier, request) for carrier in carriers for request in requests]


@dataclass(frozen=True, slots=True)
class _Quoter:
    """Quotes for a delivery. Pure: all that it needs was loaded.

    Attributes:
        excluded: Ids of products by the primary key of a method that doesn't carry them.
        answers: What carriers said of the deliveries.
    """

    methods: Sequence[Any]
    excluded: Mapping[int, frozenset[int]]
    packer: Packer
    destination: Destination
    answers: Answers

    def __call__(self, delivery: Parcel) -> list[Quote]:
        parcels = self.packer.pack(delivery)
        return [self._quote(method, delivery, parcels) for method in self.methods]

    def _quote(self, method: Any, delivery: Parcel, parcels: Sequence[Parcel]) -> Quote:
        reason = self._refusal(method, delivery, parcels)
        offer = Offer(None, reason, method.min_days, method.max_days)
        if not reason:
            offer = self._offer(method, delivery, parcels)
        amount = offer.amount
        return Quote(
            code=method.code,
            name=method.name,
            description=method.description,
            amount=None if amount is None else quantise(amount, delivery.currency),
            tax_class=method.tax_class,
            needs_address=method.needs_address and not method.needs_point,
            needs_point=method.needs_point,
            min_days=offer.min_days,
            max_days=offer.max_days,
            reason=str(offer.reason),
            parcels=len(parcels),
            free_after=None if amount is None else method.free_after(delivery),
        )

    def _offer(self, method: Any, delivery: Parcel, parcels: Sequence[Parcel]) -> Offer:
        if not isinstance(method, AbstractCarrierService):
            offer: Offer = method.offer(delivery, parcels)
            return offer
        if not self.destination.country:
            return Offer(None, _("Its price depends on the address."))
        request = request_of(parcels, self.destination, delivery.currency)
        answer = self.answers.get((method.carrier, request), Answer(None))
        return method.offer_at(answer.rates, delivery.currency, is_down=answer.is_down)

    def _refusal(self, method: Any, delivery: Parcel, parcels: Sequence[Parcel]) -> str:
        if method.is_bounded and not method.is_reached:
            return _("Not available for this address.")
        if method.needs_point and not method.has_points:
            return _("No pickup point is open.")
        excluded = self.excluded.get(method.pk, frozenset())
        names = sorted({goods.name or goods.sku for goods in delivery.goods if goods.product_id in excluded})
        if names:
            return _("Not available for: %(names)s.") % {"names": ", ".join(names)}
        return next((str(reason) for parcel in parcels if (reason := method.refusal(parcel))), "")
