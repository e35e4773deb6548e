"""A project that leaves an app out: one clear error with the line to paste, or a shop that goes without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tradepost

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = """
import tradepost
SECRET_KEY = "x" * 60
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", *tradepost.installed_apps(),
]
INSTALLED_APPS.remove({app!r})
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
"""
OTHERS = (
    "polymorphic",
    "treebeard",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
)  # without contenttypes Django itself names what is missing, before us
NEEDED = [*(app for app in tradepost.APPS if app not in tradepost.OPTIONAL_APPS), *OTHERS]


def _check(folder: Path, app: str) -> subprocess.CompletedProcess[str]:
    (folder / "shop_settings.py").write_text(SETTINGS.format(app=app))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "shop_settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "src")]),
    }
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("app", NEEDED)
def test_what_others_need_is_named(tmp_path: Path, app: str) -> None:
    """By who needs it, and with the line that brings all; nobody has to guess from an import error."""
    done = _check(tmp_path, app)

    assert done.returncode == 1
    error = done.stderr[done.stderr.index("django.core.exceptions.ImproperlyConfigured: ") :]
    assert f" needs {app}, which INSTALLED_APPS lacks." in error or f", {app}, which INSTALLED_APPS lacks." in error
    assert "    INSTALLED_APPS = [..., *tradepost.installed_apps()]\n" in error


@pytest.mark.slow
@pytest.mark.parametrize("app", sorted(tradepost.OPTIONAL_APPS))
def test_what_is_optional_may_be_left_out(tmp_path: Path, app: str) -> None:
    """Each alone."""
    done = _check(tmp_path, app)

    assert (done.returncode, done.stderr) == (0, "")
