"""A project in a folder, on a database of its own, that can be moved from one release of the library to another."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from .previous import PREVIOUS

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = """
import os

import tradepost
from tests.settings import *

REPLACED = filter(None, os.environ.get("SHOP_REPLACES", "").split(","))
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(replace={f"tradepost.{app}": f"shop.{app}" for app in REPLACED}),
]
"""
# What the shop adds to a model of each app that it replaces.
FIELDS = {
    "catalogue": ("Product", "isbn"),
    "orders": ("Order", "shop_gift"),
    "payments": ("Payment", "shop_note"),
    "pricing": ("PriceList", "shop_note"),
    "shipping": ("ShippingMethod", "shop_note"),
}
FIELD = "models.CharField(blank=True, default='', max_length=13)"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tradepost_{app}", "{last}")]
    operations = [migrations.AddField("{model}", "{name}", {field})]
"""


class Shop:
    """The project.

    Attributes:
        library: The folder of the release in use; the present one at first.
        replaced: Apps of ours that the project's stand in the place of.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.library = ROOT / "src"
        self.replaced: tuple[str, ...] = ()
        (folder / "shop").mkdir()
        (folder / "shop/__init__.py").touch()
        (folder / "shop/settings.py").write_text(SETTINGS)

    def python(self, *arguments: str, fails: bool = False) -> str:
        """Output of a call of Python.

        Args:
            arguments: Of the interpreter.
            fails: Whether it must end with an error; its message is given then.
        """
        environment = {
            **os.environ,
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "PYTHONPATH": os.pathsep.join(map(str, [self.library, self.folder, ROOT])),
            "SHOP_REPLACES": ",".join(self.replaced),
        }
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def django(self, *arguments: str, fails: bool = False) -> str:
        """Output of a command."""
        return self.python("-m", "django", *arguments, fails=fails)

    def steps(self, *steps: Sequence[str]) -> list[Any]:
        """Outputs of several commands in one process; ``("data", …)`` gives rows, see :mod:`tests.upgrade.data`."""
        outputs = json.loads(self.python("-m", "tests.upgrade.steps", json.dumps(steps)))
        return [
            json.loads(output) if name == "data" else output for (name, *_), output in zip(steps, outputs, strict=True)
        ]

    def release(self, name: str) -> Path:
        """A copy of the library, to be made into another release; the project uses it from now on."""
        self.library = self.folder / name
        source, copy = ROOT / "src/tradepost", self.library / "tradepost"
        half_written = shutil.ignore_patterns("*.pyc.*")
        shutil.copytree(source, copy, ignore=half_written)
        # What Python compiled of it is good for the copy, too, and spares each of its processes some seconds.
        if (cache := sys.pycache_prefix) and (compiled := _inside(cache, source)).exists():
            shutil.copytree(compiled, _inside(cache, copy), ignore=half_written)
        return copy

    def previous_release(self) -> None:
        """Use a library without the migrations that came since the previous one."""
        library = self.release("previous")
        for label, last in PREVIOUS.items():
            for path in (library / label.removeprefix("tradepost_") / "migrations").glob("[0-9]*.py"):
                if path.stem > last:
                    path.unlink()

    def present_release(self) -> None:
        """Use the library as it is."""
        self.library = ROOT / "src"

    def replace(self, *apps: str) -> None:
        """As the how-to says: the command, one field for each, the settings."""
        self._call(("tradepost_replace", app, f"shop/{app}") for app in apps)
        for app in apps:
            model, name = FIELDS[app]
            models = self.models(app)
            empty = f"class {model}(base.Abstract{model}):\n    pass\n"
            text = models.read_text()
            assert empty in text
            text = text.replace(empty, empty.replace("pass", f"{name} = {FIELD}"))
            models.write_text(text.replace("from tradepost", "from django.db import models\n\nfrom tradepost", 1))
        self.replaced = apps

    def update(self, *apps: str) -> None:
        """Add the models that came with a new release, as the how-to says: by the command that needs no project."""
        first, *others = ([app, f"shop/{app}", "--update"] for app in apps)
        self.python("-m", "tradepost", "replace", *first)
        calls = [["replace", *arguments] for arguments in others]
        self.python("-c", f"from tradepost.__main__ import main\nassert not any([main(call) for call in {calls!r}])")

    def _call(self, commands: Iterable[Sequence[str]]) -> None:
        """Several commands in one process, which takes longer to start than any of them."""
        source = "import django; from django.core.management import call_command as call; django.setup()"
        self.python("-c", "\n".join([source, *(f"call(*{command!r})" for command in commands)]))

    def models(self, app: str) -> Path:
        """The project's ``models.py`` in the place of an app's."""
        return self.folder / f"shop/{app}/models.py"

    def write_previous_migrations(self) -> None:
        """Write the migrations that ``makemigrations -n shop_field`` made under the previous release."""
        for app in self.replaced:
            model, name = FIELDS[app]
            text = MIGRATION.format(app=app, last=PREVIOUS[f"tradepost_{app}"], model=model, name=name, field=FIELD)
            (self.folder / f"shop/{app}/migrations/0002_shop_field.py").write_text(text)

    def forget_new_models(self) -> set[str]:
        """Take the models away that the previous release didn't have, and its project neither.

        Returns:
            The apps that had any.
        """
        result = set()
        for app in self.replaced:
            first = (ROOT / f"src/tradepost/{app}/migrations/{PREVIOUS[f'tradepost_{app}']}.py").read_text()
            text = source = self.models(app).read_text()
            for node in ast.parse(source).body:
                if isinstance(node, ast.ClassDef) and f"name='{node.name}'" not in first:
                    text = text.replace(ast.get_source_segment(source, node) or "", "")
                    result.add(app)
            self.models(app).write_text(text)
        return result

    @property
    def own_migrations(self) -> list[str]:
        """Names of the migrations in the project's catalogue."""
        return sorted(path.stem for path in (self.folder / "shop/catalogue/migrations").glob("[0-9]*.py"))


def _inside(cache: str, folder: Path) -> Path:
    """Where Python keeps what it compiles of a folder."""
    return Path(cache) / folder.relative_to(folder.anchor)


@contextmanager
def new_shop(folder: Path) -> Iterator[Shop]:
    """On a new database beside the lane's: a file, or one more on the server."""
    if connection.vendor == "sqlite":
        yield Shop(folder, f"sqlite:///{folder / 'shop.sqlite3'}")
        return
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"test_upgrade_{uuid4().hex[:12]}"
    quoted = connection.ops.quote_name(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        yield Shop(folder, f"{server}/{name}")
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}{' WITH (FORCE)' if connection.vendor == 'postgresql' else ''}")


@pytest.fixture
def shop(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    """One for each test."""
    with django_db_blocker.unblock(), new_shop(tmp_path) as created:
        yield created
