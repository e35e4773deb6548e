"""The code in the documentation works: settings are accepted, modules can be imported, commands print what the page shows."""

from __future__ import annotations

import os
import re
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.management import call_command, get_commands
from django.test import override_settings
from django.urls import include, path

from tests.docs.tutorial import blocks, commands, matches
from tradepost.core import events

pytestmark = pytest.mark.docs
ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "_build" not in page.parts and page.name != "tutorial.md"]
_PYTHON = re.compile(
    r"^```(?:python|\{code-block\} python)\n(?:(?::\w+:[^\n]*\n)+\n?)?(.*?)^```$", re.DOTALL | re.MULTILINE
)
# Keys of providers that the environment of a test doesn't have.
EXPECTED = {"tradepost.E607"}
EXAMPLES = Path(__file__).parent / "examples"


def _codes() -> list[Any]:
    found = []
    for page in [*PAGES, ROOT / "README.md"]:
        text = page.read_text()
        for match in _PYTHON.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(pytest.param(match[1], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


@pytest.fixture
def _subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers of an example don't outlive it."""
    kept = {event: list(found) for event, found in events._subscriptions.items()}
    monkeypatch.setattr(events, "_subscriptions", type(events._subscriptions)(list, kept))


@pytest.mark.parametrize("code", _codes())
@pytest.mark.usefixtures("_subscriptions")
def test_code_runs_and_its_settings_are_accepted(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of ours finds fault with a setting that a page shows."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    names = {
        "__name__": "__page__",
        "BASE_DIR": ROOT,
        "INSTALLED_APPS": [],
        "TEMPLATES": [{}],
        "include": include,
        "os": os,
        "path": path,
        "tradepost": __import__("tradepost"),
        "urlpatterns": [],
    }
    exec(compile(code, "page", "exec", dont_inherit=True), names)

    wanted = {name: value for name, value in names.items() if name.startswith("TRADEPOST_")}
    with override_settings(**wanted):
        found = [message for message in run_checks(tags=["tradepost"]) if message.id not in EXPECTED]
    assert found == []


def test_pages_hold_no_other_python() -> None:
    """What neither runs here nor is taken from a tested file can't slip in."""
    fences = re.compile(r"^ *(?:```|~~~|:::)\{?(?:code-block\}|code\})? ?(py\w*|pycon)\b", re.MULTILINE)

    for page in PAGES:
        text = page.read_text()
        assert len(fences.findall(text)) == len(_PYTHON.findall(text)), page


def test_commands_of_the_pages_exist() -> None:
    """Each ``manage.py`` command in any page, the tutorial included."""
    known = get_commands()

    named = {
        name for page in [*PAGES, DOCS / "tutorial.md"] for name in re.findall(r"manage\.py (\w+)", page.read_text())
    }

    assert {"tradepost_import", "tradepost_jobs"} <= named
    assert named - known.keys() - {"help"} - _not_built() == set()


def _not_built() -> set[str]:
    """Commands that the page of what is missing names."""
    return set(re.findall(r"`(tradepost_\w+)`", (DOCS / "status.md").read_text()))


@pytest.mark.django_db
def test_importing_prints_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the how-to, one after the other."""
    shutil.copy(EXAMPLES / "goods.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "how-to" / "import-catalogue.md").read_text()

    shown = [command for block in blocks(page) for command in commands(block.body)]

    assert len(shown) == 4
    for command in shown:
        _python, _manage, name, *arguments = command.text.split()
        printed = StringIO()
        call_command(name, *arguments, stdout=printed, no_color=True)
        assert matches(command.output or "", printed.getvalue()), printed.getvalue()


def test_the_test_project_has_what_the_pages_assume() -> None:
    """A control: settings are checked against a project with all apps."""
    assert "tradepost.api" in project.INSTALLED_APPS
    with override_settings(TRADEPOST_PRICING={"PRICER": "nowhere.Pricer"}):
        assert [message.id for message in run_checks(tags=["tradepost"])] == ["tradepost.E200"]
