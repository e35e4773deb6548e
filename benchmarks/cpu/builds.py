"""Environments for what is compared: an earlier build of ours, and shops on other libraries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .sites import Kind

__all__ = ["earlier", "last_release", "oscar", "ours", "salesman"]

ROOT = Path(__file__).resolve().parents[2]
SERVED = ("Django~=5.2.0", "psycopg[binary]>=3.2", "gunicorn>=23")
SALESMAN = ("django-salesman==1.3.0", *SERVED)
OSCAR = ("django-oscar[sorl-thumbnail]==4.2.1", "Whoosh~=2.7.4", *SERVED)


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
    """The newest tag of a release (``v…``) before this commit; none before the first release.

    A clone without its whole history doesn't know which tags lie before it: it asks its origin for all of them, and takes
    the highest version.
    """
    if _git("rev-parse", "--is-shallow-repository") == "true":
        _git("fetch", "--quiet", "--depth=1", "origin", "refs/tags/v*:refs/tags/v*")
        tags = _git("tag", "--list", "v*", "--sort=-v:refname", "--no-contains", "HEAD")
        return tags.partition("\n")[0] or None
    return _git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD~1") or None


@contextmanager
def salesman() -> Iterator[Kind]:
    """A shop on django-salesman, installed from the package index into an environment of its own."""
    with ExitStack() as stack:
        python = _installed(_temporary(stack), SALESMAN)
        yield Kind("salesman", python, "salesman_shop.settings", "salesman_fill.py")


@contextmanager
def oscar() -> Iterator[Kind]:
    """A shop on django-oscar, likewise; its search index is a folder beside the environment."""
    with ExitStack() as stack:
        folder = _temporary(stack)
        python = _installed(folder, OSCAR)
        environment = {"SITE_FOLDER": str(folder)}
        yield Kind("oscar", python, "oscar_shop.settings", "oscar_fill.py", environment=environment)


def _installed(folder: Path, requirements: tuple[str, ...]) -> Path:
    """The interpreter of a new environment with these packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    subprocess.run(install, check=True)
    return python


def _git(*words: str) -> str:
    """The answer of a git command in this checkout; empty where it fails."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _tradepost(name: str, folder: Path) -> Kind:
    path = (folder / "src", folder)
    return Kind(name, Path(sys.executable), "tradepost_site", "tradepost_fill.py", path)


def _temporary(stack: ExitStack) -> Path:
    from tempfile import TemporaryDirectory

    return Path(stack.enter_context(TemporaryDirectory(prefix="tradepost-benchmark-")))
