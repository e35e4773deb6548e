"""Sale prices that run for a time: what the price is now, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.utils.timezone import get_default_timezone, is_naive, make_aware

from tradepost.core.dates import clock

__all__ = ["Sale", "moment"]

_FORMATS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%b %d, %Y", "%B %d, %Y"),
    *("%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"),
)
_ZERO = "0000-00-00"
_DIGITS = (9, 10)  # of a time in seconds since 1970


def moment(text: str, *, is_end: bool = False) -> datetime | None:
    """A date, or a date and time in the shop's zone; ``None`` for an empty one.

    Args:
        is_end: Whether a date alone means its end.

    Raises:
        ValueError: It is none.
    """
    text = text.strip()
    if not text or text.startswith(_ZERO):
        return None
    if text.isascii() and text.isdecimal() and len(text) in _DIGITS:
        return datetime.fromtimestamp(int(text), UTC)
    for form in _FORMATS:
        try:
            parsed = datetime.strptime(text, form)  # noqa: DTZ007 - made aware below
        except ValueError:
            continue
        if is_end and parsed.time() == time(0) and "%H" not in form:
            parsed += timedelta(days=1)
        return make_aware(parsed, get_default_timezone()) if is_naive(parsed) else parsed
    raise ValueError(f"{text!r} isn't a date; write it as 2026-01-31")


@dataclass(frozen=True, slots=True)
class Sale:
    """A price and its sale price.

    Attributes:
        regular: The price without the sale.
        reduced: In the sale; ``None`` for none.
    """

    regular: Decimal | None
    reduced: Decimal | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the sale price counts now."""
        now = clock.now()
        starts, ends = self.starts_at or now, self.ends_at
        return self.reduced is not None and starts <= now and (ends is None or now < ends)

    @property
    def price(self) -> Decimal | None:
        """The price now."""
        return self.reduced if self.is_on else self.regular

    @property
    def was(self) -> Decimal | None:
        """The price before, where it is lower now."""
        if not self.is_on or self.regular is None or self.reduced is None:
            return None
        return self.regular if self.regular > self.reduced else None

    def notice(self) -> str:
        """Describe a sale with dates; empty for others."""
        if self.reduced is None or not (self.starts_at or self.ends_at):
            return ""
        if self.is_on:
            return (
                f"the sale price is written as the price, though it ends on {self.ends_at:%Y-%m-%d}"
                if self.ends_at
                else ""
            )
        return "the sale price isn't written: the sale isn't on now"
