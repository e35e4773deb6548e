"""The wheel holds what a project needs at run time, and its description what a reader can follow."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import tradepost

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = Path(tradepost.__file__).parent
JUNK = {"__pycache__", ".DS_Store"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a freshly built wheel and source distribution; without isolation, since the build needs no network then."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    """The wheel."""
    [path] = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def names(wheel: zipfile.ZipFile) -> set[str]:
    """The files inside the wheel."""
    return set(wheel.namelist())


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


@pytest.mark.slow
def test_the_description_has_no_link_that_leads_nowhere(wheel: zipfile.ZipFile, built: Path) -> None:
    """A package index has the README's text alone: no relative link is left, and the files that it names can be had."""
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    message = message_from_bytes(wheel.read(metadata))
    text = str(message.get_payload(decode=True), "utf-8")
    linked = re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}

    assert message["Description-Content-Type"] == "text/markdown"
    assert text.startswith("# Tradepost\n\n`django-tradepost` adds commerce")
    assert re.findall(r"\]\((?!https?:).*?\)", text) == []
    assert "docs/tutorial.md" in linked
    assert [path for path in linked if f"`{path}`" not in text] == []
    assert set(linked) - held == set()
    assert {"LICENSE", "Makefile", "pyproject.toml", "sandbox/run.py"} <= held  # what its first commands need
