"""The API tried by its schema alone, by schemathesis: whatever is sent, each answer is one that the schema has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import STAFF
from .environments import HERE, python_tools, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]

WHOLE = os.environ.get("TRADEPOST_FUZZ") == "whole"


def fuzz(server: str, schema: Path, *options: str) -> None:
    """Run all checks.

    Raises:
        AssertionError: With what was found, and the call that shows it.
    """
    folder = HERE / "fuzz"
    tools = python_tools(folder / "requirements.txt")
    api = server.removesuffix("/api/v1/")
    base = (tools / "schemathesis", "--config-file", folder / "schemathesis.toml", "run", schema, "--url", api)
    run(
        *base,
        "--checks",
        "all",
        "--seed",
        "1",
        "--generation-database",
        "none",
        *options,
        cwd=schema.parent,
        seconds=7200,
    )


def test_a_visitor(server: str, schema_file: Path) -> None:
    """Public calls, with a few examples; by ``make fuzz`` every call, with many."""
    some = ("--include-tag", "products", "--include-tag", "categories", "--include-tag", "baskets", "-n", "3")
    fuzz(server, schema_file, *(("-n", "30") if WHOLE else (*some, "--phases", "examples,fuzzing")))


@pytest.mark.skipif(not WHOLE, reason="make fuzz")
@pytest.mark.parametrize("name", ["customer", *STAFF])
def test_who_is_signed_in(server: str, schema_file: Path, token_of: Callable[[str], str], name: str) -> None:
    """Every call, by a customer and by each department."""
    fuzz(server, schema_file, "-H", f"Authorization: Bearer {token_of(name)}", "-n", "10")
