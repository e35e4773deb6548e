"""A requirement of the checkout."""

from __future__ import annotations

from collections.abc import Iterator

from tradepost.basket.models import BasketLine
from tradepost.checkout.ports import Requirement, Situation

MOST = 100  # characters that a card has room for


def card_fits(situation: Situation) -> Iterator[Requirement]:
    """The text of a card fits on it."""
    for options in BasketLine.objects.filter(basket_id=situation.basket.pk).values_list("options", flat=True):
        if len(str(options.get("gift_wrap", ""))) > MOST:
            yield Requirement("gift_card_too_long", f"A card has room for {MOST} characters.", "lines")
            return
