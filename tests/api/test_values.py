"""Money and errors, as JSON."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions, serializers

from tradepost.api.errors import exception_handler
from tradepost.api.money import MoneyField, written
from tradepost.api.routers import Router
from tradepost.core.errors import Conflict, Misused
from tradepost.payments.interface import Price


@pytest.mark.parametrize(
    ("amount", "currency", "exact", "expected"),
    [
        ("12.5", "EUR", False, "12.50"),
        ("12.5000", "EUR", True, "12.50"),
        ("0.0125", "EUR", True, "0.0125"),
        ("0.0150", "EUR", True, "0.015"),
        ("0.0125", "EUR", False, "0.01"),
        ("1234.0000", "JPY", False, "1234"),
        ("1.5", "KWD", False, "1.500"),
        ("-3", "EUR", False, "-3.00"),
        ("1E+3", "EUR", True, "1000.00"),
    ],
)
def test_money_is_written_to_the_smallest_unit(amount: str, currency: str, exact: bool, expected: str) -> None:
    """Or exactly, where unit prices are finer."""
    assert written(Decimal(amount), currency, exact=exact) == {"amount": expected, "currency": currency}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"amount": "1.001", "currency": "EUR"}, "places"),
        ({"amount": "1.5", "currency": "JPY"}, "places"),
        ({"amount": "1", "currency": "eur"}, "currency"),
        ({"amount": 1.5, "currency": "EUR"}, "invalid"),
        ({"amount": True, "currency": "EUR"}, "invalid"),
        ({"amount": "Infinity", "currency": "EUR"}, "invalid"),
        ({"amount": "1e20", "currency": "EUR"}, "invalid"),
        ({"amount": "1e-400", "currency": "EUR"}, "invalid"),
        ({"amount": "1,50", "currency": "EUR"}, "invalid"),
        ({"amount": "1__0", "currency": "EUR"}, "invalid"),
        ({"amount": "١٢", "currency": "EUR"}, "invalid"),
        ({"amount": " 1 ", "currency": "EUR"}, "invalid"),
        ({"amount": "1e1", "currency": "EUR"}, "invalid"),
        ({"amount": "NaN", "currency": "EUR"}, "invalid"),
        ({"amount": "1", "currency": "HRK"}, "currency"),
        ({"amount": "1"}, "invalid"),
        ("1.50 EUR", "invalid"),
    ],
)
def test_money_that_is_none_is_refused(data: Any, code: str) -> None:
    """No float, no rounding."""
    with pytest.raises(serializers.ValidationError) as refusal:
        MoneyField().run_validation(data)

    assert refusal.value.get_codes() == [code]


def test_money_is_read_exactly() -> None:
    """As text, or a whole number."""
    assert MoneyField().run_validation({"amount": "1.5", "currency": "EUR"}) == Price(Decimal("1.50"), "EUR")
    assert MoneyField().run_validation({"amount": 3, "currency": "JPY"}) == Price(Decimal(3), "JPY")


def test_the_currency_is_found_beside_the_amount() -> None:
    """On the object, by a path, or in the context; what is money already has its own."""

    class Row(serializers.Serializer[Any]):
        own = MoneyField()
        path = MoneyField(currency="order.currency")
        whole = MoneyField()
        absent = MoneyField(currency="nowhere")

    order = SimpleNamespace(currency="JPY")
    instance = Decimal(1)
    row = SimpleNamespace(
        own=instance, currency="EUR", path=instance, order=order, whole=Price(instance, "KWD"), absent=instance
    )

    shown = Row(row, context={"currency": "USD"}).data

    assert [shown[name]["currency"] for name in ("own", "path", "whole", "absent")] == ["EUR", "JPY", "KWD", "USD"]


class Refused(Conflict):
    """With every kind of fact."""

    code = "refused"


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [
        (Http404(), 404, [("not_found", None)]),
        (PermissionDenied(), 403, [("permission_denied", None)]),
        (ValidationError({"name": ["Too short."]}), 400, [("invalid", "name")]),
        (ValidationError("No."), 400, [("invalid", None)]),
        (exceptions.MethodNotAllowed("GET"), 405, [("method_not_allowed", None)]),
        (
            exceptions.ValidationError({"lines": [{}, {"quantity": ["Too few."]}], "non_field_errors": ["No."]}),
            400,
            [("invalid", "lines.1.quantity"), ("invalid", None)],
        ),
    ],
)
def test_every_refusal_has_one_form(error: Exception, status: int, expected: list[tuple[str, str | None]]) -> None:
    """Django's and REST framework's, too."""
    answer = exception_handler(error, {})

    assert answer is not None
    assert answer.status_code == status
    assert [(entry["code"], entry["attr"]) for entry in answer.data["errors"]] == expected


def test_facts_are_plain() -> None:
    """Whatever a service puts into them can be sent."""
    facts = {"price": Price(Decimal("1.5"), "EUR"), "rate": Decimal("0.1"), "of": {1: (True, None)}, "left": {3}}

    answer = exception_handler(Refused("No.", **facts), {})

    assert answer is not None
    assert answer.data == {
        "type": "conflict",
        "errors": [{"code": "refused", "detail": "No.", "attr": None}],
        "context": {
            "price": {"amount": "1.50", "currency": "EUR"},
            "rate": "0.1",
            "of": {"1": [True, None]},
            "left": [3],
        },
    }


@pytest.mark.parametrize("error", [Misused("Wrong."), RuntimeError("Oh.")])
def test_our_own_failures_are_not_dressed_up(error: Exception) -> None:
    """They are raised again, to be logged and mended."""
    assert exception_handler(error, {}) is None


def test_no_view_runs_inside_a_requests_transaction() -> None:
    """Whatever ``ATOMIC_REQUESTS`` says: a provider is never called while locks are held."""
    views: list[Any] = [pattern.callback for pattern in Router().urls if pattern.name != "schema"]
    marker = transaction.non_atomic_requests(lambda: None)

    assert views
    assert all(view._non_atomic_requests == marker._non_atomic_requests for view in views)  # type: ignore[attr-defined]
