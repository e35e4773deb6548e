"""mypy with django-stubs sees the project's classes, and finds slips of the pen in them; pyright sees most of it."""

from __future__ import annotations

import json
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
    f"{PROJECT}.orders.models.Order",
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


SAMPLE = ROOT / "tests/typing/editor.py"
COMPLETED = [
    "Product",
    "ProductQuerySet[Product]",
    "Product | None",
    "QuerySet[AbstractVariant, AbstractVariant]",
    "list[str]",
    "Order",
    "AbstractOrder",
]


@pytest.mark.slow
def test_an_editor_without_a_plugin_completes_the_projects_classes(tmp_path: Path) -> None:
    """pyright's strictest mode finds three slips of the pen, and nothing else that it doesn't know."""
    config = {
        "include": [str(SAMPLE)],
        "extraPaths": [str(ROOT / "src"), str(ROOT)],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    program = Path(sys.executable).with_name("basedpyright")
    command = [str(program), "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    seen = [
        re.findall(r' is "(.*)"$', result["message"])[0]
        for result in diagnostics
        if result["severity"] == "information"
    ]
    assert seen == COMPLETED, done.stdout
    slips = [number for number, line in enumerate(SAMPLE.read_text().splitlines()) if "  # a" in line]
    wrong = {row["range"]["start"]["line"] for row in diagnostics if row["severity"] == "error"}
    assert (len(slips), sorted(wrong)) == (3, slips), done.stdout
