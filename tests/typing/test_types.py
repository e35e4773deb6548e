"""mypy with django-stubs sees the project's classes, and finds slips of the pen in them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = "tests.projects.replaced"
CONFIG = f"""
[mypy]
strict = True
plugins = mypy_django_plugin.main
mypy_path = {ROOT / "src"}
ignore_missing_imports = True
follow_imports = silent

[mypy.plugins.django-stubs]
django_settings_module = {PROJECT}.settings
"""
SEEN = [
    f"{PROJECT}.catalogue.models.Product",
    "str",
    f"tradepost.catalogue.querysets.ProductQuerySet[{PROJECT}.catalogue.models.Product]",
    f"{PROJECT}.catalogue.models.Product | None",
    f"{PROJECT}.catalogue.models.Product",
    "str",
    f"tradepost.catalogue.querysets.VariantQuerySet[{PROJECT}.catalogue.models.Variant]",
    "str",
    "tradepost.orders.base.AbstractOrder",
    "tradepost.orders.base.AbstractOrder",
]


@pytest.mark.slow
def test_a_type_checker_sees_the_projects_classes(tmp_path: Path) -> None:
    """By name, through querysets of ours and along foreign keys of ours."""
    (tmp_path / "mypy.ini").write_text(CONFIG)
    command = [sys.executable, "-m", "mypy", "--config-file", str(tmp_path / "mypy.ini")]
    command += ["--cache-dir", str(tmp_path / "cache"), "--no-error-summary", "tests/typing/replaced_shop.py"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    seen = re.findall(r'note: Revealed type is "(.*)"', done.stdout)
    wrong = re.findall(r"error: (.*)  \[", done.stdout)
    assert seen == SEEN, done.stdout + done.stderr
    assert len(wrong) == 2, done.stdout
    assert wrong[0] == '"Product" has no attribute "isnb"'
    assert wrong[1].startswith("Cannot resolve keyword 'isnb' into field.")
