"""``tradepost_replace catalogue myshop/catalogue``: the files with which a project replaces an app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import tradepost
from tradepost.console.replacing import missing_models, skeleton

_NEXT = """
Next:
  1. settings:  INSTALLED_APPS = [..., *tradepost.installed_apps(replace={{"tradepost.{app}": "{package}"}})]
  2. add your fields to {folder}/models.py
  3. python manage.py makemigrations -n {label} tradepost_{app} && python manage.py migrate
After an upgrade of the library: python manage.py makemigrations --merge && python manage.py migrate
"""


class Command(BaseCommand):
    help = (
        "Writes the package with which a project replaces an app of Tradepost; --update adds models of a newer release."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", help="The app's short name, as in catalogue.")
        parser.add_argument("folder", help="Where the package is written, as in myshop/catalogue.")
        parser.add_argument(
            "--update", action="store_true", help="Add models that the library has and the package lacks."
        )

    def handle(self, *args: Any, app: str, folder: str, update: bool, **options: Any) -> None:
        if f"tradepost.{app}" not in tradepost.APPS:
            names = ", ".join(name.removeprefix("tradepost.") for name in tradepost.APPS)
            raise CommandError(f"{app!r} is not an app of Tradepost; there are: {names}.")
        path = Path(folder)
        package = ".".join(path.parts)
        if path.is_absolute() or not all(part.isidentifier() for part in path.parts):
            raise CommandError(
                "Write the folder from the project's root, of names that Python can import: myshop/catalogue."
            )
        if update:
            self._update(app, path / "models.py")
        else:
            self._write(app, path, package)

    def _write(self, app: str, path: Path, package: str) -> None:
        if path.exists() and any(path.iterdir()):
            raise CommandError(f"{path} isn't empty; use --update, or another folder.")
        for name, text in skeleton(app, package).files.items():
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            self.stdout.write(f"  {target}")
        for parent in path.parents:
            if parent != Path() and not (parent / "__init__.py").exists():
                (parent / "__init__.py").touch()
        label = package.replace(".", "_")
        self.stdout.write(_NEXT.format(app=app, package=package, folder=path, label=label))

    def _update(self, app: str, models: Path) -> None:
        if not models.exists():
            raise CommandError(f"There is no {models} to update.")
        source = models.read_text(encoding="utf-8")
        added = missing_models(app, source)
        if not added:
            self.stdout.write(f"{models} has all models of tradepost.{app}.")
            return
        models.write_text(source.rstrip() + "\n\n\n" + "\n\n\n".join(added) + "\n", encoding="utf-8")
        self.stdout.write(f"{models}: added {len(added)}; now makemigrations --merge && migrate.")
