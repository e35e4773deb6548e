"""Making many coupons in one go, and writing them into a file."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates.periods import ENDS_BEFORE_IT_STARTS
from tradepost.core.errors import AlreadyTaken, Invalid
from tradepost.core.inputs.csv_cells import RowWriter
from tradepost.core.inputs.numbers import read_count
from tradepost.core.one_time_keys import once

from ..base import AbstractCoupon, AbstractPromotion
from ..models import Coupon

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

__all__ = ["ALPHABET", "make_coupons", "make_coupons_of_codes", "write_coupons"]

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""Letters and digits that nobody takes for others: no B and 8, no I, L and 1, no O and 0, no S and 5, no Z and 2."""
_SPARE = 1000  # so many possible codes for each that is made: guessing one is no use, and few are drawn twice
_CHUNK = 1000
_LONGEST = 40  # characters of a code
_MOST_CODES = 1000
_NAMED = 20  # codes in a refusal


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
    _check(usage_limit, customer_limit, starts_at, ends_at)
    if count < 1 or len(prefix) + length > _LONGEST or len(ALPHABET) ** length < count * _SPARE:
        raise Invalid(_("There aren't that many codes of this length; make them longer."), attr="length", count=count)
    columns = {"batch": batch, "usage_limit": usage_limit, "customer_limit": customer_limit}
    drawn = _codes(count, prefix, length)
    return _written(promotion, drawn, {**columns, "starts_at": starts_at, "ends_at": ends_at})


@once("promotions.make_coupons_of_codes")
@db.atomic
def make_coupons_of_codes(
    promotion: AbstractPromotion,
    codes: Sequence[str],
    *,
    batch: str = "",
    usage_limit: int | None = 1,
    customer_limit: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    idempotency_key: str = "",
) -> list[AbstractCoupon]:
    """Make coupons with codes that are there already, as on printed cards; all of them or none.

    Args:
        codes: At most 1,000, each once; kept in capitals.
        idempotency_key: The same one again makes no more, and gives the first's.

    Raises:
        Invalid: None or too many are given, or one is too long, is given twice, or is another coupon's; ``context["codes"]``
            names up to 20.
        AlreadyTaken: Somebody has just made a coupon of one of them.
    """
    _check(usage_limit, customer_limit, starts_at, ends_at)
    entered = [code.strip().upper() for code in codes]
    if not 1 <= len(entered) <= _MOST_CODES:
        raise Invalid(_("Give 1 to %(most)s codes.") % {"most": _MOST_CODES}, attr="codes")
    _refuse(_("A code has 1 to 40 characters."), [code for code in entered if not 1 <= len(code) <= _LONGEST])
    _refuse(_("Each code is given once."), [code for code, times in Counter(entered).items() if times > 1])
    taken = Coupon.objects.filter(code__in=entered).values_list("code", flat=True)
    _refuse(_("There are coupons of these codes already."), sorted(taken))
    columns = {"batch": batch, "usage_limit": usage_limit, "customer_limit": customer_limit}
    try:
        with transaction.atomic():
            return _written(promotion, iter(entered), {**columns, "starts_at": starts_at, "ends_at": ends_at})
    except IntegrityError as error:
        raise AlreadyTaken(_("Somebody else has just stored one with the same key.")) from error


def _refuse(message: StrPromise, codes: Sequence[str]) -> None:
    if codes:
        raise Invalid(message, attr="codes", codes=[code[:_LONGEST] for code in codes[:_NAMED]])


def _check(
    usage_limit: int | None, customer_limit: int | None, starts_at: datetime | None, ends_at: datetime | None
) -> None:
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Invalid(ENDS_BEFORE_IT_STARTS, attr="ends_at")
    for name, limit in (("usage_limit", usage_limit), ("customer_limit", customer_limit)):
        if limit is not None:
            read_count(limit, attr=name, least=1)


def _written(promotion: AbstractPromotion, codes: Iterator[str], columns: Mapping[str, Any]) -> list[AbstractCoupon]:
    """Coupons of these codes, a thousand with one statement."""
    coupons: list[AbstractCoupon] = []
    while some := list(islice(codes, _CHUNK)):
        # the promotion by the object: whoever writes the coupons into a file asks for its code
        coupons += Coupon.objects.bulk_create(Coupon(promotion=promotion, code=code, **columns) for code in some)  # type: ignore[misc]
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
