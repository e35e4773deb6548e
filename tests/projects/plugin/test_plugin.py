"""A third party's distribution, built as a wheel, works beside the stock apps and beside replaced ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
SETTINGS = """
import gc
from {world} import *
from tradepost.checkout.conf import CheckoutSettings

gc.disable()  # a quarter of the time of migrating, in a process that ends soon
INSTALLED_APPS = [*INSTALLED_APPS, "tradepost_giftwrap"]
ROOT_URLCONF = "shop_urls"
TRADEPOST_CHECKOUT = {{"STEPS": (*CheckoutSettings().STEPS, "tradepost_giftwrap.steps.card_fits")}}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
"""
URLS = """
from django.urls import include, path
from tradepost_giftwrap.api import register

from tradepost.api.routers import Router

router = Router()
register(router)
urlpatterns = [
    path("api/v1/", include((router.urls, "tradepost_api"))),
    path("dashboard/", include("tradepost.dashboard.urls")),
    path("", include("tradepost.storefront.urls")),
]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("site")
    source = shutil.copytree(HERE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "test_plugin.py"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    [wheel] = folder.glob("tradepost_giftwrap-1.0.0-*.whl")
    with zipfile.ZipFile(wheel) as packed:  # a wheel of plain Python is installed by unpacking it
        packed.extractall(folder / "packages")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("world", ["tests.settings", "tests.projects.replaced.settings"])
def test_a_plugin_works_from_its_wheel(site: Path, world: str, tmp_path: Path) -> None:
    """Its checks, its migration and its own tests, by the pytest plugin of the library."""
    (tmp_path / "shop_settings.py").write_text(SETTINGS.format(world=world, database=str(tmp_path / "shop.sqlite3")))
    (tmp_path / "shop_urls.py").write_text(URLS)
    shutil.copy(site / "source/tests/test_giftwrap.py", tmp_path)

    def python(*arguments: str) -> str:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "shop_settings",
            "PYTHONPATH": os.pathsep.join([str(tmp_path), str(site / "packages"), str(ROOT)]),
        }
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    steps = [["makemigrations", "--check", "--dry-run"], ["tradepost_events"]]
    checked, events = json.loads(python("-m", "tests.upgrade.steps", json.dumps(steps)))
    assert "No changes detected" in checked
    assert "tradepost_giftwrap.handlers.write_wraps" in events
    tested = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path))
    assert "14 passed" in tested
