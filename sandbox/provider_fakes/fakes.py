"""The fakes of this process: begun when they are first asked for, ended with it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.fakes.providers import PROVIDERS

__all__ = ["LABELS", "methods", "servers"]

LABELS = {
    "stripe": "Stripe",
    "paypal": "PayPal",
    "razorpay": "Razorpay",
    "paystack": "Paystack",
    "chapa": "Chapa",
    "mpesa": "M-Pesa",
}
TIMEOUT = (2, 2)  # seconds; a customer who tries the fault won't wait longer


@cache
def servers(shop: str) -> Mapping[str, Any]:
    """One fake for each provider, on ports of the loopback interface.

    Args:
        shop: The shop's address; customers are sent to its stand-ins of the providers' pages.
    """
    record = {}
    for alias, provider in PROVIDERS.items():
        record[alias] = provider.server().__enter__()  # its thread ends with the process
        record[alias].books.count = int(time.time())  # another run has given the numbers before
        record[alias].books.page = f"{shop}/try-gateways/at/{alias}/{{}}/"
    return record


def methods(shop: str) -> dict[str, dict[str, Any]]:
    """``TRADEPOST_PAYMENTS["GATEWAYS"]``: every gateway with fake keys; those that can, a second time to authorise first."""
    values = {}
    for alias, server in servers(shop).items():
        entry = PROVIDERS[alias].method(server, LABEL=LABELS[alias])
        entry["OPTIONS"]["timeout"] = TIMEOUT
        values[alias] = entry
    for alias in ("stripe", "paypal", "razorpay"):
        hold = {"LABEL": f"{LABELS[alias]}, authorised first", "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}
        values[f"{alias}-hold"] = {**values[alias], **hold}
    return values
