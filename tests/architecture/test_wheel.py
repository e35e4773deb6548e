"""The wheel holds what a project needs at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tradepost

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = Path(tradepost.__file__).parent
JUNK = {"__pycache__", ".DS_Store"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files inside a freshly built wheel; without isolation, since the build needs no network then."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    [wheel] = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(names: set[str]) -> None:
    """Templates, static files, locale, migrations and ``py.typed`` are all there."""
    files = [path for path in SRC.rglob("*") if path.is_file() and not JUNK.intersection(path.parts)]
    expected = {f"tradepost/{path.relative_to(SRC).as_posix()}" for path in files}

    assert "tradepost/py.typed" in names
    assert expected - names == set()


@pytest.mark.slow
def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    """Neither tests nor the sandbox nor documents end up in a project's site-packages."""
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tradepost", "django_tradepost"}
