"""A deprecated name warns in time, and is gone in time."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path

import pytest

import tradepost
from tradepost.core.errors import Misused
from tradepost.core.extending import deprecation
from tradepost.core.extending.deprecation import TradepostDeprecationWarning, deprecated_since


@pytest.fixture
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget after a test the names that it marks as deprecated."""
    monkeypatch.setattr(deprecation, "_known", [])


@pytest.mark.usefixtures("_forgotten")
def test_a_function_warns_its_caller() -> None:
    """It does its work, and the warning names the replacement and points at the line that calls."""

    @deprecated_since("0.2", removal="0.4", use="tradepost.new")
    def old(number: int) -> int:
        return number + 1

    with pytest.warns(
        TradepostDeprecationWarning, match=r"old is deprecated since 0\.2 .* 0\.4; use tradepost\.new"
    ) as reported:
        assert old(1) == 2
    assert reported[0].filename == __file__
    assert old.__name__ == "old"


@pytest.mark.usefixtures("_forgotten")
def test_a_class_and_its_subclasses_warn() -> None:
    """When an instance is made, not when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @deprecated_since("1.8", removal="2.0", use="tradepost.New")
        class Old:
            def __init__(self, number: int) -> None:
                self.number = number

        class Mine(Old):
            pass

    with pytest.warns(TradepostDeprecationWarning):
        assert Mine(3).number == 3
    assert isinstance(Old, type)


def test_nothing_goes_away_too_early() -> None:
    """Two minor releases have it still."""
    with pytest.raises(Misused, match=r"until 0\.4"):
        deprecated_since("0.2", removal="0.3", use="tradepost.new")


@pytest.mark.usefixtures("_forgotten")
def test_what_is_due_is_found() -> None:
    """From the release on that it named."""

    @deprecated_since("0.2", removal="0.4", use="tradepost.new")
    def old() -> None: ...

    assert [len(deprecation.overdue(version)) for version in ("0.3.9", "0.4.0", "1.0.0")] == [0, 1, 1]
    assert [result.use for result in deprecation.deprecations()] == ["tradepost.new"]


def test_this_release_has_nothing_that_is_due() -> None:
    """Whatever is marked in the library goes in the release that it named, or this fails."""
    source = Path(tradepost.__file__).parent
    for path in source.rglob("*.py"):
        if "@deprecated_since(" in path.read_text(encoding="utf-8") and path.name != "deprecation.py":
            import_module(".".join(["tradepost", *path.relative_to(source).with_suffix("").parts]))

    assert deprecation.overdue(tradepost.__version__) == []
