"""System checks of access tokens: keys that can be guessed, keys that are used for something else, tokens that live long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register

from tradepost.core.conf import check_settings, raw

from ..conf import ApiSettings, settings

__all__ = ["check_deployed_tokens", "check_token_keys"]

_LEAST = 32  # bytes: as many as the hash has; less can be guessed faster than the hash
_LONGEST = timedelta(hours=1)
_NEW_KEY = (
    'TRADEPOST_API = {"TOKEN_KEYS": (os.environ["TOKEN_KEY"],)}, and a key made by '
    'python -c "import secrets; print(secrets.token_hex(32))"'
)


@register("tradepost")
def check_token_keys(**kwargs: Any) -> list[CheckMessage]:
    """Check that keys of access tokens are long enough."""
    keys = raw("TRADEPOST_API").get("TOKEN_KEYS", ())
    return [
        Error(
            f'TRADEPOST_API["TOKEN_KEYS"][{index}] must be a text of {_LEAST} bytes at least.',
            hint=_NEW_KEY,
            id="tradepost.E807",
        )
        for index, key in enumerate(keys if isinstance(keys, tuple | list) else ())
        if not isinstance(key, str) or len(key.encode()) < _LEAST
    ]


@register("tradepost", deploy=True)
def check_deployed_tokens(**kwargs: Any) -> list[CheckMessage]:
    """Check what an API must not go live with; run by ``check --deploy``."""
    if check_settings("TRADEPOST_API", ApiSettings, "tradepost.E800"):
        return []
    return [*_key_problems(settings()), *_lifetime_problems(settings())]


def _key_problems(options: ApiSettings) -> Iterator[CheckMessage]:
    secret = django_settings.SECRET_KEY
    if secret in options.TOKEN_KEYS:
        message = (
            'TRADEPOST_API["TOKEN_KEYS"] holds SECRET_KEY: one key for all. Whoever needs it to read access tokens could '
            "make sessions and links, too."
        )
        yield Warning(message, hint=_NEW_KEY, id="tradepost.W808")
    if not options.TOKEN_KEYS and len(str(secret).encode()) < _LEAST:
        message = (
            f"Keys of access tokens are derived from SECRET_KEY, which has less than {_LEAST} bytes and can be guessed."
        )
        yield Warning(message, hint=_NEW_KEY, id="tradepost.W809")


def _lifetime_problems(options: ApiSettings) -> Iterator[CheckMessage]:
    if options.ACCESS_LIFETIME > _LONGEST:
        yield Warning(
            f'TRADEPOST_API["ACCESS_LIFETIME"] is longer than {_LONGEST}: where nothing but the token is looked at, one that was '
            "stolen works as long, whoever signs out.",
            hint=f'TRADEPOST_API = {{"ACCESS_LIFETIME": {ApiSettings().ACCESS_LIFETIME!r}}}',
            id="tradepost.W810",
        )
