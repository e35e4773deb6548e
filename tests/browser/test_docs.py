"""The built documentation: what a search finds first, and whether everybody can read it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import DESK, PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("index", "how-to/index", "tutorial", "explanation/payments", "reference/states", "search", "genindex")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Keep it to yourself."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the documentation is served: what ``TRADEPOST_TEST_DOCS`` names, as CI has built it before, else it is built here."""
    built = os.environ.get("TRADEPOST_TEST_DOCS") or _build(tmp_path_factory.mktemp("docs"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=built))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _build(folder: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    build = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-b",
        "html",
        "-d",
        str(folder / "doctrees"),
        str(DOCS),
        str(folder / "html"),
    ]
    subprocess.run(build, check=True, env=environment, cwd=DOCS.parent)
    return str(folder / "html")


@pytest.fixture
def reader(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's page, in the light or the dark."""
    scheme = getattr(request, "param", "light")
    context = browser.new_context(base_url=address, viewport=DESK, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("reader", ["light", "dark"], indirect=True)
def test_axe_has_nothing_to_say_of_the_pages(reader: Page) -> None:
    """Contrast, names, landmarks, what the keyboard reaches; the faults with their elements, if there are any."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    faults: dict[str, list[tuple[str, str]]] = {}
    for name in PAGES:
        reader.goto(f"/{name}.html")
        expect(reader.locator("h1").first).to_be_attached()
        violations = axe.run(reader).response["violations"]
        faults[name] = [(fault["id"], node["html"][:100]) for fault in violations for node in fault["nodes"]]

    assert faults == {name: [] for name in PAGES}


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("refund", "how-to/shop/refund-an-order"),
        ("refunds", "how-to/shop/refund-an-order"),
        ("coupon", "how-to/shop/make-a-promotion"),
        ("price", "how-to/shop/set-prices"),
        ("ship", "how-to/shop/ship-an-order"),
        ("stock", "how-to/shop/keep-stock"),
        ("sales", "how-to/shop/see-what-sold"),
        ("tax", "explanation/taxes"),
        ("upgrade", "how-to/upgrade"),
        ("webhook", "explanation/payments"),
    ],
)
def test_a_search_finds_the_right_page_first(reader: Page, words: str, page: str) -> None:
    """Before functions of that name, and before what only tests take."""
    reader.goto(f"/search.html?q={words}")

    first = reader.locator("ul.search > li > a").first

    expect(first).to_have_attribute("href", re.compile(rf"^{page}\.html"))


def test_the_index_holds_neither_tests_nor_private_names(reader: Page) -> None:
    """Both are on their pages; the index is for what a reader looks up."""
    reader.goto("/genindex.html")

    terms = reader.locator(".genindextable a").all_inner_texts()

    assert len(terms) > 200
    assert [term for term in terms if "tradepost.testing" in term or term.startswith("_")] == []


def test_the_keyboard_reaches_the_text_first(reader: Page) -> None:
    """The first stop leads past the navigation."""
    reader.goto("/tutorial.html")
    reader.keyboard.press("Tab")

    expect(reader.locator(":focus")).to_have_text("Skip to content")
