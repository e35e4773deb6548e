"""Does what ``docs/tutorial.md`` says, with the built wheel in an empty environment, and compares what the page shows.

Plain Python: ``python tests/docs/run_tutorial.py [--wheel FILE] [--keep]``. It needs a network for pip, and curl.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.docs.tutorial import Block, Command, blocks, commands, matches  # noqa: E402 - run as a script

PAGE = ROOT / "docs" / "tutorial.md"
STARTS_IN = 60  # seconds
# What belongs to the machine and not to the reader's empty folder.
FOREIGN = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")

# Runs the page's sessions of `manage.py shell`, which share their names.
SESSION = """
import doctest, sys
source = open(sys.argv[1], encoding="utf-8").read()
test = doctest.DocTestParser().get_doctest(source, {"__name__": "__console__"}, "tutorial.md", sys.argv[1], 0)
runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
runner.run(test)
sys.exit(bool(runner.summarize(verbose=False).failed))
"""


class Failed(Exception):
    """The page doesn't hold."""


class Shell:
    """One ``sh`` for all the commands, so that ``cd``, ``export`` and an activated environment last as they do for a reader."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self._process = subprocess.Popen(
            ["/bin/sh"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**environment, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"},
        )

    def run(self, command: str) -> tuple[int, str]:
        """Run one command to its end.

        Returns:
            Its exit code, and what it printed.
        """
        assert self._process.stdin
        assert self._process.stdout
        end = uuid4().hex
        self._process.stdin.write(f'{{ {command}\n}} </dev/null\nprintf "\\n%s %s\\n" {end} $?\n')
        self._process.stdin.flush()
        printed = []
        for line in self._process.stdout:
            if line.startswith(end):
                return int(line.split()[1]), "".join(printed)
            printed.append(line)
        raise Failed(f"The shell ended at: {command}")

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=STARTS_IN)


class Tutorial:
    """A reader who does all that the page says."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        self.wheel = wheel
        self.shell = Shell(folder)
        self.port = _free_port()
        self.server: subprocess.Popen[bytes] | None = None

    def do(self, block: Block) -> None:
        """One block."""
        doing = f"{block.kind} {block.language} {block.target}".strip()
        print(f"· line {block.line}: {doing}", flush=True)
        try:
            if block.kind == "append":
                self._append(block)
            elif block.kind == "page":
                self._look(block)
            elif block.kind == "server":
                self._serve(block)
            elif block.language == "pycon":
                self._session(block)
            else:
                reported = [Command(block.body, None)] if block.language == "bash" else commands(block.body)
                for command in reported:
                    self._command(command)
        except Failed as failure:
            raise Failed(f"{PAGE.name}, line {block.line}: {failure}") from failure

    def close(self) -> None:
        """End what was started: this server and this shell."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=STARTS_IN)
        self.shell.close()

    def _project(self) -> Path:
        return Path(self.shell.run("pwd")[1].strip())

    def _append(self, block: Block) -> None:
        with (self._project() / block.target).open("a", encoding="utf-8") as file:
            file.write(f"\n{block.body}")

    def _command(self, command: Command) -> None:
        text = command.text.replace("pip install django-tradepost", f"pip install --quiet '{self.wheel}'")
        code, output = self.shell.run(text.replace(":8000", f":{self.port}"))
        if code:
            raise Failed(f"$ {command.text}\nended with exit code {code}:\n{output}")
        if command.output is not None and not matches(command.output, output):
            raise Failed(f"$ {command.text}\nexpected:\n{command.output}\nprinted:\n{output}")

    def _session(self, block: Block) -> None:
        page, program = self.folder / "session.txt", self.folder / "session.py"
        page.write_text(block.body, encoding="utf-8")
        program.write_text(SESSION, encoding="utf-8")
        setup = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'; django.setup()"
        code, output = self.shell.run(f'python -c "{setup}; exec(open({str(program)!r}).read())" {page}')
        if code:
            raise Failed(output)

    def _serve(self, block: Block) -> None:
        [command] = commands(block.body)
        folder = self._project()
        python, *arguments = command.text.split()
        log = (self.folder / "server.log").open("wb")
        self.server = subprocess.Popen(
            [str(folder / "venv/bin" / python), *arguments, f"127.0.0.1:{self.port}", "--noreload"],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if name not in FOREIGN},
        )
        log.close()
        end = time.monotonic() + STARTS_IN
        while time.monotonic() < end and self.server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)
        raise Failed(f"The server did not start:\n{(self.folder / 'server.log').read_text(errors='replace')}")

    def _look(self, block: Block) -> None:
        url = f"http://127.0.0.1:{self.port}{block.target}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise Failed(f"{block.target} answers {error.code}.") from error
        if block.body not in text:
            raise Failed(f"{block.target} doesn't show {block.body!r}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _joined(page: str) -> list[Block]:
    """The page's blocks, with sessions of Python that follow each other as one."""
    entries: list[Block] = []
    for block in blocks(page):
        last = entries[-1] if entries else None
        if last is not None and (last.kind, last.language) == (block.kind, block.language) == ("run", "pycon"):
            entries[-1] = Block("run", f"{last.body}\n{block.body}", "pycon", line=last.line)
        else:
            entries.append(block)
    return entries


def _build(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    [wheel] = folder.glob("*.whl")
    return wheel


def main() -> int:
    """Run the tutorial.

    Returns:
        The exit code: 1 where the page doesn't hold.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="this one, instead of a wheel that is built now")
    parser.add_argument("--keep", action="store_true", help="leave the folder where it is, and say where")
    given = parser.parse_args()
    if shutil.which("curl") is None:
        print("The tutorial needs curl.")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="tradepost-tutorial-"))
    wheel = given.wheel.resolve() if given.wheel else _build(folder)
    print(f"The tutorial, with {wheel.name}", flush=True)
    tutorial = Tutorial(folder, wheel)
    try:
        for block in _joined(PAGE.read_text(encoding="utf-8")):
            tutorial.do(block)
    except Failed as failure:
        print(f"\n{failure}")
        if tutorial.server is not None:
            print((folder / "server.log").read_text(errors="replace")[-4000:])
        return 1
    finally:
        tutorial.close()
        if given.keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("All of it holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
