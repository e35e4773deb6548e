"""The actions that a basket's states allow are declared with them, and asked everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tradepost
from tradepost.basket.base import BasketAllows
from tradepost.basket.models import Basket
from tradepost.core.fsm import states_that

SRC = Path(tradepost.__file__).parent


@pytest.mark.parametrize(
    ("state", "allows"),
    [
        ("open", BasketAllows(is_open=True)),
        ("submitted", BasketAllows(is_submitted=True)),
        ("closed", BasketAllows()),
        ("merged", BasketAllows(is_merged=True)),
        ("a state of a project's own that says nothing", BasketAllows()),
    ],
)
def test_each_state_says_what_it_allows(state: str, allows: BasketAllows) -> None:
    """One that says nothing allows nothing."""
    assert Basket(status=state).allows == allows


def test_queries_ask_for_states_by_what_they_allow() -> None:
    """So that one of a project's own is found, too."""
    assert states_that(Basket, "is_open") == ["open"]
    assert states_that(Basket, "is_submitted") == ["submitted"]
    assert "IN (open)" in str(Basket.objects.open().query)


def test_nobody_compares_the_states_of_baskets() -> None:
    """But for the declarations and transitions themselves."""
    compared = re.compile(
        r"(?:[Bb]asket|found|newer|other|fresh|source)\.(?:Status\.|status *(?:==|!=|in\b|not in\b))|\bStatus\.MERGED"
    )
    lines = [
        f"{path.relative_to(SRC)}:{number}"
        for folder in ("basket", "checkout", "storefront", "api")
        for path in sorted((SRC / folder).rglob("*.py"))
        if path != SRC / "basket" / "base.py" and "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if compared.search(line)
    ]
    assert lines == []
