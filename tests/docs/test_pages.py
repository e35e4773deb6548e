"""The code in the documentation works: settings are accepted, modules can be imported, commands print what the page shows."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.management import call_command, get_commands
from django.test import override_settings
from django.urls import include, path

from tests.docs.tutorial import blocks, commands, matches
from tradepost.core.events import bus

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
    entries = []
    for page in [*PAGES, ROOT / "README.md"]:
        text = page.read_text()
        for match in _PYTHON.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            entries.append(pytest.param(match[1], id=f"{page.relative_to(ROOT)}:{line}"))
    return entries


@pytest.fixture
def _subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers of an example don't outlive it."""
    kept = {event: list(result) for event, result in bus._subscriptions.items()}
    monkeypatch.setattr(bus, "_subscriptions", type(bus._subscriptions)(list, kept))


@pytest.fixture
def _myshop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages name modules as a reader's project would; here they are the examples' and the replaced project's."""
    monkeypatch.setitem(sys.modules, "myshop", ModuleType("myshop"))
    named = {name for page in PAGES for name in re.findall(r"\bmyshop\.(\w+)", page.read_text())}
    for name in sorted(named):
        for package in ("tests.docs.examples", "tests.projects.replaced"):
            if find_spec(f"{package}.{name}"):
                monkeypatch.setitem(sys.modules, f"myshop.{name}", import_module(f"{package}.{name}"))
                break


@pytest.mark.parametrize("code", _codes())
@pytest.mark.usefixtures("_subscriptions", "_myshop")
def test_code_runs_and_its_settings_are_accepted(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of ours finds fault with a setting that a page shows."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    names = {
        "__name__": "__page__",
        "BASE_DIR": ROOT,
        "DATABASES": {"default": {}},
        "INSTALLED_APPS": [],
        "TEMPLATES": [{}],
        "include": include,
        "os": os,
        "path": path,
        "tradepost": __import__("tradepost"),
        "urlpatterns": [],
    }
    exec(compile(code, "page", "exec", dont_inherit=True), names)

    values = {name: value for name, value in names.items() if name.startswith("TRADEPOST_")}
    with override_settings(**values):
        entries = [message for message in run_checks(tags=["tradepost"]) if message.id not in EXPECTED]
    assert entries == []


_INCLUDE = re.compile(r"^```\{literalinclude\} (\S+)\n((?::[^\n]*\n)*)```$", re.MULTILINE)


def _shown(page: Path) -> str:
    """A page as its readers see it, with what it includes of files."""

    def included(match: re.Match[str]) -> str:
        source = (page.parent / match[1]).resolve().read_text(encoding="utf-8")
        name = re.search(r":pyobject: (\w+)", match[2])
        if lines := re.search(r":lines: (\d+)-(\d+)", match[2]):
            return "\n".join(source.splitlines()[int(lines[1]) - 1 : int(lines[2])])
        if begin := re.search(r':start-at: "?(.+?)"?$', match[2], re.MULTILINE):
            end = re.search(r':end-(?:at|before): "?(.+?)"?$', match[2], re.MULTILINE)
            return source[source.index(begin[1]) : source.index(end[1]) if end else None]
        if name is None:
            return source
        [part] = [node for node in ast.parse(source).body if getattr(node, "name", "") == name[1]]
        return ast.get_source_segment(source, part) or ""

    return re.sub(r"^:project:.*$", "", _INCLUDE.sub(included, page.read_text(encoding="utf-8")), flags=re.MULTILINE)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_what_a_page_shows_can_be_pasted(page: Path) -> None:
    """No module of our own tests stands in it: a reader has none of them."""
    assert re.findall(r"\btests\.(?:docs|projects|settings|urls|fakes)\b[\w.]*", _shown(page)) == []


def test_pages_hold_no_other_python() -> None:
    """A block that neither runs here nor is taken from a tested file can't slip in."""
    fences = re.compile(r"^ *(?:```|~~~|:::)\{?(?:code-block\}|code\})? ?(py\w*|pycon)\b", re.MULTILINE)

    for page in PAGES:
        text = page.read_text()
        assert len(fences.findall(text)) == len(_PYTHON.findall(text)), page


def test_commands_of_the_pages_exist() -> None:
    """Each ``manage.py`` command in any page, the tutorial included."""
    existing = get_commands()

    named = {
        name for page in [*PAGES, DOCS / "tutorial.md"] for name in re.findall(r"manage\.py (\w+)", page.read_text())
    }

    assert {"tradepost_import", "tradepost_jobs"} <= named
    assert named - existing.keys() - {"help"} - _not_built() == set()


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
