"""The ``AppConfig`` of every app of the library; a project that replaces an app subclasses it.

Not in ``core/apps.py``, where Django would take it for core's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.module_loading import module_has_submodule

from .model_options import lost_options

__all__ = ["TradepostConfig"]


class TradepostConfig(AppConfig):
    """Refuses to start when a replacing app lacks a model or its ``Meta`` dropped what ours has, and loads our edges beside it.

    Attributes:
        library: The library's package, whatever package ``name`` says.
        needs: Modules of the apps that must be installed with this one: ours, and those of other packages.
    """

    library: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        self._refuse_without_needs()
        super().import_models()
        if find_spec(f"{self.library}.base") is None:
            return
        for abstract in self._abstract_models():
            stem = abstract.__name__.removeprefix("Abstract")
            model = self.models.get(stem.lower())
            if model is None or not issubclass(model, abstract):
                raise ImproperlyConfigured(self._missing(abstract, stem))
            if lost := lost_options(abstract, model):
                raise ImproperlyConfigured(
                    f"{model.__module__}.{stem} drops {lost} of base.{abstract.__name__}: write\n\n"
                    f"    class Meta(base.{abstract.__name__}.Meta):\n\n"
                    "and add to what it has, as in "
                    f"`constraints = [*base.{abstract.__name__}.Meta.constraints, …]`.\n"
                )

    def _refuse_without_needs(self) -> None:
        """An app that is missing is named here, before its absence shows as an import error of somebody else's."""
        have = {getattr(config, "library", config.name) for config in apps.app_configs.values()}
        missing = [need for need in self.needs if need not in have]
        if missing:
            raise ImproperlyConfigured(
                f"{self.library} needs {', '.join(missing)}, which INSTALLED_APPS lacks. Take all that belongs together:\n\n"
                "    INSTALLED_APPS = [..., *tradepost.installed_apps()]\n\n"
                'or leave both out, where that is possible: tradepost.installed_apps(without=["tradepost.…"]).\n'
            )

    def _abstract_models(self) -> Iterator[type[models.Model]]:
        base = import_module(f"{self.library}.base")
        for name, cls in inspect.getmembers(base, inspect.isclass):
            ours = name.startswith("Abstract") and cls.__module__.startswith(self.library)
            if ours and issubclass(cls, models.Model) and cls._meta.abstract:
                yield cls

    def _missing(self, abstract: type[models.Model], stem: str) -> str:
        others = [model.__name__ for model in self.models.values() if issubclass(model, abstract)]
        if others:
            return f"{self.name}.models must call its {abstract.__name__} {stem}, and not {others[0]}: others find it by name."
        app, folder = self.library.removeprefix("tradepost."), self.name.replace(".", "/")
        return (
            f"{self.name}.models lacks a model of {abstract.__module__}.{abstract.__name__}: add\n\n"
            f"    class {stem}(base.{abstract.__name__}):\n        pass\n\n"
            f"or let `python -m tradepost replace {app} {folder} --update` add what is missing.\n"
        )

    def ready(self) -> None:
        edges = ["checks", "handlers", "jobs", "versions"]
        if self.name != self.library:  # Django and Celery look into the project's package only
            if apps.is_installed("django.contrib.admin") and not module_has_submodule(self.module, "admin"):
                edges.append("admin")
            if not module_has_submodule(self.module, "tasks"):
                edges.append("tasks")
        for edge in edges:
            if find_spec(f"{self.library}.{edge}"):
                import_module(f"{self.library}.{edge}")
