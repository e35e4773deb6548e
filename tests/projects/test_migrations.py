"""Migrations say all that the models say, in any project and on any Django."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


PROJECTS = ("odd", "email_user", "minimal", "headless", "replaced", "sidecars")


@pytest.mark.parametrize("settings", ["tests.settings", *(f"tests.projects.{name}.settings" for name in PROJECTS)])
def test_makemigrations_finds_nothing_to_write(settings: str) -> None:
    """Neither odd currencies and users, nor few apps, nor a project's own ones make Django write into our apps."""
    environment = {**os.environ, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "No changes detected", "")
