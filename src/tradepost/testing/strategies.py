"""Hypothesis strategies: amounts, addresses, baskets. They need Hypothesis, which a shop doesn't."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import strategies as st

from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Rules,
    Terms,
)
from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.regions import REGIONS
from tradepost.core.addresses.rules import rule_of
from tradepost.core.money import exponent
from tradepost.pricing.document import Item
from tradepost.pricing.ports import Place, PriceQuote

__all__ = ["CURRENCIES", "addresses", "baskets", "countries", "currencies", "money"]

CURRENCIES = ("EUR", "JPY", "KWD")
"""With two decimal places, none and three: what holds for these holds for all."""

_WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöüßéłøñ '’-", min_size=1, max_size=40).filter(
    lambda text: text.strip(" ") != ""
)


def currencies() -> st.SearchStrategy[str]:
    """Codes of currencies that round differently."""
    return st.sampled_from(CURRENCIES)


def countries() -> st.SearchStrategy[str]:
    """ISO 3166-1 alpha-2 codes of some countries that tax and address differently."""
    return st.sampled_from(["DE", "FR", "GB", "US", "JP", "CH", "IN", "ET", "KW", "AU"])


@st.composite
def money(draw: st.DrawFn, currency: str = "EUR", *, least: int = 0, most: int = 100_000) -> Decimal:
    """An amount in major units that fits its currency.

    Args:
        draw: Given by Hypothesis.
        currency: ISO code.
        least: In major units.
        most: Likewise.
    """
    places = exponent(currency)
    units = draw(st.integers(least * 10**places, most * 10**places))
    return Decimal(units).scaleb(-places)


def addresses(*, country: str = "") -> st.SearchStrategy[PostalAddress]:
    """Complete addresses, as they are after they were read: by the rules of their country."""
    return (st.just(country) if country else countries()).flatmap(_addresses_in)


def _addresses_in(country: str) -> st.SearchStrategy[PostalAddress]:
    trimmed = _WORDS.map(lambda text: " ".join(text.split()))
    rule = rule_of(country)
    return st.builds(
        PostalAddress,
        name=trimmed,
        company=st.just("") | trimmed,
        line1=trimmed,
        city=trimmed,
        postcode=st.from_regex(re.compile(rule.postcode or r"[0-9A-Z]{3,8}", re.ASCII), fullmatch=True),
        region=_regions(country) if rule.needs_region else st.just(""),
        country=st.just(country),
    )


def _regions(country: str) -> st.SearchStrategy[str]:
    return (
        st.sampled_from(sorted(REGIONS[country])) if country in REGIONS else _WORDS.map(lambda t: " ".join(t.split()))
    )


@st.composite
def baskets(draw: st.DrawFn, currency: str = "", *, most_lines: int = 6) -> tuple[BasketSnapshot, Rules]:
    """A basket and the prices of what is in it, for :func:`tradepost.basket.calculation.calculate`.

    Other rules are added with :func:`dataclasses.replace`.

    Args:
        draw: Given by Hypothesis.
        currency: ISO code; any of :data:`CURRENCIES` if empty.
        most_lines: At most so many; there may be none.
    """
    currency = currency or draw(currencies())
    items, prices = [], {}
    for number in range(1, draw(st.integers(0, most_lines)) + 1):
        item = Item(
            key=f"line-{number}",
            variant_id=number,
            product_id=number,
            sku=f"SKU-{number}",
            quantity=draw(st.integers(1, 12)),
            weight=draw(st.integers(0, 5000)),
            kind=draw(st.sampled_from(["physical", "physical", "digital"])),
        )
        items.append(item)
        amount = draw(st.decimals(0, 5000, places=4))
        prices[item.key] = PriceQuote(key=item.key, amount=amount, source="list")
    terms = Terms(destination=Place(draw(countries())))
    snapshot = BasketSnapshot(
        currency=currency, prices_include_tax=draw(st.booleans()), items=tuple(items), terms=terms
    )
    return snapshot, Rules(prices=prices)
