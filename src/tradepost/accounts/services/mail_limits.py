"""How many mails one mailbox may be sent on request. Counted by mailbox, with or without an account, so it tells nothing."""

from __future__ import annotations

from hashlib import sha256

from tradepost.core.requests.rate_limits import count_against, parse
from tradepost.core.shop_settings import limits

__all__ = ["count_mail"]


def count_mail(key: str) -> None:
    """Count a mail that somebody asks for.

    Raises:
        TooManyRequests: There were too many; ``context["retry_after"]`` are seconds.
    """
    rate = limits().MAILBOX
    if rate is not None:
        count_against(f"tradepost.limit.mailbox.{sha256(key.encode()).hexdigest()[:32]}", parse(rate))
