"""Taxes, to the cent."""

from __future__ import annotations

from functools import partial

import pytest

from tests.basket.calculations import ALL, d, line, promotion, total, vat
from tradepost.basket.totals.snapshots import Fee, Terms
from tradepost.pricing.tax.calculation import (
    Rate,
    TaxRules,
    tax,
)
from tradepost.promotions.rules import AmountOff
from tradepost.shipping.ports import Parcel, Quote


def amounts(totals: object) -> tuple[object, object, object]:
    """Net, tax and total."""
    return totals.goods_net, totals.tax, totals.total  # type: ignore[attr-defined]


@pytest.mark.parametrize(("rounding", "net", "vat_"), [("line", "420.15", "79.85"), ("order", "420.17", "79.83")])
def test_gross_never_moves_on_an_inclusive_list(rounding: str, net: str, vat_: str) -> None:
    """Five lines of 100.00 with 19 % included."""
    totals = total(*[line("100.00")] * 5, taxer=vat(rounding))

    assert amounts(totals) == (d(net), d(vat_), d("500.00"))
    assert [row.total for row in totals.lines] == [d("100.00")] * 5
    assert totals.tax_rounding == rounding


@pytest.mark.parametrize(
    ("lines", "rounding", "expected"),
    [
        ([line("2.50")] * 4, "line", "2.32"),
        ([line("2.50")] * 4, "order", "2.30"),
        ([line("2.50", 4)], "unit", "2.32"),
        ([line("2.50", 4)], "line", "2.30"),
        ([line("0.01", 100)], "line", "0.20"),
        ([line("0.01", 100)], "unit", "0.00"),
    ],
)
def test_net_prices_are_rounded_where_the_shop_says(lines: list, rounding: str, expected: str) -> None:
    """By unit, line or order; the totals record which."""
    rate = "0.2" if lines[0][0] == d("0.01") else "0.23"
    totals = total(*lines, net=True, taxer=vat(rounding, standard=rate))

    assert totals.tax == d(expected)
    assert totals.total == totals.goods_net + d(expected)
    assert totals.tax_rounding == rounding


@pytest.mark.parametrize(("price", "net"), [("100.00", True), ("123.00", False)])
def test_both_bases_say_the_same(price: str, net: bool) -> None:
    """100.00 net at 23 % is 123.00 gross."""
    totals = total(line(price), net=net, taxer=vat(standard="0.23"))

    assert amounts(totals) == (d("100.00"), d("23.00"), d("123.00"))


def test_net_is_rounded_and_tax_is_the_rest() -> None:
    """Five lines of 4.80 gross, 20 % included, 2.25 off each."""
    off = promotion(AmountOff("lines", ALL, d("2.25"), "EUR"))

    totals = total(*[line("4.80")] * 5, promotions=[off], taxer=vat(standard="0.2"))

    assert amounts(totals) == (d("10.65"), d("2.10"), d("12.75"))


def test_the_tax_of_a_discounted_line() -> None:
    """3 × 10.00 less 1.00 with 19 % included is 24.37 and 4.63."""
    off = promotion(AmountOff("lines", ALL, d("1.00"), "EUR"))

    totals = total(line("10.00", 3), promotions=[off], taxer=vat())

    assert amounts(totals) == (d("24.37"), d("4.63"), d("29.00"))
    [row] = totals.lines[0].taxes
    assert (row.rate, row.base, row.amount, row.reason) == (d("0.19"), d("24.37"), d("4.63"), "")


def post(amount: str, tax_class: str) -> dict:
    """A way to deliver, chosen."""

    def quotes(parcel: Parcel) -> list[Quote]:
        return [Quote(code="post", name="Post", amount=d(amount), tax_class=tax_class)]

    return {"shipping": quotes, "terms": Terms(shipping_methods={"": "post"})}


