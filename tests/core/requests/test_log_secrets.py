"""Keys that stand in addresses don't stand in logs."""

from __future__ import annotations

import logging

import pytest

from tradepost.core.requests.log_secrets import HideSecrets, without_secrets

UUID = "0b5f3f1c-8f0c-4a53-9f0f-0c1d2e3f4a5b"


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("GET /orders/1/?token=abc123 HTTP/1.1", "GET /orders/1/?token=… HTTP/1.1"),
        ("/api/v1/pay/?page=1&token=a.b.c&x=1", "/api/v1/pay/?page=1&token=…&x=1"),
        ("/account/reset/?token=Ab_c-9 HTTP/1.1", "/account/reset/?token=… HTTP/1.1"),
        ("/pay/0123.45.ab.c-d_e/", "/pay/…/"),
        (f"/api/v1/baskets/{UUID}/checkout/", "/api/v1/baskets/…/checkout/"),
        (f"/payments/{UUID.upper()}/return/?x=1", "/payments/…/return/?x=1"),
        ("/sign-in/?next=/orders/1/%3Ftoken%3Dabc123 200", "/sign-in/?next=/orders/1/%3Ftoken%3D… 200"),
        ("?return_url=https%3A%2F%2Fa.b%2Fpay%2F0123.45.ab%2F&x=1", "?return_url=https%3A%2F%2Fa.b%2Fpay%2F…%2F&x=1"),
        (f"?next=%2fpayments%2F{UUID}%2F", "?next=%2fpayments%2F…%2F"),
        ("Tradepost-Token: abc", "Tradepost-Token: …"),
        (f"?key=x&q=tp_live_x7Kd02Qm_{'a' * 43} 401", "?key=…&q=tp_live_x7Kd02Qm_… 401"),
        ("{'Authorization': 'Bearer a.b.c', 'Accept': 'x'}", "{'Authorization': 'Bearer …', 'Accept': 'x'}"),
        ("authorization: api-key abc", "authorization: api-key …"),
        (
            '{"refresh_token": "a.b", "access_token": "c", "x": 1}',
            '{"refresh_token": "…", "access_token": "…", "x": 1}',
        ),
        ("Cookie: a=b; __Secure-tradepost-refresh=a.b; c=d", "Cookie: a=b; __Secure-tradepost-refresh=…; c=d"),
        ("/products/mug/?page=2", "/products/mug/?page=2"),
    ],
)
def test_a_line_without_secrets(line: str, logged: str) -> None:
    """Words that are no secret stay."""
    assert without_secrets(line) == logged


@pytest.mark.parametrize("args", [("/pay/a.b/", 404), ({"path": "/pay/a.b/", "status": 404},)])
def test_a_record_is_cleaned_with_its_arguments(args: tuple[object, ...]) -> None:
    """As Django's loggers give them; numbers stay numbers."""
    text = "%(path)s %(status)d" if isinstance(args[0], dict) else "%s %d"
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, text, args, None)

    assert HideSecrets().filter(record) is True
    assert record.getMessage() == "/pay/…/ 404"
