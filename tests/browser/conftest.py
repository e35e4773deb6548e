"""A real browser on a real server: Chromium by Playwright, Django's live server on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.storefront.conftest import open_shop
from tradepost.testing import factories as make

PATIENCE = 15_000  # milliseconds; a busy machine is slow, not wrong
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One process for all tests."""
    expect.set_options(timeout=PATIENCE)
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop in this thread, where the ORM is used, too
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=os.environ["TRADEPOST_TEST_CHROMIUM"], args=ARGUMENTS)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def shop(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    """A mug in two sizes and a bowl, and delivery and banks as in the storefront's own tests."""
    open_shop(settings, tmp_path)
    cups = make.category("Cups")
    mug = make.product(name="Mug", slug="mug", option_names=["Size"])
    for size, price in (("Small", "10.00"), ("Large", "14.00")):
        make.variant(product=mug, sku=f"MUG-{size}", options={"Size": size}, price=price, on_hand=5)
    bowl = make.product(name="Bowl", slug="bowl")
    make.variant(product=bowl, sku="BOWL", price="8.00", on_hand=2)
    for product in (mug, bowl):
        product.categories.add(cups)


@pytest.fixture
def visit(browser: Browser, shop: None, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens a new visitor's first page; an error in any script fails the test."""
    contexts, errors = [], []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **{"viewport": DESK, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