@pytest.mark.parametrize("rounding", ["line", "order", "unit"])
def test_shipping_is_taxed_in_proportion_to_the_goods(rounding: str) -> None:
    """60.00 at 19 % and 40.00 at 7 %: of 5.00, 3.00 and 2.00."""
    taxer = vat(rounding, standard="0.19", reduced="0.07")

    totals = total(line("60.00"), line("40.00", tax_class="reduced"), taxer=taxer, **post("5.00", ""))

    [charge] = totals.charges
    assert sorted((row.rate, row.base, row.amount) for row in charge.taxes) == [
        (d("0.07"), d("1.87"), d("0.13")),
        (d("0.19"), d("2.52"), d("0.48")),
    ]
    assert (charge.net, charge.tax, charge.total) == (d("4.39"), d("0.61"), d("5.00"))
    assert totals.total == d("105.00")


def test_shipping_of_goods_that_cost_nothing_is_taxed_by_what_they_are_worth() -> None:
    """All goods are given away; there is still a proportion."""
    free = promotion(AmountOff("order", ALL, d("500.00"), "EUR"))
    taxer = vat(standard="0.19", reduced="0.07")

    totals = total(
        line("60.00"), line("40.00", tax_class="reduced"), promotions=[free], taxer=taxer, **post("5.00", "")
    )

    assert (totals.goods_total, totals.charges_tax, totals.total) == (d("0.00"), d("0.61"), d("5.00"))


def test_free_shipping_has_a_tax_row_all_the_same() -> None:
    """In proportion, of nothing."""
    taxer = vat(standard="0.19", reduced="0.07")

    totals = total(line("60.00"), line("40.00", tax_class="reduced"), taxer=taxer, **post("0.00", ""))

    assert [(row.base, row.amount) for row in totals.charges[0].taxes] == [(d("0.00"), d("0.00"))]


def test_more_off_than_there_is_leaves_the_shipping() -> None:
    """Goods 0.00, the total is what delivery costs."""
    totals = total(
        line("20.00"),
        promotions=[promotion(AmountOff("order", ALL, d("500.00"), "EUR"))],
        taxer=vat(),
        **post("4.90", "standard"),
    )

    assert (totals.goods_total, totals.charges_total, totals.total) == (d("0.00"), d("4.90"), d("4.90"))


HOME = {"standard": (Rate("VAT 19 %", d("0.19")),)}
ABROAD = {"standard": (Rate("TVA 20 %", d("0.20")),)}


@pytest.mark.parametrize("rounding", ["line", "order", "unit"])
@pytest.mark.parametrize(
    ("rules", "expected", "reason"),
    [
        ({"here": {}, "untaxed": "export"}, ("100.00", "0.00", "100.00"), "export"),
        ({"here": HOME, "untaxed": "exempt"}, ("100.00", "0.00", "100.00"), "exempt"),
        ({"here": ABROAD, "untaxed": "reverse_charge"}, ("100.00", "0.00", "100.00"), "reverse_charge"),
        ({"here": ABROAD}, ("99.17", "19.83", "119.00"), ""),
        ({"here": ABROAD, "keep_net": True}, ("100.00", "20.00", "120.00"), ""),
        ({"here": HOME, "keep_net": True}, ("100.00", "19.00", "119.00"), ""),
    ],
)
def test_sent_abroad(rules: dict, expected: tuple[str, str, str], reason: str, rounding: str) -> None:
    """119.00 with 19 % included: the home tax is taken out, or gross or net stays."""
    totals = total(line("119.00"), taxer=partial(tax, rules=TaxRules(home=HOME, rounding=rounding, **rules)))

    assert amounts(totals) == tuple(map(d, expected))
    assert [row.reason for row in totals.lines[0].taxes] == [reason]


def test_at_home_the_gross_amount_stays() -> None:
    """1.03 with 19 % included is 0.87 and 0.16, though 19 % of 0.87 are 0.17: nothing is taken out to be put on again."""
    rules = TaxRules(here=HOME, home=HOME, keep_net=True)

    totals = total(line("1.03"), taxer=partial(tax, rules=rules))

    assert amounts(totals) == (d("0.87"), d("0.16"), d("1.03"))


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("export", "The tax in the price isn't due here (export): €100.00 is left."),
        ("exempt", "The tax in the price isn't due here (the buyer is exempt): €100.00 is left."),
        (
            "reverse_charge",
            "The tax in the price isn't due here (the buyer owes it: reverse charge): €100.00 is left.",
        ),
    ],
)
def test_the_trail_says_why_there_is_no_tax(reason: str, why: str) -> None:
    """As people say it."""
    rules = TaxRules(home=HOME, here={}, untaxed=reason)

    totals = total(line("119.00"), taxer=partial(tax, rules=rules))

    assert [entry.why for entry in totals.trail if entry.stage == "taxes"] == [why]


