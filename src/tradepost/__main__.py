"""``python -m tradepost startproject myshop [folder] [--without api,storefront]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tradepost.console.starting import CHOICES, CannotStart, start

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 1 where nothing was written.
    """
    parser = argparse.ArgumentParser(prog="python -m tradepost")
    commands = parser.add_subparsers(dest="command", required=True)
    project = commands.add_parser("startproject", help="write a new shop")
    project.add_argument("name", help="of its package, as in myshop")
    project.add_argument("folder", nargs="?", type=Path, help="the name, if not given")
    project.add_argument("--without", default="", help=f"apps to leave out, by comma: {', '.join(CHOICES)}")
    given = parser.parse_args(arguments)
    folder = given.folder or Path(given.name)
    try:
        written = start(given.name, folder, without=[app for app in given.without.split(",") if app])
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{folder}: {len(written)} files. Next: cd {folder}, and see README.md.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
