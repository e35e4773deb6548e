"""A setting that names something of ours by an old path is answered with the new one."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.utils.module_loading import import_string

from tradepost.core.extending import moved_paths
from tradepost.core.extending.moved_paths import moved_to


@pytest.mark.django_db
def test_an_old_path_is_told_with_the_new_one(settings: Any) -> None:
    """With the line to write."""
    settings.TRADEPOST_PRICING = {"PRICER": {"BACKEND": "tradepost.pricing.backends.ListPricer"}}

    [message] = [m for m in run_checks() if "PRICER" in m.msg]

    assert message.hint == 'It has moved: write "tradepost.pricing.prices.list_pricer.ListPricer".'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tradepost.core.dispatchers.CeleryDispatcher", "tradepost.core.events.dispatchers.CeleryDispatcher"),
        ("tradepost.promotions.choices.HighestPriority", "tradepost.promotions.lane_choices.HighestPriority"),
        ("tradepost.payments.ports.Gateway", "tradepost.payments.interface.Gateway"),
        ("tradepost.pricing.rates.FixedRates", "tradepost.pricing.exchange.sources.FixedRates"),
    ],
)
def test_the_new_path_is_there(old: str, new: str) -> None:
    """It can be imported."""
    assert moved_to(old) == new
    assert import_string(new)


def test_no_old_path_has_come_back() -> None:
    """A module that stands under an old name again would never be named."""
    root = Path(moved_paths.__file__).parents[3]
    old = [
        node.value
        for node in ast.walk(ast.parse(Path(moved_paths.__file__).read_text()))
        if isinstance(node, ast.Constant)
    ]
    modules = [name for name in old if isinstance(name, str) and name in moved_paths._MOVED]

    assert len(modules) >= 10
    assert [name for name in modules if (root / f"{name.replace('.', '/')}.py").exists()] == []


def test_what_never_moved_has_no_new_path() -> None:
    """Empty, so that the usual help is given."""
    assert moved_to("myshop.pricing.OwnPricer") == ""
