"""Run the demonstration shop: migrate, load the demonstration where there is none, tell how to sign in, serve.

python sandbox/run.py [--reset] [--port 8000] [--no-serve] [--fakes]
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description="Run the demonstration shop.")
    parser.add_argument("--reset", action="store_true", help="start anew; everything in the shop is lost")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fakes", action="store_true", help="every gateway, against fakes of the providers")
    parser.add_argument("--no-serve", action="store_true", help="prepare everything, and stop")
    return parser.parse_args()


def main() -> int:
    """Prepare and serve."""
    options = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    os.environ.setdefault("SHOP_URL", f"http://{options.host}:{options.port}")
    paths = [str(ROOT)]
    if options.fakes:
        os.environ["SANDBOX_FAKES"] = "1"
        paths.append(str(ROOT.parent))  # the fakes are those of the tests
    sys.path[:0] = paths
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [*paths, os.environ.get("PYTHONPATH", "")]))

    import django
    from django.conf import settings
    from django.core.management import call_command
    from rich.console import Console

    console = Console()
    if options.reset:
        empty(settings)
    django.setup()
    if options.reset and "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        call_command("flush", interactive=False, verbosity=0)
    with console.status("Preparing the database …"):
        gc.disable()  # it takes a quarter of the time of migrating
        call_command("migrate", verbosity=0)
        gc.enable()
    prepare(console)
    welcome(console, options)
    if options.no_serve:
        return 0
    call_command("runserver", f"{options.host}:{options.port}", use_reloader=False, verbosity=0)
    return 0


def empty(settings: object) -> None:
    """Delete what the last run left: the SQLite database, pictures, mail."""
    var: Path = settings.VAR  # type: ignore[attr-defined]
    for path in var.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def prepare(console: object) -> None:
    """Load the demonstration, with a bar for each step, where there is none yet."""
    from demo.load import is_loaded, load, steps
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    if is_loaded():
        return
    start = time.monotonic()
    columns = (TextColumn("{task.description:10}"), BarColumn(40), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:  # type: ignore[arg-type]
        tasks = {name: progress.add_task(name, total=total) for name, total in steps().items()}
        load(lambda step, done: progress.advance(tasks[step], done))
    console.print(f"Demonstration loaded in {time.monotonic() - start:.0f} s.")  # type: ignore[attr-defined]


def welcome(console: object, options: argparse.Namespace) -> None:
    """Tell the address, and whom one can be."""
    from demo.goods import read_shop
    from rich.table import Table

    base = f"http://{options.host}:{options.port}"
    table = Table(title="Sign in as", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("user", "password", "who that is"):
        table.add_column(heading)
    for user in read_shop()["users"]:
        table.add_row(user["username"], user["password"], user["role"])
    if options.fakes:
        console.print(f"\n[bold]Try the gateways[/]  {base}/try-gateways/")  # type: ignore[attr-defined]
    console.print(
        f"\n[bold]Shop[/]       {base}/\nDashboard  {base}/dashboard/\nAPI        {base}/api/v1/docs/\n"
        f"Admin      {base}/admin/\nMail       {base}/mailbox/\n"
    )  # type: ignore[attr-defined]
    console.print(table)  # type: ignore[attr-defined]
    console.print("\nCoupon: WELCOME10. Stop with Ctrl-C.\n")  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
