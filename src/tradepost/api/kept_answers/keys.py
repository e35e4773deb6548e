"""The key of an answer: all that it depends on."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from tradepost import __version__
from tradepost.browse import Grounds
from tradepost.catalogue.models import Category, Collection, Product, Variant
from tradepost.core import versions
from tradepost.core.extending.exposed_fields import declarations

from ..conf import settings

__all__ = ["Key"]

_LENGTH = 40  # of a name
_MODELS: tuple[Any, ...] = (Category, Collection, Product, Variant)


class Key:
    """All that an answer depends on.

    Args:
        asked: What the caller says, and what this process is set to.
        grounds: What is told.
    """

    def __init__(self, asked: tuple[Hashable, ...], grounds: Grounds) -> None:
        self._kinds = sorted(grounds.kinds)
        self._versions = self._of(versions.current())
        self._digest = sha256(repr((asked, grounds.facts, self._versions)).encode())

    @classmethod
    def of(cls, view: Any, request: Any) -> Key | None:
        """The key of a guest's call; ``None`` where its answer isn't kept.

        Args:
            request: DRF's.
        """
        parts = _parts_of(view)
        grounds = view.grounds() if parts.kinds is not None else None
        if parts.kinds is None or grounds is None:
            return None
        call = request._request  # noqa: SLF001 - by way of DRF's each attribute costs twice
        asked = (
            parts.names,
            call.scheme,
            call.get_host(),
            call.path,
            tuple(sorted((name, tuple(values)) for name, values in call.GET.lists())),
            call.META.get("HTTP_ACCEPT", ""),
            get_language(),
            timezone.get_current_timezone_name(),
            _release(),
            tuple((each.model, each.path, each.name, each.read, each.search, each.filter) for each in declarations()),
        )
        return cls(asked, Grounds(grounds.kinds | parts.kinds, grounds.facts))

    @property
    def name(self) -> str:
        """As a cache takes it."""
        return self._digest.hexdigest()[:_LENGTH]

    def with_facts(self, facts: Hashable) -> str:
        """The same with what is known of the answer's own."""
        digest = self._digest.copy()
        digest.update(repr(facts).encode())
        return digest.hexdigest()[:_LENGTH]

    def is_true(self) -> bool:
        """Whether no version has changed since."""
        return self._of(versions.read_versions()) == self._versions

    def _of(self, current: Any) -> tuple[tuple[str, int], ...]:
        return tuple([(kind, current.get(kind, 0)) for kind in self._kinds])


class _Parts(NamedTuple):
    """The classes that make an answer, a project's own among them.

    Attributes:
        kinds: What they read beside ours; ``None`` where one doesn't say.
    """

    names: tuple[str, ...]
    kinds: frozenset[str] | None


def _parts_of(view: Any) -> _Parts:
    """Of a view: itself, its filters, pages and serializers, and what its rows are found by, which may look at the time."""
    own = [import_string(path) for key, path in settings().SERIALIZERS.items() if key.startswith("catalogue.")]
    filters = getattr(view, "filterset_class", None)
    finders = [part for model in _MODELS for part in (type(model.objects), model.objects._queryset_class)]  # noqa: SLF001
    classes = (
        type(view),
        filters,
        view.pagination_class,
        *view.filter_backends,
        *view.renderer_classes,
        *own,
        *finders,
    )
    return _described(tuple([part for part in classes if part is not None]))


@lru_cache(maxsize=64)
def _described(classes: tuple[type, ...]) -> _Parts:
    return _Parts(tuple(f"{each.__module__}.{each.__qualname__}" for each in classes), versions.kinds_behind(classes))


@lru_cache(maxsize=1)
def _release() -> str:
    """A digest of the release and all settings: processes of one cache may differ in them while a new version is rolled out."""
    # Mail makes no answer differ, and Django 6.1 warns of whoever reads its settings.
    names = sorted(name for name in dir(django_settings) if name.isupper() and not name.startswith("EMAIL_"))
    text = repr([(name, repr(getattr(django_settings, name, None))) for name in names])
    return sha256(f"{__version__} {text}".encode()).hexdigest()


def _forget(**_kwargs: Any) -> None:
    _release.cache_clear()
    _described.cache_clear()


setting_changed.connect(_forget, dispatch_uid="tradepost.api.kept_answers")
