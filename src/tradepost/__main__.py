"""Commands that need no project that starts:

``python -m tradepost startproject myshop [folder] [--without api,storefront]``
``python -m tradepost replace catalogue myshop/catalogue [--update]``
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tradepost.console.new_project import (
    CHOICES,
    CannotStart,
    start,
)
from tradepost.console.replacement import CannotReplace, report

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 1 where nothing was written.
    """
    given = _parser().parse_args(arguments)
    try:
        output = (
            _start(given) if given.command == "startproject" else report(given.app, given.folder, update=given.update)
        )
    except (CannotStart, CannotReplace) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{output.rstrip()}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tradepost")
    commands = parser.add_subparsers(dest="command", required=True)
    project = commands.add_parser("startproject", help="write a new shop")
    project.add_argument("name", help="of its package, as in myshop")
    project.add_argument("folder", nargs="?", type=Path, help="the name, if not given")
    project.add_argument("--without", default="", help=f"apps to leave out, by comma: {', '.join(CHOICES)}")
    replace = commands.add_parser("replace", help="write the package with which a project replaces an app")
    replace.add_argument("app", help="its short name, as in catalogue")
    replace.add_argument("folder", help="from the project's root, as in myshop/catalogue")
    replace.add_argument("--update", action="store_true", help="add the models of a newer release to a package")
    return parser


def _start(given: argparse.Namespace) -> str:
    folder = given.folder or Path(given.name)
    written = start(given.name, folder, without=[app for app in given.without.split(",") if app])
    return f"{folder}: {len(written)} files. Next: cd {folder}, and see README.md."


if __name__ == "__main__":
    sys.exit(main())
