"""The address from which a request comes: the only reading of it, for limits, orders and webhooks alike.

A proxy appends to ``X-Forwarded-For`` whom it was called by. So the entries at its right end were written by the shop's own
proxies and the rest by anybody: ``TRADEPOST_SHOP["TRUSTED_PROXIES"]`` says how many are believed, none by default.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from ..shop_settings import shop

__all__ = ["client_address", "client_network", "is_of_one_client"]

_OF_A_PROXY = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_PREFIX = 64  # bits of an IPv6 address that a provider gives to one household


def client_address(request: Any) -> str | None:
    """The client's address in its shortest form; ``None`` where the request has none that can be read.

    Args:
        request: Django's or DRF's; its ``META`` is read.
    """
    meta = request.META
    own = _address(meta.get("REMOTE_ADDR") or "")
    hops = shop().TRUSTED_PROXIES
    entries = [entry for entry in (meta.get("HTTP_X_FORWARDED_FOR") or "").split(",") if entry.strip()]
    if hops > 0 and entries:
        own = _address(entries[-min(hops, len(entries))]) or own
    return None if own is None else str(own)


def client_network(request: Any) -> str:
    """By what calls of one client are counted: an IPv4 address, or the /64 of an IPv6 address; empty where it has none."""
    address = client_address(request)
    if address is None or ":" not in address:
        return address or ""
    return str(IPv6Network(f"{address}/{_PREFIX}", strict=False))


def is_of_one_client(address: str) -> bool:
    """Whether an address may stand for a client: a private one, where no proxy is known of, is a proxy's for the whole shop."""
    parsed = _address(address)
    if parsed is None:
        return False
    return shop().TRUSTED_PROXIES > 0 or not any(parsed in block for block in _OF_A_PROXY)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """One entry, with or without brackets, port and zone; ``None`` for what is no address."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
