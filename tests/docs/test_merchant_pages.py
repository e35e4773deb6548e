"""The pages for merchants name what stands on the screen; ``tests/browser/test_merchant.py`` does their steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

pytestmark = pytest.mark.docs
ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "how-to" / "shop").glob("*.md"))
DJANGO = {"save", "go", *(f"{days} days" for days in (7, 30, 90, 365))}
_TRANSLATED = re.compile(r'\b(?:translate "|_\(")([^"]+)"')


@cache
def _screen() -> frozenset[str]:
    """All that may be read there, in small letters."""
    return frozenset(DJANGO | {text.lower() for text in _texts()})


def _texts() -> Iterator[str]:
    """Texts that the admin may show: names of apps, models and columns, and all texts that are marked for translation."""
    for app in apps.get_app_configs():
        yield str(app.verbose_name)
        for model in app.get_models():
            names = model._meta
            entry = str(names.verbose_name)
            yield from (entry, str(names.verbose_name_plural), f"add {entry}", f"add another {entry}")
            yield from (str(field.verbose_name) for field in names.get_fields() if hasattr(field, "verbose_name"))
    for path in (ROOT / "src" / "tradepost").rglob("*.html"):
        yield from _TRANSLATED.findall(path.read_text(encoding="utf-8"))
    for path in (ROOT / "src" / "tradepost").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext_lazy"):
                yield from (str(text.value) for text in node.args if isinstance(text, ast.Constant))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_in_bold_is_on_the_screen(page: Path) -> None:
    """A button, a column or a list that gets another name is renamed on the pages, too."""
    bold = re.findall(r"\*\*(.+?)\*\*", page.read_text(encoding="utf-8"))

    assert [text for text in bold if text.lower() not in _screen()] == []


def test_there_are_pages_that_name_something() -> None:
    """A control: seven pages and their index, with many names."""
    bold = {text for page in PAGES for text in re.findall(r"\*\*(.+?)\*\*", page.read_text(encoding="utf-8"))}

    assert len(PAGES) == 10
    assert len(bold) > 60
