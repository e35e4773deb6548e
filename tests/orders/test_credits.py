"""Less is a credit: cumulative by units, to the cent, and never more than there was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradepost.core.actors import Actor, By
from tradepost.core.errors import Invalid
from tradepost.inventory.models import Reservation, StockLevel
from tradepost.orders import services
from tradepost.orders.errors import CreditExceedsDue, OrderNotOpen, TooManyUnits
from tradepost.orders.models import Credit, CreditLine, Order, OrderEvent, OrderLine
from tradepost.orders.services.credit_math import (
    Creditable,
    by_amount,
    by_units,
)
from tradepost.orders.states import Sums
from tradepost.testing import factories

STAFF = By(Actor.STAFF, label="anna")


def rows() -> list[Any]:
    """All that a refusal must leave as it was."""
    models = (Order, OrderLine, OrderEvent, Credit, CreditLine, StockLevel, Reservation)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.django_db
def test_units_cancelled_one_by_one_end_at_exactly_zero() -> None:
    """3×10.00 less 1.00, 19 % included: 9.67 (1.54), 9.66 (1.55), 9.67 (1.54), together 29.00 and 4.63."""
    variant = factories.variant(on_hand=5)
    order = factories.order(factories.line_row("10.00", 3, variant=variant, off="1.00"))
    line = order.lines.get()

    entries = [services.cancel_units(order, {line.pk: 1}, by=STAFF, reason="broken") for _ in range(3)]

    assert [(credit.total, credit.tax) for credit in entries] == [
        (Decimal("9.67"), Decimal("1.54")),
        (Decimal("9.66"), Decimal("1.55")),
        (Decimal("9.67"), Decimal("1.54")),
    ]
    order = Order.objects.get()
    assert (order.credited, order.due, order.lines.get().cancelled_quantity) == (29, 0, 3)
    tax = order.taxes.get()
    assert [part.taxes for part in CreditLine.objects.all()] == [
        {str(tax.pk): "1.54"},
        {str(tax.pk): "1.55"},
        {str(tax.pk): "1.54"},
    ]
    assert list(StockLevel.objects.values_list("on_hand", "reserved")) == [(5, 0)]


@pytest.mark.django_db
def test_cancelled_units_give_back_stock_and_make_a_refund_due() -> None:
    """A paid order of 5 units, 2 cancelled: 3 reserved, 20.00 to refund; the rest shipped is all shipped."""
    variant = factories.variant(on_hand=9)
    order = factories.pay(factories.order(factories.line_row("10.00", 5, variant=variant)))
    line = order.lines.get()
    services.record_fulfilment(order.pk, {line.pk: (3, 0, 0)})

    services.cancel_units(order, {line.pk: 2}, by=STAFF)

    order = Order.objects.get()
    assert (order.payment_status, order.fulfilment_status, order.due) == ("overpaid", "shipped", 30)
    assert StockLevel.objects.get().reserved == 3
    order = services.record_payments(order.pk, Sums(captured=Decimal(50), refunded=Decimal(20)), unknown=0)
    assert order.payment_status == "partly_refunded"


@pytest.mark.django_db
def test_no_more_units_than_are_left_are_cancelled() -> None:
    """1 of 3 is shipped: 3 are refused with the 2 that are left, and nothing is written."""
    order = factories.pay(factories.order(factories.line_row("10.00", 3)))
    line = order.lines.get()
    services.record_fulfilment(order.pk, {line.pk: (1, 0, 0)})
    before = rows()

    with pytest.raises(TooManyUnits) as refused:
        services.cancel_units(order, {line.pk: 3}, by=STAFF)

    assert refused.value.context == {"lines": {str(line.uuid): 2}}
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("units", [{}, {0: 1}, {1: 0}])
def test_units_of_no_line_are_refused(units: dict[int, int]) -> None:
    """None, those of a line that isn't the order's, and less than one."""
    order = factories.order()
    values = {order.lines.get().pk if key else 0: value for key, value in units.items()}
    before = rows()

    with pytest.raises(Invalid):
        services.cancel_units(order, values, by=STAFF)

    assert rows() == before


@pytest.mark.django_db
def test_units_of_an_order_that_is_over_are_not_cancelled() -> None:
    """A cancelled one; and one of which a payment's outcome is unknown."""
    over, unknown = factories.order(), factories.order()
    services.apply(over, "cancel", by=STAFF)
    services.record_payments(unknown.pk, Sums(open=1), unknown=1)
    before = rows()

    for order, reason in ((over, "wrong_state"), (unknown, "payment_in_progress")):
        with pytest.raises(OrderNotOpen) as refused:
            services.cancel_units(order, {order.lines.get().pk: 1}, by=STAFF)
        assert refused.value.context["reason"] == reason

    assert rows() == before


@pytest.mark.django_db
def test_goodwill_is_spread_over_lines_and_charges() -> None:
    """10.00 off 30.00, 10.00 and 5.00: by what is left of each, to the cent, with the tax that is in it."""
    dear, cheap = (factories.variant(sku=sku, on_hand=1) for sku in ("A", "B"))  # lines are credited by their SKU
    lines = factories.line_row("30.00", variant=dear), factories.line_row("10.00", variant=cheap)
    order = factories.order(*lines, shipping="5.00")

    created = services.credit_goodwill(order, Decimal("10.00"), by=STAFF, note="late")

    assert [part.total for part in created.lines.all()] == [Decimal("6.67"), Decimal("2.22"), Decimal("1.11")]
    assert (created.total, created.reason, created.tax) == (
        10,
        "goodwill",
        sum(part.tax for part in created.lines.all()),
    )
    assert created.tax == Decimal("1.60")
    assert Order.objects.get().due == 35


