"""The tutorial's reader misses nothing and notices what is wrong; the tutorial itself is run by ``make tutorial``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.tutorial import Command, blocks, commands, matches

pytestmark = pytest.mark.docs
PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "tutorial.md").read_text()


def test_every_block_of_the_tutorial_is_run_but_the_one_that_asks_for_a_password() -> None:
    """A fence that the reader doesn't know would be skipped silently."""
    fences = re.findall(r"^```\S", PAGE, re.MULTILINE)
    run = [block for block in blocks(PAGE) if block.kind != "page"]

    assert len(fences) - len(run) == 1
    assert re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE) == [
        "$ . venv/bin/activate\n$ python manage.py createsuperuser\n"
    ]
    assert {block.kind for block in blocks(PAGE)} == {"run", "append", "server", "page"}


def test_a_command_comes_with_what_it_prints() -> None:
    """None where the page shows nothing."""
    assert commands("$ one\n$ two\nfirst\nsecond\n") == [Command("one", None), Command("two", "first\nsecond")]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("paid", "paid\n", True),
        ("paid", "unpaid\n", False),
        ("paid", "", False),
        ("…\n  OK\n…", "Applying\n  OK\nmore\n", True),
        ("…\n  OK\n…", "Applying\n  Failed\nmore\n", False),
        ("(a)", "(a)", True),
    ],
)
def test_what_is_printed_is_compared(shown: str, printed: str, same: bool) -> None:
    """To the letter, except for lines that are left out."""
    assert matches(shown, printed) is same
