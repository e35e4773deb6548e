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

__all__ = ["TradepostConfig"]


class TradepostConfig(AppConfig):
    """Refuses to start when a replacing app lacks a model or dropped our constraints, and loads our edges beside it.

    Attributes:
        library: The library's package, whatever package ``name`` says.
        needs: Labels of the apps that must be installed with this one, named by their modules.
    """

    library: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        super().import_models()
        if find_spec(f"{self.library}.base") is None:
            return
        for abstract in self._abstract_models():
            mine = [model for model in self.models.values() if issubclass(model, abstract)]
            if not mine:
                raise ImproperlyConfigured(
                    f"{self.name}.models lacks a model of {abstract.__module__}.{abstract.__name__}: add\n\n"
                    f"    class {abstract.__name__.removeprefix('Abstract')}(base.{abstract.__name__}):\n        pass\n"
                )
            self._check_constraints(abstract, mine)

    def _abstract_models(self) -> Iterator[type[models.Model]]:
        base = import_module(f"{self.library}.base")
        for name, cls in inspect.getmembers(base, inspect.isclass):
            ours = name.startswith("Abstract") and cls.__module__.startswith(self.library)
            if ours and issubclass(cls, models.Model) and cls._meta.abstract:
                yield cls

    def _check_constraints(self, abstract: type[models.Model], mine: list[type[models.Model]]) -> None:
        stem = abstract.__name__.removeprefix("Abstract").lower()
        for model in mine:
            if model._meta.model_name != stem:
                continue
            names = {"app_label": model._meta.app_label, "class": stem}
            want = {constraint.name % names for constraint in abstract._meta.constraints}
            missing = want - {constraint.name for constraint in model._meta.constraints}
            if missing:
                raise ImproperlyConfigured(
                    f"{model.__module__}.{model.__name__} drops the constraints {sorted(missing)}: "
                    f"write `class Meta(base.{abstract.__name__}.Meta):`"
                )

    def ready(self) -> None:
        edges = ["checks", "handlers", "jobs"]
        if self.name != self.library:  # Django and Celery look into the project's package only
            if apps.is_installed("django.contrib.admin") and not module_has_submodule(self.module, "admin"):
                edges.append("admin")
            if not module_has_submodule(self.module, "tasks"):
                edges.append("tasks")
        for edge in edges:
            if find_spec(f"{self.library}.{edge}"):
                import_module(f"{self.library}.{edge}")
