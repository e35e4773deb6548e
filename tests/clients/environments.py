"""Programs that aren't Tradepost's requirements: Python's in environments of their own, node's by its lock file.

They are made once below ``.test-clients/``, and anew when what they are made from changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["HERE", "node_modules", "python_tools", "run"]

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent.parent / ".test-clients"
DEMANDED = "TRADEPOST_DEMAND_NODE"


def run(*command: str | Path, cwd: Path | None = None, seconds: int = 300) -> str:
    """The output of a program.

    Raises:
        AssertionError: It failed; with what it said.
    """
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, (
        f"{command[0]} ended with {done.returncode}\n{done.stdout[-30_000:]}\n{done.stderr[-6000:]}"
    )
    return done.stdout


def _is_fresh(folder: Path, *sources: Path) -> bool:
    """Whether a folder was made of these sources; the caller stamps it afterwards."""
    stamp = folder / ".made-of"
    return stamp.exists() and stamp.read_text() == _digest(*sources)


def _digest(*sources: Path) -> str:
    return hashlib.sha256(b"\0".join([sys.version.encode(), *(source.read_bytes() for source in sources)])).hexdigest()


def python_tools(requirements: Path) -> Path:
    """The folder of programs of an environment with what a file of requirements names; the file's folder names it."""
    folder = KEPT / requirements.parent.name
    if not _is_fresh(folder, requirements):
        shutil.rmtree(folder, ignore_errors=True)
        uv = (sys.executable, "-m", "uv")
        run(*uv, "venv", "-q", "--python", sys.executable, folder)
        run(*uv, "pip", "install", "-q", "--python", folder / "bin" / "python", "-r", requirements)
        (folder / ".made-of").write_text(_digest(requirements))
    return folder / "bin"


def node_modules(project: Path) -> Path:
    """A copy of a project of node's with its packages, by its lock file; the test is skipped where there is no node."""
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get(DEMANDED):
            pytest.fail("node and npm are demanded, and not on the path")
        pytest.skip("no node and npm on the path")
    folder = KEPT / project.name
    sources = (project / "package.json", project / "package-lock.json")
    if not _is_fresh(folder, *sources):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for source in sources:
            shutil.copy(source, folder)
        run(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
        (folder / ".made-of").write_text(_digest(*sources))
    return folder
