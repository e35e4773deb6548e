"""How many mails one mailbox may be sent on request. Counted by mailbox, with or without an account, so it tells nothing.

Each asker has a limit of their own, so that nobody uses up what its owner may ask for. Many askers together have one that never
closes for good: beyond it one mail goes out in each quarter of an hour. Whoever asked for that, its link is for the owner to use.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import TooManyRequests
from tradepost.core.requests.failure_delays import closed_for
from tradepost.core.requests.rate_limits import Counted, count_against, key_of, parse
from tradepost.core.shop_settings import limits

__all__ = ["count_mail"]

_PAUSE = 900  # seconds between mails once many askers have used up what they share


def count_mail(key: str, *, asker: str = "") -> None:
    """Count a mail that somebody asks for.

    Args:
        key: Of the mailbox.
        asker: Who asks: a client's network or a user. All of whom that isn't known are counted as one.

    Raises:
        TooManyRequests: There were too many; ``context["retry_after"]`` are seconds. This one isn't counted.
    """
    own = _count_own(key, asker)
    try:
        _count_shared(key)
    except TooManyRequests:
        if own is not None:
            own.give_back()
        raise


def _count_own(key: str, asker: str) -> Counted | None:
    rate = limits().MAILBOX
    if rate is None:
        return None
    counted = Counted(key_of("mailbox", f"{key} {asker}"), parse(rate))
    count_against(counted.key, counted.rate)
    return counted


def _count_shared(key: str) -> None:
    rate, name = limits().MAILBOX_SHARED, key_of("mailbox_shared", key)
    if rate is None:
        return
    try:
        count_against(name, parse(rate))
    except TooManyRequests:
        if rest := closed_for(f"{name}.wait", _PAUSE):
            raise TooManyRequests(
                _(
                    "Several messages were sent to this address lately. Please look at the latest one, or try again later."
                ),
                retry_after=rest,
            ) from None
