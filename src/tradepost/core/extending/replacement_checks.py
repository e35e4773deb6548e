"""Checks of replaced apps, run before ``migrate``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from .app_config import TradepostConfig
from .folder_checks import named_folders

__all__ = ["check_replaced_apps"]


_FOUND_BY_APP = {
    "templates": 'TEMPLATES[0]["DIRS"] = [..., Path({library}.__file__).parent / "templates"]',
    "static": 'STATICFILES_DIRS = [..., Path({library}.__file__).parent / "static"]',
    "locale": 'LOCALE_PATHS = [..., Path({library}.__file__).parent / "locale"]',
    "fixtures": 'FIXTURE_DIRS = [..., Path({library}.__file__).parent / "fixtures"]',
    "management": "Copy what you need of it to {folder}/management.",
    "templatetags": 'TEMPLATES[0]["OPTIONS"]["libraries"] = {{"{tags}": "{library}.templatetags.{tags}"}}',
}


class _Place(NamedTuple):
    """Of a message, for ``manage.py check``: the model and the field."""

    model: str
    field: str

    def __str__(self) -> str:
        return f"{self.model}.{self.field}".rstrip(".")


class _Touch(NamedTuple):
    kind: str
    model: str
    field: str


def _touched(migration: migrations.Migration) -> Iterator[_Touch]:
    for operation in migration.operations:
        if isinstance(operation, migrations.AddField):
            yield _Touch("add", operation.model_name_lower, operation.name_lower)
        elif isinstance(operation, migrations.CreateModel):
            yield _Touch("add", operation.name_lower, "")
            for name, _field in operation.fields:
                yield _Touch("add", operation.name_lower, name.lower())
        elif isinstance(operation, (migrations.RemoveField, migrations.AlterField)):
            yield _Touch("change", operation.model_name_lower, operation.name_lower)
        elif isinstance(operation, migrations.RenameField):
            yield _Touch("change", operation.model_name_lower, operation.old_name_lower)
        elif isinstance(operation, migrations.DeleteModel):
            yield _Touch("change", operation.name_lower, "")
        elif isinstance(operation, migrations.RenameModel):
            yield _Touch("change", operation.old_name_lower, "")


def check_replaced_apps(**kwargs: Any) -> list[CheckMessage]:
    """Migrations and models of an app in the place of ours: what they hide, add twice, change or don't inherit."""
    replacing = [a for a in apps.get_app_configs() if isinstance(a, TradepostConfig) and a.name != a.library]
    messages = [message for app in replacing for message in (*_check_folder(app), *_check_lost_folders(app))]
    if not replacing or any(message.id in ("tradepost.E010", "tradepost.E016") for message in messages):
        return messages  # Django can't read the migrations then
    loader = MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False)
    for app in replacing:
        twice = list(_check_operations(app, loader))
        messages += [*twice, *_check_fields(app, reported=twice)]
    return messages


def _library_folder(app: TradepostConfig) -> Path:
    return Path(import_module(f"{app.library}.migrations").__path__[0])


def _names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("[!_~]*.py")}


def _check_folder(app: TradepostConfig) -> Iterator[CheckMessage]:
    """Before Django reads them: ours are among theirs, and none of theirs is called like one of ours."""
    if find_spec(f"{app.library}.migrations") is None:
        return
    module, _explicit = MigrationLoader.migrations_module(app.label)
    if module is None:  # switched off, as test runners do
        return
    ours = _library_folder(app)
    folders = [Path(path) for path in _path_of(module)]
    if ours not in folders:
        yield Error(
            f"{module} doesn't inherit the migrations of {app.library}.",
            hint=f"Write into {module.replace('.', '/')}/__init__.py:\n\n"
            f"    from {app.library} import migrations as upstream\n\n"
            "    __path__ = [*__path__, *upstream.__path__]\n",
            id="tradepost.E016",
        )
        return
    for name in sorted(_names(ours) & {name for folder in folders if folder != ours for name in _names(folder)}):
        hides = f"{app.name}: migration {name} hides the library's migration of that name."
        yield Error(hides, hint="Rename yours: makemigrations -n takes a name of your own.", id="tradepost.E010")


def _path_of(module: str) -> Iterable[str]:
    try:
        return import_module(module).__path__
    except ModuleNotFoundError:
        return ()


def _check_lost_folders(app: TradepostConfig) -> Iterator[CheckMessage]:
    """Django looks for these in the folders of installed apps, and the replaced one is none any more."""
    library = Path(import_module(app.library).__path__[0]).resolve()
    for name, remedy in _FOUND_BY_APP.items():
        folder = library / name
        copied = name == "management" and (Path(app.path) / name).is_dir()
        if copied or not folder.is_dir() or folder in named_folders():
            continue
        tags = next((path.stem for path in folder.glob("[!_]*.py")), "")
        yield Error(
            f"{app.name} replaces {app.library}, whose {name}/ Django doesn't find any more.",
            hint=remedy.format(library=app.library, folder=app.name.replace(".", "/"), tags=tags),
            id="tradepost.E017",
        )


def _check_operations(app: TradepostConfig, loader: MigrationLoader) -> Iterator[CheckMessage]:
    our_folder = _library_folder(app)
    ours: set[_Touch] = set()
    theirs: dict[_Touch, str] = {}
    for (label, name), migration in loader.disk_migrations.items():
        if label != app.label:
            continue
        file = sys.modules[type(migration).__module__].__file__ or ""
        if Path(file).parent == our_folder:
            ours.update(_touched(migration))
        else:
            theirs.update(dict.fromkeys(_touched(migration), name))
    added = {touch[1:] for touch in ours if touch.kind == "add"}
    for touch, name in theirs.items():
        what = f"{touch.model}.{touch.field}".rstrip(".")
        if touch.kind == "add" and touch in ours:
            yield Error(
                f"{app.label}: your migration {name} and the library both add {what}.",
                hint="Rename yours (RenameField) before you upgrade; a prefix of your own keeps it from happening.",
                obj=_Place(touch.model, touch.field),
                id="tradepost.E011",
            )
        elif touch.kind == "change" and touch[1:] in added:
            yield Error(
                f"{app.label}: your migration {name} changes the library's {what}.",
                hint="Leave our columns as they are, or upgrades will break; add a field of your own beside it.",
                obj=_Place(touch.model, touch.field),
                id="tradepost.E012",
            )


def _check_fields(app: TradepostConfig, *, reported: Sequence[CheckMessage]) -> Iterator[CheckMessage]:
    """Before a migration is written: no class takes a field of ours away, or puts another in its place."""
    places = {message.obj for message in reported}
    for model in app.get_models():
        mine = {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}
        for name, field in _our_fields(app, model).items():
            place = _Place(str(model._meta.model_name), name)
            # Django copies an abstract model's fields, so that theirs is ours as long as it was created with it.
            if (name not in mine or mine[name].creation_counter != field.creation_counter) and place not in places:
                what = "another field instead of" if name in mine else "no"
                yield Error(
                    f"{model.__module__}.{model.__name__} has {what} {name}, which is the library's.",
                    hint=f"Leave it as it is, or upgrades will break; add a field of your own beside it, as in my_{name}.",
                    obj=place,
                    id="tradepost.E018",
                )


def _our_fields(app: TradepostConfig, model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    fields: dict[str, models.Field[Any, Any]] = {}
    for base in reversed(model.__mro__):
        options = getattr(base, "_meta", None)
        if options is not None and options.abstract and base.__module__.startswith(f"{app.library}.base"):
            fields |= {field.name: field for field in (*options.local_fields, *options.local_many_to_many)}
    return fields
