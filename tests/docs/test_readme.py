"""The README's code runs as it stands, in a project as Django's own ``startproject`` writes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.docs, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent.parent
_BLOCK = re.compile(r"^At the end of `(\w+\.py)`[^\n]*:\n\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LOOK = """
import django; django.setup()
from django.test import Client
answers = [Client().get(path, headers={"host": "localhost"}).status_code for path in ("/", "/basket/", "/api/v1/products/")]
print(answers)
"""


def test_the_readmes_lines_make_a_shop(tmp_path: Path) -> None:
    """Pasted where it says: checks are silent, the tables are made, pages and API answer."""
    folder = tmp_path / "site"
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}

    def python(*arguments: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    python("-m", "django", "startproject", "mysite", ".")
    blocks = _BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [name for name, _code in blocks] == ["settings.py", "urls.py"]
    for name, code in blocks:
        with (folder / "mysite" / name).open("a", encoding="utf-8") as file:
            file.write(code)

    python("manage.py", "check", "--fail-level", "WARNING")
    python("manage.py", "migrate", "-v", "0")
    assert python("-c", LOOK, DJANGO_SETTINGS_MODULE="mysite.settings").strip() == "[200, 200, 200]"


def test_the_readme_leads_to_pages_that_exist() -> None:
    """Its first picture, too: a link is relative, as the repository shows it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)

    assert "docs/_static/shop.webp" in links
    assert [link for link in links if not (ROOT / link).exists()] == []
