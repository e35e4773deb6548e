"""System checks of the API."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from tradepost.core.conf import check_settings, raw
from tradepost.core.requests.rate_limit_checks import RATE_HINT, rate_problem

from .callers.return_urls import prefix_problem
from .callers.token_checks import check_deployed_tokens, check_token_keys
from .conf import ApiSettings

__all__ = ["check_api", "check_deployed_tokens", "check_return_urls", "check_token_keys"]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@register("tradepost")
def check_api(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_API``: its keys, the serializers and authentication classes that it names, the rates."""
    messages = check_settings("TRADEPOST_API", ApiSettings, "tradepost.E800")
    values = raw("TRADEPOST_API")
    return [
        *messages,
        *_check_serializers(values.get("SERIALIZERS", {})),
        *_check_authentication(values.get("AUTHENTICATION", ())),
        *_check_rates(values.get("THROTTLE", {})),
        *_check_prefixes(values.get("RETURN_URLS", ())),
        *_check_cache(values.get("CACHE", "")),
    ]


@register("tradepost", deploy=True)
def check_return_urls(**kwargs: Any) -> list[CheckMessage]:
    """Check that customers don't come back from a payment over plain http; run by ``check --deploy``."""
    entries = raw("TRADEPOST_API").get("RETURN_URLS", ())
    return [
        Warning(
            f'TRADEPOST_API["RETURN_URLS"]: {url} is not https.',
            hint=f'"https://{url.removeprefix("http://")}"',
            id="tradepost.W805",
        )
        for url in (entries if isinstance(entries, tuple | list) else ())
        if isinstance(url, str) and url.startswith("http://") and urlsplit(url).hostname not in _LOOPBACK
    ]


def _check_prefixes(entries: Any) -> list[CheckMessage]:
    """An entry that is empty or too short would let a browser be sent anywhere; it is not heeded."""
    return [
        Error(
            f'TRADEPOST_API["RETURN_URLS"]: {entry!r} {problem}.',
            hint='TRADEPOST_API = {"RETURN_URLS": ("https://app.example/", "myapp://")}',
            id="tradepost.E806",
        )
        for entry in (entries if isinstance(entries, tuple | list) else ())
        if (problem := prefix_problem(entry))
    ]


def _check_cache(alias: Any) -> list[CheckMessage]:
    """Check that the cache is there: answers would be made anew each time, without a word."""
    if not alias or alias in settings.CACHES:
        return []
    return [
        Error(
            f'TRADEPOST_API["CACHE"]: CACHES has no {alias!r}.',
            hint='TRADEPOST_API = {"CACHE": "default"}',
            id="tradepost.E807",
        )
    ]


def _check_serializers(mapping: Any) -> list[CheckMessage]:
    from rest_framework.serializers import BaseSerializer

    from .serializers.registry import SERIALIZERS

    if not isinstance(mapping, Mapping):
        return [Error('TRADEPOST_API["SERIALIZERS"] must be a dict of paths by key.', id="tradepost.E801")]
    messages: list[CheckMessage] = []
    for key, path in mapping.items():
        if key not in SERIALIZERS:
            near = difflib.get_close_matches(str(key), SERIALIZERS, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]!r}?" if near else f"Keys: {', '.join(sorted(SERIALIZERS))}."
            messages.append(Error(f'TRADEPOST_API["SERIALIZERS"] has no key {key!r}.', hint=hint, id="tradepost.E801"))
        elif not _is(path, BaseSerializer):
            wrong = f'TRADEPOST_API["SERIALIZERS"][{key!r}]: {path!r} is not the path of a serializer class.'
            messages.append(Error(wrong, id="tradepost.E801"))
    return messages


def _check_authentication(paths: Any) -> list[CheckMessage]:
    from rest_framework.authentication import BaseAuthentication

    if not isinstance(paths, (tuple, list)):
        return [Error('TRADEPOST_API["AUTHENTICATION"] must be a tuple of paths.', id="tradepost.E802")]
    return [
        Error(f'TRADEPOST_API["AUTHENTICATION"]: {path!r} is not an authentication class.', id="tradepost.E802")
        for path in paths
        if not _is(path, BaseAuthentication)
    ]


def _check_rates(rates: Any) -> list[CheckMessage]:
    from .callers.throttles import SCOPES

    if not isinstance(rates, Mapping):
        return [Error('TRADEPOST_API["THROTTLE"] must be a dict of rates by scope.', id="tradepost.E803")]
    messages: list[CheckMessage] = []
    for scope, rate in rates.items():
        where = f'TRADEPOST_API["THROTTLE"][{scope!r}]'
        if scope not in SCOPES:
            messages.append(Error(f"{where}: there are {', '.join(SCOPES)}.", id="tradepost.E803"))
        elif problem := rate_problem(rate):
            messages.append(Error(f"{where}: {problem}", hint=RATE_HINT, id="tradepost.E803"))
    return messages


def _is(path: Any, base: type) -> bool:
    try:
        target = import_string(path)
    except (ImportError, AttributeError, TypeError):
        return False
    return isinstance(target, type) and issubclass(target, base)
