"""Public answers, kept in a cache exactly as long as they are true.

The key of an answer holds all that it depends on: what was asked for, the versions of what it shows, what the present moment
decides. Nothing is ever forgotten, since what is no longer true is no longer asked for. The key is the ETag, too, so that who has
the answer is told so without a look at it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from tradepost import __version__
from tradepost.browse import Grounds
from tradepost.core import versions
from tradepost.core.extending.exposed_fields import declarations
from tradepost.core.soft_cache import soft_cache_of

from .conf import settings
from .unknown_parameters import HEADER

__all__ = ["answer"]

_SECONDS = 3600  # an answer that nobody looks for any more goes some day; none is wrong before
_PREFIX = "tradepost:answers:"


def answer(view: Any, handler: Callable[..., Any], request: Any, *args: Any, **kwargs: Any) -> Any:
    """The kept answer to a call, else the handler's, which is kept where it may be."""
    key = _Key.of(view, request)
    if key is None:
        return handler(request, *args, **kwargs)
    name = key.name(view.facts())
    if "If-Match" not in request.headers and _etag(name) in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_headers(HttpResponseNotModified(), name)
    cache = soft_cache_of(settings().CACHE)
    body = cache.get(_PREFIX + name)
    if isinstance(body, bytes):
        content_type, _line, content = body.partition(b"\n")
        return _with_headers(HttpResponse(content, content_type=content_type.decode()), name)
    response = handler(request, *args, **kwargs)
    if response.status_code == 200 and hasattr(response, "add_post_render_callback"):
        name = key.name(view.facts_shown())
        _with_headers(response, name)
        response.add_post_render_callback(lambda rendered: _keep(cache, key, name, rendered))
    return response


def _etag(name: str) -> str:
    return f'W/"{name}"'


def _with_headers(response: Any, name: str) -> Any:
    response.headers["ETag"] = _etag(name)
    return response


def _keep(cache: Any, key: _Key, name: str, response: Any) -> None:
    """Keep an answer, unless something changed while it was made: a part of it might be older."""
    if not response.has_header(HEADER) and key.is_true():  # with unknown parameters anybody could fill the cache
        cache.set(_PREFIX + name, response.headers["Content-Type"].encode() + b"\n" + response.content, _SECONDS)


class _Key:
    """All that an answer depends on.

    Args:
        asked: What the caller says.
    """

    def __init__(self, asked: tuple[Hashable, ...], grounds: Grounds) -> None:
        self._asked, self._grounds = asked, grounds
        self._kinds = sorted(grounds.kinds)
        self._versions = self._of(versions.current())

    @classmethod
    def of(cls, view: Any, request: Any) -> _Key | None:
        """The key of a call; ``None`` where its answer isn't kept."""
        # In this order: a user who is named by a token isn't looked up for this.
        is_known = "Authorization" in request.headers or request.auth is not None or request.user.is_authenticated
        if not settings().CACHE or is_known:
            return None
        classes = _classes(view)
        own = versions.kinds_behind(classes)
        grounds = view.grounds() if own is not None else None
        if own is None or grounds is None:
            return None
        asked = (
            *(f"{each.__module__}.{each.__qualname__}" for each in classes),
            request.scheme,
            request.get_host(),
            request.path,
            tuple(sorted((name, tuple(values)) for name, values in request.query_params.lists())),
            request.headers.get("Accept", ""),
            get_language(),
            timezone.get_current_timezone_name(),
            _release(),
            tuple((each.model, each.path, each.name, each.read, each.search, each.filter) for each in declarations()),
        )
        return cls(asked, Grounds(grounds.kinds | own, grounds.facts))

    def name(self, facts: Hashable) -> str:
        """The key as a cache takes it, with what is known of the answer's own."""
        return sha256(repr((self._asked, self._grounds.facts, self._versions, facts)).encode()).hexdigest()[:40]

    def is_true(self) -> bool:
        """Whether no version has changed since."""
        return self._of(versions.read_versions()) == self._versions

    def _of(self, current: Any) -> tuple[tuple[str, int], ...]:
        return tuple((kind, current.get(kind, 0)) for kind in self._kinds)


def _classes(view: Any) -> list[type]:
    """The classes that make an answer, a project's own among them: its view, filters, pages and serializers."""
    own = [import_string(path) for key, path in settings().SERIALIZERS.items() if key.startswith("catalogue.")]
    filters = getattr(view, "filterset_class", None)
    parts = (type(view), filters, view.pagination_class, *view.filter_backends, *view.renderer_classes, *own)
    return [part for part in parts if part is not None]


@lru_cache(maxsize=1)
def _release() -> str:
    """A digest of the release and all settings: processes of one cache may differ in them while a new version is rolled out."""
    # Mail makes no answer differ, and Django 6.1 warns of whoever reads its settings.
    names = sorted(name for name in dir(django_settings) if name.isupper() and not name.startswith("EMAIL_"))
    text = repr([(name, repr(getattr(django_settings, name, None))) for name in names])
    return sha256(f"{__version__} {text}".encode()).hexdigest()


setting_changed.connect(lambda **_kwargs: _release.cache_clear(), weak=False, dispatch_uid="tradepost.api.kept_answers")
