"""System checks of the checkout."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_settings

from . import conf

__all__ = ["check_checkout"]


@register("tradepost")
def check_checkout(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CHECKOUT`` and each of its steps."""
    found = check_settings("TRADEPOST_CHECKOUT", conf.CheckoutSettings, "tradepost.E701")
    if found:
        return found
    try:
        steps = conf.steps()
    except (ImportError, TypeError) as error:
        hint = 'Write paths of functions, as in "myshop.steps.is_adult".'
        return [Error(f'TRADEPOST_CHECKOUT["STEPS"] can\'t be used: {error}', hint=hint, id="tradepost.E702")]
    return [
        Error(f'TRADEPOST_CHECKOUT["STEPS"]: {step!r} can\'t be called.', id="tradepost.E702")
        for step in steps
        if not callable(step)
    ]
