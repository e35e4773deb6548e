from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Q

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractCoupon, AbstractPromotion

P = TypeVar("P", bound="AbstractPromotion", covariant=True)
C = TypeVar("C", bound="AbstractCoupon", covariant=True)


def _valid(at: datetime) -> Q:
    return (Q(starts_at=None) | Q(starts_at__lte=at)) & (Q(ends_at=None) | Q(ends_at__gte=at)) & Q(is_active=True)


class PromotionQuerySet(LockableQuerySet[P]):
    def active(self, at: datetime) -> Self:
        """Valid at a moment, both ends included."""
        return self.filter(_valid(at))

    def for_channel(self, channel: str) -> Self:
        """Of a channel, or of all."""
        return self.filter(channel__in=["", channel])


class CouponQuerySet(LockableQuerySet[C]):
    def active(self, at: datetime) -> Self:
        """Valid at a moment, both ends included."""
        return self.filter(_valid(at))

    def with_code(self, *codes: str) -> Self:
        """By code, without case."""
        return self.filter(code__in=[code.strip().upper() for code in codes])
