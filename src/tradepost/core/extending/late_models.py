"""Models that a project may replace: who asks for ours is given theirs.

``models.py`` of every app ends its choice with these two lines, so that one import works in both worlds, and type checkers
see the stock class::

    if TYPE_CHECKING or stock(__name__):
        class Product(base.AbstractProduct): ...
    else:
        __getattr__ = replaced(__name__)
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured

__all__ = ["replaced", "stock"]


def _app(module: str) -> AppConfig:
    return apps.get_app_config(module.removesuffix(".models").replace(".", "_"))


def stock(module: str) -> bool:
    """Whether this models module is the one that Django loads for its label."""
    return bool(f"{_app(module).name}.models" == module)


def replaced(module: str) -> Callable[[str], Any]:
    """A module ``__getattr__`` that finds the project's models by our names."""

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        app = _app(module)
        theirs = import_module(f"{app.name}.models")
        try:
            return apps.get_model(app.label, name, require_ready=False)
        except LookupError:
            if apps.models_ready or hasattr(theirs, name):
                raise AttributeError(f"{theirs.__name__} has no model {name}") from None
            raise ImproperlyConfigured(
                f"{theirs.__name__} needs {module}.{name} while its own models are still loading; "
                "import that module inside the function that uses it."
            ) from None

    return __getattr__
