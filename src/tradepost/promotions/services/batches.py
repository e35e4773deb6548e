"""Making many coupons in one go, and writing them into a file."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates.periods import ENDS_BEFORE_IT_STARTS
from tradepost.core.errors import Invalid
from tradepost.core.inputs.csv_cells import RowWriter
from tradepost.core.inputs.numbers import read_count
from tradepost.core.one_time_keys import once

from ..base import AbstractCoupon, AbstractPromotion
from ..models import Coupon

__all__ = ["ALPHABET", "make_coupons", "write_coupons"]

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""Letters and digits that nobody takes for others: no B and 8, no I, L and 1, no O and 0, no S and 5, no Z and 2."""
_SPARE = 1000  # so many possible codes for each that is made: guessing one is no use, and few are drawn twice
_CHUNK = 1000
_MOST = 40


@once("promotions.make_coupons")
@db.atomic
def make_coupons(
    promotion: AbstractPromotion,
    count: int,
    *,
    prefix: str = "",
    length: int = 8,
    batch: str = "",
    usage_limit: int | None = 1,
    customer_limit: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    idempotency_key: str = "",
) -> list[AbstractCoupon]:
    """Make coupons with codes by chance, a thousand with two queries.

    Args:
        prefix: Before each code, in capitals, as in ``SPRING-``.
        length: Of the part by chance.
        batch: A name for all of them, to find them again.
        usage_limit: Orders of each; ``None`` for no limit.
        idempotency_key: The same one again makes no more, and gives the first's.

    Raises:
        Invalid: There are too few codes of that length to draw from, or they don't fit the column.
    """
    prefix = prefix.strip().upper()
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Invalid(ENDS_BEFORE_IT_STARTS, attr="ends_at")
    for limit in (usage_limit, customer_limit):
        if limit is not None:
            read_count(limit, attr="usage_limit", least=1)
    if count < 1 or len(prefix) + length > _MOST or len(ALPHABET) ** length < count * _SPARE:
        raise Invalid(_("There aren't that many codes of this length; make them longer."), attr="length", count=count)
    coupons: list[AbstractCoupon] = []
    drawn = _codes(count, prefix, length)
    while codes := list(islice(drawn, _CHUNK)):
        rows = [
            Coupon(
                promotion=promotion,  # type: ignore[misc]  # by the object: whoever writes them asks for its code
                code=code,
                batch=batch,
                usage_limit=usage_limit,
                customer_limit=customer_limit,
                starts_at=starts_at,
                ends_at=ends_at,
            )
            for code in codes
        ]
        coupons += Coupon.objects.bulk_create(rows)
    return coupons


def _codes(count: int, prefix: str, length: int) -> Iterator[str]:
    """Codes that nobody has yet."""
    seen: set[str] = set()
    while len(seen) < count:
        drawn = {_draw(prefix, length) for _number in range(min(_CHUNK, count - len(seen)))} - seen
        fresh = drawn - set(Coupon.objects.filter(code__in=drawn).values_list("code", flat=True))
        seen |= fresh
        yield from fresh


def _draw(prefix: str, length: int) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _place in range(length))


def write_coupons(coupons: Iterable[AbstractCoupon], out: Any) -> None:
    """Write coupons as CSV, with a head; texts that a spreadsheet would calculate with are made harmless.

    Args:
        out: Anything with ``write``.
    """
    rows = RowWriter(out)
    rows.write(["code", "promotion", "batch", "usage_limit", "customer_limit", "used", "starts_at", "ends_at"])
    for coupon in coupons:
        limits = [coupon.usage_limit, coupon.customer_limit, coupon.used]
        dates = [when.isoformat() if when else "" for when in (coupon.starts_at, coupon.ends_at)]
        rows.write([coupon.code, coupon.promotion.code, coupon.batch, *limits, *dates])
