"""Environments for what is compared: an earlier build of ours, and shops on other libraries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .sites import Kind

__all__ = ["earlier", "last_release", "ours", "salesman"]

ROOT = Path(__file__).resolve().parents[2]
SALESMAN = ("django-salesman==1.3.0", "Django~=5.2.0", "psycopg[binary]>=3.2", "gunicorn>=23")


def ours() -> Kind:
    """This checkout."""
    return _tradepost("tradepost", ROOT)


@contextmanager
def earlier(revision: str) -> Iterator[Kind]:
    """Another commit in a folder of its own, in this environment: its dependencies are taken to be the same.

    Args:
        revision: As git knows it.
    """
    with ExitStack() as stack:
        folder = _temporary(stack) / "checkout"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), revision], check=True)
        stack.callback(subprocess.run, [*git, "remove", "--force", str(folder)], check=True)
        yield _tradepost("earlier", folder)


def last_release() -> str | None:
    """The newest tag that this checkout descends from; none before the first release."""
    command = ["git", "-C", str(ROOT), "describe", "--tags", "--abbrev=0"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


@contextmanager
def salesman() -> Iterator[Kind]:
    """A shop on django-salesman, installed from the package index into an environment of its own."""
    with ExitStack() as stack:
        folder = _temporary(stack)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        python = folder / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *SALESMAN]
        subprocess.run(install, check=True)
        yield Kind("salesman", python, "salesman_shop.settings", "salesman_fill.py")


def _tradepost(name: str, folder: Path) -> Kind:
    path = (folder / "src", folder)
    return Kind(name, Path(sys.executable), "tradepost_site", "tradepost_fill.py", path)


def _temporary(stack: ExitStack) -> Path:
    from tempfile import TemporaryDirectory

    return Path(stack.enter_context(TemporaryDirectory(prefix="tradepost-benchmark-")))
