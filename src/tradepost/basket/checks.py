"""System checks of baskets."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_settings
from tradepost.core.errors import Invalid
from tradepost.core.extending.ordered_settings import check_order
from tradepost.core.inputs.numbers import read_amount
from tradepost.core.money import is_currency

from .conf import BasketSettings, settings

__all__ = ["check_basket"]

_FEE = '{"name": "Cash on delivery", "amount": "3.00", "currency": "EUR", "tax_class": "standard"}'


@register("tradepost")
def check_basket(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_BASKET``."""
    wrong = check_settings("TRADEPOST_BASKET", BasketSettings, "tradepost.E400")
    return wrong or [*_check_fees(settings()), *_check_stages(settings())]


def _check_stages(options: BasketSettings) -> list[CheckMessage]:
    ours = BasketSettings().STAGES
    return check_order(
        'TRADEPOST_BASKET["STAGES"]',
        options.STAGES,
        ours,
        "tradepost.E403",
        needed=(ours[0], ours[-1]),
        last=ours[-1],
    )


def _check_fees(options: BasketSettings) -> list[CheckMessage]:
    return [
        Error(
            f'TRADEPOST_BASKET["PAYMENT_FEES"][{alias!r}] can\'t be read.', hint=f"Write {_FEE}.", id="tradepost.E402"
        )
        for alias, fee in options.PAYMENT_FEES.items()
        if not _is_fee(fee)
    ]


def _is_fee(fee: Any) -> bool:
    try:
        read_amount(fee["amount"], fee["currency"])
        return is_currency(fee["currency"]) and bool(fee["name"])
    except (KeyError, TypeError, Invalid):
        return False
