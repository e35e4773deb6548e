"""Coupons that a buyer may use, with what orders have had of their promotions: one query, without a lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from tradepost.core.db import Prepared, key_of
from tradepost.customers.models import Customer

from ..models import Coupon, CouponRedemption, Promotion, PromotionUse
from .kept import KeptPromotion, Uses

__all__ = ["UsableCoupon", "codes_of", "usable_coupons", "uses_by", "uses_of"]


class UsableCoupon(NamedTuple):
    """A coupon as it was seen, for who is about to use it.

    Attributes:
        customer_limit: Orders of one customer; ``None`` for no limit.
        uses: Of its promotion.
    """

    code: str
    pk: int
    promotion_id: int
    customer_limit: int | None
    uses: Uses


def codes_of(codes: Iterable[str]) -> list[str]:
    """Coupon codes as they are kept: trimmed, in capitals, each once, in their order."""
    return list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))


def uses_by(customer_id: Any, email: Any) -> Q | None:
    """Uses by one buyer, who is known by their account or by their e-mail; ``None`` for nobody.

    Args:
        email: In small letters.
    """
    who = Q()
    if customer_id is not None:
        who |= Q(customer_id=customer_id)
    if email:
        who |= Q(email=email)
    return who or None


def usable_coupons(codes: Sequence[str], at: datetime, customer_id: int | None, email: str) -> dict[str, UsableCoupon]:
    """Those of some codes that are valid, and not used up by all or by this buyer; in the order of the codes.

    Args:
        codes: As :func:`codes_of` gives them.
        email: In small letters.
    """
    rows = _USABLE(codes=codes, at=at, customer=customer_id, email=email)
    coupons = {
        code: UsableCoupon(code, pk, promotion_id, customer_limit, Uses(*uses))
        for code, pk, promotion_id, customer_limit, *uses in rows
    }
    return {code: coupons[code] for code in codes if code in coupons}


def uses_of(promotions: Iterable[KeptPromotion], customer_id: int | None, email: str) -> Mapping[int, Uses]:
    """The uses of promotions, by primary key; no query where none of them has a limit that matters here."""
    by_buyer = customer_id is not None or bool(email)
    limited = [row.pk for row in promotions if row.is_counted or (by_buyer and row.customer_limit is not None)]
    if not limited:
        return {}
    return {pk: Uses(*uses) for pk, *uses in _USES(promotions=limited, customer=customer_id, email=email)}


def _usable(p: Any) -> QuerySet[Any]:
    rows = Coupon.objects.active(p.at).filter(Q(usage_limit=None) | Q(used__lt=F("usage_limit")), code__among=p.codes)
    theirs = uses_by(p.customer, p.email)
    if theirs is not None:
        uses = _number(CouponRedemption.objects.filter(theirs), "coupon", OuterRef("pk"))
        rows = rows.annotate(uses=uses).filter(Q(customer_limit=None) | Q(uses__lt=F("customer_limit")))
    rows = rows.annotate(mine=_number_of_promotion(theirs, "promotion_id"))
    return rows.values_list(
        "code", "pk", "promotion_id", "customer_limit", "promotion__used", "promotion__spent", "mine"
    )


def _uses(p: Any) -> QuerySet[Any]:
    rows = Promotion.objects.filter(pk__among=p.promotions)
    mine = _number_of_promotion(uses_by(p.customer, p.email), "pk")
    return rows.annotate(mine=mine).order_by().values_list("pk", "used", "spent", "mine")


def _number_of_promotion(theirs: Q | None, key: str) -> Any:
    return Value(0) if theirs is None else _number(PromotionUse.objects.filter(theirs), "promotion", OuterRef(key))


def _number(uses: QuerySet[Any], of: str, key: OuterRef) -> Coalesce:
    """Count the uses of one coupon or promotion."""
    mine = uses.filter(**{of: key}).order_by().values(of)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())


_USABLE: Prepared[Any] = Prepared(
    _usable, codes=[CharField()], at=DateTimeField(), customer=key_of(Customer), email=CharField()
)
_USES: Prepared[Any] = Prepared(_uses, promotions=[BigIntegerField()], customer=key_of(Customer), email=CharField())
