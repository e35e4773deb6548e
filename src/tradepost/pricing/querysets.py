from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Q

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractPriceList, AbstractTaxRate

L = TypeVar("L", bound="AbstractPriceList", covariant=True)
R = TypeVar("R", bound="AbstractTaxRate", covariant=True)


class PriceListQuerySet(LockableQuerySet[L]):
    def active(self, at: datetime) -> Self:
        """Lists that are valid at a moment, both ends included."""
        begun = Q(starts_at=None) | Q(starts_at__lte=at)
        return self.filter(begun, Q(ends_at=None) | Q(ends_at__gte=at), is_active=True)

    def for_buyer(self, *, currency: str, channel: str, groups: Iterable[int]) -> Self:
        """Lists in a currency that a channel and a customer with these groups may use, wherever they are."""
        theirs = list(groups)
        for_all = Q(groups=None) | Q(groups__in=theirs) if theirs else Q(groups=None)
        return self.filter(for_all, currency=currency, channel__in=["", channel]).distinct()


class TaxRateQuerySet(LockableQuerySet[R]):
    def in_order(self) -> Self:
        """As they are applied: compound rates last."""
        return self.order_by("zone__priority", "compound", "position", "pk")
