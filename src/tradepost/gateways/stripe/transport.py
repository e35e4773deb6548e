"""Transport of the SDK: by ``requests``, with each answer in the call log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stripe

from tradepost.payments.interface import exchanges

__all__ = ["Transport"]


class Transport(stripe.RequestsClient):
    """The SDK's own client for ``requests``."""

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> Any:
        """Send once; the SDK repeats by calling again."""
        content, status, headers_of_answer = super().request(method, url, headers, post_data, **more)
        sent = post_data if isinstance(post_data, str | bytes) else None
        exchanges.heard(method.upper(), url, status, sent=sent, received=content)
        return content, status, headers_of_answer
