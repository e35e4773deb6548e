"""The two derived axes, as tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradepost.orders.states import Sums, Units, fulfilment_status, payment_status


@pytest.mark.parametrize(
    ("captured", "refunded", "charged_back", "authorised", "is_open", "total", "credited", "due", "expected"),
    [
        (0, 0, 0, 0, 0, 100, 0, 100, "unpaid"),
        (0, 0, 0, 0, 1, 100, 0, 100, "pending"),
        (0, 0, 0, 40, 1, 100, 0, 100, "partly_paid"),
        (0, 0, 0, 100, 0, 100, 0, 100, "authorised"),
        (60, 0, 0, 40, 0, 100, 0, 100, "authorised"),
        (60, 0, 0, 0, 0, 100, 0, 100, "partly_paid"),
        (100, 0, 0, 0, 0, 100, 0, 100, "paid"),
        (120, 0, 0, 0, 0, 100, 0, 100, "overpaid"),
        (120, 20, 0, 0, 0, 100, 0, 100, "paid"),  # an overpayment was given back
        (100, 0, 0, 0, 0, 100, 30, 70, "overpaid"),  # credited, not refunded yet
        (100, 30, 0, 0, 0, 100, 30, 70, "partly_refunded"),
        (70, 0, 0, 0, 0, 100, 30, 70, "paid"),  # credited before it was paid
        (100, 30, 0, 0, 0, 100, 0, 100, "partly_paid"),  # refunded more than was credited
        (100, 100, 0, 0, 0, 100, 100, 0, "refunded"),
        (100, 0, 0, 0, 0, 100, 100, 0, "overpaid"),  # cancelled, not refunded yet
        (100, 0, 0, 0, 0, 100, 0, 0, "overpaid"),  # expired, paid late
        (0, 0, 0, 0, 0, 100, 100, 0, "unpaid"),  # cancelled, never paid
        (0, 0, 0, 50, 0, 100, 100, 0, "authorised"),  # cancelled, not voided yet
        (0, 0, 0, 0, 0, 0, 0, 0, "paid"),
        (100, 0, 100, 0, 0, 100, 0, 100, "charged_back"),
        (100, 0, 40, 0, 0, 100, 0, 100, "charged_back"),
        (200, 0, 100, 0, 0, 100, 0, 100, "paid"),  # paid again after a chargeback
        (100, 0, 100, 0, 0, 100, 100, 0, "charged_back"),  # a chargeback of a cancelled order
    ],
)
def test_payment_status_follows_from_the_sums(
    captured: int,
    refunded: int,
    charged_back: int,
    authorised: int,
    is_open: int,
    total: int,
    credited: int,
    due: int,
    expected: str,
) -> None:
    """The first rule that matches."""
    sums = Sums(
        captured=Decimal(captured),
        refunded=Decimal(refunded),
        charged_back=Decimal(charged_back),
        authorised=Decimal(authorised),
        open=is_open,
    )

    result = payment_status(sums, total=Decimal(total), credited=Decimal(credited), due=Decimal(due))

    assert result == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "unfulfilled"),
        ([(2, 0, 0, 0), (3, 0, 0, 0)], "unfulfilled"),
        ([(0, 0, 0, 0)], "unfulfilled"),  # all was cancelled
        ([(2, 2, 0, 0), (3, 0, 0, 0)], "partly_shipped"),
        ([(2, 2, 0, 0), (3, 3, 0, 0)], "shipped"),
        ([(4, 4, 0, 0)], "shipped"),  # 5 were ordered and 1 cancelled
        ([(2, 2, 1, 0), (3, 3, 0, 0)], "partly_delivered"),
        ([(2, 2, 2, 0), (3, 0, 0, 0)], "partly_delivered"),
        ([(2, 2, 2, 0), (3, 3, 3, 0)], "delivered"),
        ([(2, 2, 2, 1)], "partly_returned"),
        ([(2, 1, 1, 1)], "partly_returned"),  # one is back, another was never sent
        ([(2, 2, 2, 2)], "returned"),
    ],
)
def test_fulfilment_status_follows_from_the_units(lines: list[tuple[int, int, int, int]], expected: str) -> None:
    """Units not cancelled, shipped, delivered, back."""
    assert fulfilment_status(Units(*line) for line in lines) == expected
