"""From where a request comes, with and without proxies in front."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory

from tradepost.core.requests.client_address import (
    client_address,
    client_network,
    is_of_one_client,
)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.1.1.1, 2.2.2.2, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (3, "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (1, "198.51.100.7:51234", "198.51.100.7"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:DB8:0::1]", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, '"[2001:db8::1]"', "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "198.51.100.7, ", "198.51.100.7"),
        (1, "198.51.100.7, unknown", "192.0.2.1"),
        (1, "198.51.100.7, <script>", "192.0.2.1"),
        (1, "198.51.100.7, 999.1.1.1", "192.0.2.1"),
        (1, ",,,", "192.0.2.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    """The entry that the outermost of them appended; what isn't an address is none."""
    settings.TRADEPOST_SHOP = {"TRUSTED_PROXIES": proxies}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")) == address


@pytest.mark.parametrize("remote", ["", "unix:", "/run/shop.sock"])
def test_behind_a_socket_there_is_no_address_but_the_headers(settings: Any, remote: str) -> None:
    """Without a trusted proxy there is none at all."""
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "198.51.100.7"}, REMOTE_ADDR=remote)
    assert (client_address(request), client_network(request)) == (None, "")

    settings.TRADEPOST_SHOP = {"TRUSTED_PROXIES": 1}
    assert client_address(request) == "198.51.100.7"


def test_a_household_has_one_network() -> None:
    """The first 64 bits of an IPv6 address, all of an IPv4 address."""
    networks = [
        client_network(RequestFactory().get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", "2001:db8:1:3::4", "192.0.2.1")
    ]

    assert networks == ["2001:db8:1:2::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64", "192.0.2.1"]


@pytest.mark.parametrize(
    ("address", "proxies", "is_client"),
    [
        ("192.0.2.1", 0, True),
        ("10.0.0.9", 0, False),
        ("127.0.0.1", 0, False),
        ("172.31.0.1", 0, False),
        ("fd00::1", 0, False),
        ("10.0.0.9", 1, True),
        ("", 1, False),
    ],
)
def test_a_private_address_is_a_proxys_where_none_is_known(
    settings: Any, address: str, proxies: int, *, is_client: bool
) -> None:
    """An intranet's shop that counts its proxies takes private addresses for clients."""
    settings.TRADEPOST_SHOP = {"TRUSTED_PROXIES": proxies}

    assert is_of_one_client(address) is is_client


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"USE_X_FORWARDED_HOST": True}, ["tradepost.W005"]),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, ["tradepost.W005"]),
        ({"USE_X_FORWARDED_HOST": True, "TRADEPOST_SHOP": {"TRUSTED_PROXIES": 1}}, []),
    ],
)
def test_a_proxy_that_isnt_counted_is_told_before_a_deployment(
    settings: Any, values: dict[str, Any], expected: list[str]
) -> None:
    """With the line to paste; not by a plain check."""
    for name, value in values.items():
        setattr(settings, name, value)

    messages = [m for m in run_checks(include_deployment_checks=True) if m.id == "tradepost.W005"]

    assert [message.id for message in messages] == expected
    assert all(message.hint == 'TRADEPOST_SHOP = {"TRUSTED_PROXIES": 1}' for message in messages)
    assert [m for m in run_checks() if m.id == "tradepost.W005"] == []
