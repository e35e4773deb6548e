"""A bar where somebody watches, nothing elsewhere."""

from __future__ import annotations

from io import StringIO

from django.core.management.base import OutputWrapper

from tradepost.console.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_draws_on_a_terminal_and_cleans_up() -> None:
    """The bar is on one line and gone at the end."""
    out = Terminal()
    progress = Progress(OutputWrapper(out), total=10)

    assert list(progress.over(["12345"])) == ["12345"]
    assert out.getvalue() == "\r" + "█" * 15 + "░" * 15 + "  50%"
    progress.close()
    assert out.getvalue().endswith("\r" + " " * 35 + "\r")


def test_is_silent_elsewhere() -> None:
    """In a pipe or a log nothing is written."""
    out = StringIO()
    progress = Progress(OutputWrapper(out), total=10)
    progress.add(5)
    progress.close()

    assert out.getvalue() == ""
