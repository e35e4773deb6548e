"""Taxes, worked out: every function is one example."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tradepost.pricing.document import ChargeRow, Document, Item, LineRow
from tradepost.pricing.tax.calculation import (
    Rate,
    TaxRules,
    tax,
)

VAT_19 = {"standard": (Rate("VAT 19 %", Decimal("0.19")),)}
VAT_7 = {"reduced": (Rate("VAT 7 %", Decimal("0.07")),)}
TVA_20 = {"standard": (Rate("TVA 20 %", Decimal("0.20")),)}


def taxed(*lines: LineRow, includes_tax: bool = True, **rules: Any) -> Document:
    """A document of lines, taxed by rules."""
    document = Document(
        currency="EUR", prices_include_tax=includes_tax, lines=list(lines)
    )
    tax(document, TaxRules(**{"here": VAT_19, "home": VAT_19, **rules}))
    return document


def line(
    key: str, amount: str, quantity: int = 1, tax_class: str = "standard"
) -> LineRow:
    """So many units that come to an amount."""
    item = Item(key=key, variant_id=1, product_id=1, quantity=quantity)
    return LineRow(key=key, tax_class=tax_class, item=item, gross=Decimal(amount))


def sums(document: Document) -> tuple[str, str, str]:
    """Net, tax and total of all rows."""
    net = sum(row.net for row in document.rows)
    paid = sum(row.tax for row in document.rows)
    return str(net), str(paid), str(net + paid)


def included() -> None:
    """The price stays, the net amount is rounded, the tax is the rest."""
    assert sums(taxed(line("mug", "12.00"))) == ("10.08", "1.92", "12.00")


def added() -> None:
    """The tax is rounded and put on top."""
    document = taxed(line("mug", "12.00"), includes_tax=False)
    assert sums(document) == ("12.00", "2.28", "14.28")


def compound() -> None:
    """5 % of the net amount, and 10 % of that and the 5 %: 15.5 % in all."""
    rates = {
        "standard": (
            Rate("GST", Decimal("0.05")),
            Rate("PST", Decimal("0.10"), compound=True),
        )
    }
    document = taxed(line("mug", "100.00"), includes_tax=False, here=rates, home=rates)
    assert sums(document) == ("100.00", "15.50", "115.50")
    assert [(row.name, row.base, row.amount) for row in document.lines[0].taxes] == [
        ("GST", Decimal("100.00"), Decimal("5.00")),
        ("PST", Decimal("105.00"), Decimal("10.50")),
    ]


def three_roundings() -> None:
    """Four cups at 2.50 net and 23 %, on one line or on four."""
    rates = {"standard": (Rate("VAT 23 %", Decimal("0.23")),)}
    at = {"here": rates, "home": rates, "includes_tax": False}

    cups = line("cups", "10.00", 4)
    assert sums(taxed(cups, rounding="unit", **at))[1] == "2.32"  # 4 × 0.58
    assert sums(taxed(cups, rounding="line", **at))[1] == "2.30"

    four = [line(key, "2.50") for key in "abcd"]
    assert sums(taxed(*four, rounding="line", **at))[1] == "2.32"  # 4 × 0.58
    assert sums(taxed(*four, rounding="order", **at))[1] == "2.30"
    assert [str(cup.tax) for cup in four] == ["0.58", "0.58", "0.57", "0.57"]


def abroad() -> None:
    """119.00 with the home tax of 19 % in it, sent elsewhere."""
    mug = line("mug", "119.00")

    keeps_gross = taxed(mug, here=TVA_20)
    assert sums(keeps_gross) == ("99.17", "19.83", "119.00")
    keeps_net = taxed(mug, here=TVA_20, keep_net=True)
    assert sums(keeps_net) == ("100.00", "20.00", "120.00")


def untaxed() -> None:
    """Export, reverse charge, an exempt buyer: the home tax comes out."""
    for reason in ("export", "reverse_charge", "exempt"):
        document = taxed(line("mug", "119.00"), untaxed=reason)
        assert sums(document) == ("100.00", "0", "100.00")
        [row] = document.lines[0].taxes
        assert (row.rate, row.base, row.reason) == (0, Decimal("100.00"), reason)


def delivery_in_proportion() -> None:
    """5.00 for the parcel: 3.00 at 19 %, 2.00 at 7 %."""
    document = Document(
        currency="EUR",
        prices_include_tax=True,
        lines=[line("lamp", "60.00"), line("book", "40.00", tax_class="reduced")],
        charges=[
            ChargeRow(
                key="parcel",
                tax_class="",  # as the goods
                kind="shipping",
                code="parcel",
                name="Parcel",
                gross=Decimal("5.00"),
            )
        ],
    )
    tax(document, TaxRules(here=VAT_19 | VAT_7, home=VAT_19 | VAT_7))

    [parcel] = document.charges
    assert [(row.name, str(row.base), str(row.amount)) for row in parcel.taxes] == [
        ("VAT 7 %", "1.87", "0.13"),
        ("VAT 19 %", "2.52", "0.48"),
    ]
    assert (parcel.net, parcel.tax) == (Decimal("4.39"), Decimal("0.61"))


EXAMPLES = [
    included,
    added,
    compound,
    three_roundings,
    abroad,
    untaxed,
    delivery_in_proportion,
]