def test_net_prices_abroad_are_just_not_taxed() -> None:
    """There is nothing to take out of them."""
    rules = TaxRules(here={}, home=HOME, untaxed="export")

    assert amounts(total(line("100.00"), net=True, taxer=partial(tax, rules=rules))) == (d("100"), d("0"), d("100"))


@pytest.mark.parametrize(("net", "price", "whole"), [(True, "100.00", "115.50"), (False, "115.50", "115.50")])
def test_a_compound_tax_is_on_the_amount_with_the_others(net: bool, price: str, whole: str) -> None:
    """5 %, and 10 % on top of that: 5.00 and 10.50 of 100.00."""
    rates = {"standard": (Rate("GST", d("0.05")), Rate("PST", d("0.10"), compound=True))}
    rules = TaxRules(here=rates, home=rates)

    totals = total(line(price), net=net, taxer=partial(tax, rules=rules))

    assert amounts(totals) == (d("100.00"), d("15.50"), d(whole))
    assert [(row.base, row.amount) for row in totals.lines[0].taxes] == [
        (d("100.00"), d("5.00")),
        (d("105.00"), d("10.50")),
    ]


def test_a_class_without_a_rate_is_taxed_at_zero_and_says_so() -> None:
    """A row is written for 0 %, too."""
    totals = total(line("10.00", tax_class="books"), taxer=vat())

    [row] = totals.lines[0].taxes
    assert (row.rate, row.base, row.amount, row.reason) == (d("0"), d("10.00"), d("0"), "zero")


def test_a_shop_that_knows_no_tax_writes_no_rows() -> None:
    """Net is the total."""
    totals = total(line("10.00"), taxer=partial(tax, rules=TaxRules(here={}, home={})))

    assert amounts(totals) == (d("10.00"), d("0"), d("10.00"))
    assert totals.lines[0].taxes == []


def test_a_list_price_may_have_four_decimals() -> None:
    """0.0125 × 1,000 is 12.50."""
    totals = total(line("0.0125", 1000))

    assert (totals.lines[0].unit_price, totals.total) == (d("0.0125"), d("12.50"))


@pytest.mark.parametrize(("currency", "price", "expected"), [("JPY", "99.5", "100"), ("KWD", "1.2345", "1.235")])
def test_lines_are_rounded_to_their_currency(currency: str, price: str, expected: str) -> None:
    """No decimals in yen, three in dinars."""
    totals = total(line(price), currency=currency, taxer=vat())

    assert totals.total == d(expected)
    assert totals.goods_net + totals.tax == d(expected)


def test_a_way_to_pay_may_cost_a_fee() -> None:
    """In the document's currency only."""
    fees = {"cod": Fee(code="cod", name="Cash on delivery", amount=d("3"), currency="EUR")}
    terms = Terms(payment_method="cod")

    totals = total(line("10.00"), terms=terms, fees=fees, taxer=vat())
    abroad = total(line("10.00"), terms=terms, fees=fees, taxer=vat(), currency="USD")

    [charge] = totals.charges
    assert (charge.kind, charge.code, charge.total, charge.tax) == ("payment_fee", "cod", d("3.00"), d("0.48"))
    assert totals.total == d("13.00")
    assert abroad.charges == ()
    assert [(entry.rule, entry.code) for entry in abroad.trail if not entry.applied] == [("cod", "wrong_currency")]


def test_a_delivery_that_is_not_on_offer_is_an_error() -> None:
    """It is not silently left out."""

    def quotes(parcel: Parcel) -> list[Quote]:
        return [Quote(code="post", name="Post", reason="Too heavy.")]

    totals = total(line("10.00"), shipping=quotes, terms=Terms(shipping_methods={"": "post"}))

    assert totals.errors == ({"code": "shipping_unavailable", "group": "", "method": "post", "message": "Too heavy."},)
    assert totals.charges == ()
