"""The picture of the shop in the README and on the first page of the documentation: what a browser shows of the sandbox."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, expect

from tests.browser.gateway_urls import SANDBOX

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PICTURE = SANDBOX.parent / "docs" / "_static" / "shop.webp"
SIZE = (1280, 1120)
ALIKE = 4  # of 255, on the average of all points of two small grey pictures: fonts differ between machines


def test_the_picture_shows_the_shop_as_it_is(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> None:
    """A category of the demonstration; where the shop looks otherwise, the new picture lies beside the test's report."""
    from demo.load import load_goods

    settings.MEDIA_ROOT = tmp_path
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": files}  # in the other tests they are kept in memory
    settings.TRADEPOST_SHOP = {"NAME": "Harbour & Hearth"}
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD", "JPY")}
    load_goods(lambda _step, _number: None, pictured={"Ceramics"})
    page = browser.new_context(base_url=live_server.url, viewport={"width": SIZE[0], "height": SIZE[1]}).new_page()

    page.goto("/c/ceramics/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ceramics")
    page.wait_for_load_state("networkidle")
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.context.close()

    new = tmp_path / PICTURE.name
    taken.save(new, quality=80, method=6)
    assert (taken.size, new.stat().st_size < 200_000) == (SIZE, True)
    with Image.open(PICTURE) as kept:
        difference = ImageChops.difference(_small(taken), _small(kept))
    assert ImageStat.Stat(difference).mean[0] < ALIKE, f"take {new} for {PICTURE}"
    assert PICTURE.stat().st_size < 200_000


def _small(picture: Image.Image) -> Image.Image:
    return picture.convert("L").resize((160, 140))
