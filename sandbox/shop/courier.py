"""A carrier that exists in this demonstration only: it computes what another one would be asked over the network."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tradepost.shipping.ports import CarrierRate, CarrierRequest

__all__ = ["CoastCourier"]

_COAST = ("2", "18", "19")  # postcodes begin so


class CoastCourier:
    """Carries parcels to the flat, cheaper along the coast.

    Args:
        rounds: Working days on the way, along the coast and elsewhere.
    """

    def __init__(self, rounds: tuple[int, int] = (1, 3)) -> None:
        self.rounds = rounds

    def rates(self, request: CarrierRequest) -> Sequence[CarrierRate]:
        """Its only service, in euros."""
        near = request.destination.postcode.startswith(_COAST)
        kilos = sum(-(-parcel.weight // 1000) for parcel in request.parcels)
        amount = Decimal("8.50" if near else "14.50") * len(request.parcels) + Decimal("0.80") * kilos
        days = self.rounds[0] if near else self.rounds[1]
        return [CarrierRate(service="to-the-flat", amount=amount, currency="EUR", min_days=days, max_days=days + 1)]