@pytest.mark.django_db
def test_a_price_credit_counts_when_units_follow() -> None:
    """15.00 off a line of 2×10.00, then both units: nothing for the first, 5.00 for the second, 20.00 in all."""
    order = factories.order(factories.line_row("10.00", 2))
    line = order.lines.get()
    services.credit(order, Decimal("15.00"), by=STAFF, reason="price", line_id=line.pk)

    first, second = (services.cancel_units(order, {line.pk: 1}, by=STAFF) for _ in range(2))

    assert (first.total, second.total, Order.objects.get().credited) == (0, 5, 20)
    assert sum(credit.tax for credit in Credit.objects.all()) == line.tax


@pytest.mark.django_db
def test_more_than_is_left_is_not_credited() -> None:
    """Of the order or of a line; nor nothing, nor for a reason nobody knows."""
    order = factories.order(factories.line_row("10.00"), factories.line_row("5.00"))
    line = order.lines.all()[1]
    before = rows()

    with pytest.raises(CreditExceedsDue) as refused:
        services.credit(order, Decimal("15.01"), by=STAFF)
    assert refused.value.context == {"left": "15.00", "currency": "EUR"}
    with pytest.raises(CreditExceedsDue) as refused:
        services.credit(order, Decimal("5.01"), by=STAFF, line_id=line.pk)
    assert refused.value.context == {"left": "5.00", "currency": "EUR"}
    for wrong in ({"amount": Decimal(0)}, {"amount": Decimal("0.001")}, {"amount": Decimal(1), "reason": "whim"}):
        with pytest.raises(Invalid):
            services.credit(order, by=STAFF, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        services.credit(order, Decimal(1), by=STAFF, charge_id=0)

    assert rows() == before


@given(
    total=st.integers(0, 10_000),
    share=st.integers(0, 100),
    quantity=st.integers(1, 7),
    split=st.integers(0, 100),
    data=st.data(),
)
def test_any_sequence_of_credits_ends_at_exactly_zero(
    total: int, share: int, quantity: int, split: int, data: st.DataObject
) -> None:
    """Units and amounts in any order: no share is below zero, and together they are the row, its tax and its taxes."""
    cents = Decimal("0.01")
    tax = total * share // 300
    parts = (tax * split // 100, tax - tax * split // 100)
    row = Creditable(
        total=total * cents,
        tax=tax * cents,
        quantity=quantity,
        currency="EUR",
        taxes=[(1, parts[0] * cents), (2, parts[1] * cents)],
        done_taxes=[Decimal(0), Decimal(0)],
    )
    while row.units < quantity:
        if row.left and data.draw(st.booleans()):
            created = by_amount(row, data.draw(st.integers(1, int(row.left / cents))) * cents)
        else:
            created = by_units(row, data.draw(st.integers(1, quantity - row.units)))
        assert min(created.total, created.tax, created.net, *(part for _, part in created.taxes)) >= 0
        assert sum(part for _, part in created.taxes) == created.tax
        row = Creditable(
            total=row.total,
            tax=row.tax,
            quantity=quantity,
            currency="EUR",
            units=row.units + created.quantity,
            done_total=row.done_total + created.total,
            done_tax=row.done_tax + created.tax,
            taxes=row.taxes,
            done_taxes=[done + part for done, (_, part) in zip(row.done_taxes, created.taxes, strict=True)],
        )

    assert (row.left, row.done_tax, list(row.done_taxes)) == (0, row.tax, [amount for _, amount in row.taxes])


def test_tax_is_never_more_than_what_is_credited() -> None:
    """By a cent, whose tax would round to two; the net isn't below zero."""
    row = Creditable(
        total=Decimal("1.52"),
        tax=Decimal("1.36"),
        quantity=6,
        units=5,
        currency="EUR",
        done_total=Decimal("1.27"),
        done_tax=Decimal("1.13"),
        taxes=[(1, Decimal("1.36"))],
        done_taxes=[Decimal("1.13")],
    )
    created = by_amount(row, Decimal("0.01"))

    assert (created.total, created.tax, created.net, created.taxes) == (
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("0.00"),
        ((1, Decimal("0.01")),),
    )


def test_units_that_an_amount_has_paid_for_take_no_tax() -> None:
    """An earlier credit of an amount covers two units more; a cent of tax that its rounding left isn't taken of nothing."""
    row = Creditable(
        total=Decimal("1.66"),
        tax=Decimal("0.69"),
        quantity=6,
        units=3,
        currency="EUR",
        done_total=Decimal("1.38"),
        done_tax=Decimal("0.57"),
        taxes=[(1, Decimal("0.69"))],
        done_taxes=[Decimal("0.57")],
    )
    created = by_units(row, 2)

    assert (created.quantity, created.total, created.tax) == (2, Decimal("0.00"), Decimal("0.00"))


def test_no_more_than_what_is_left_is_credited_however_many_units_are_named() -> None:
    """More units than were sold are refused before; a row ends at zero even so."""
    row = Creditable(total=Decimal("12.00"), tax=Decimal("2.00"), quantity=2, currency="EUR", units=1,
                     done_total=Decimal("6.00"), done_tax=Decimal("1.00"))  # fmt: skip
    created = by_units(row, 3)

    assert (created.total, created.tax) == (Decimal("6.00"), Decimal("1.00"))
