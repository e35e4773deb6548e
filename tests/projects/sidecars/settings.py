"""The stock apps, and two plugins beside them."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.projects.sidecars.books", "tests.projects.sidecars.wine"]
