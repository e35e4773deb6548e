"""System checks of customers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.functional import Promise

from tradepost.core.conf import check_settings, raw

from .conf import ASKED_AT, PURPOSE_KEYS, CustomerSettings

__all__ = ["check_customers"]

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_HINT = (
    'TRADEPOST_CUSTOMERS = {"CONSENTS": {"newsletter": {"LABEL": "Newsletter", "TEXT": "Yes, e-mail me offers and news.", '
    '"VERSION": "1", "ASKED_AT": ("registration", "checkout")}}}'
)


@register("tradepost")
def check_customers(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CUSTOMERS`` and each consent in it."""
    wrong = check_settings("TRADEPOST_CUSTOMERS", CustomerSettings, "tradepost.E170")
    declared = raw("TRADEPOST_CUSTOMERS").get("CONSENTS", {})
    if wrong or not isinstance(declared, Mapping):
        return wrong
    return [
        Error(f'TRADEPOST_CUSTOMERS["CONSENTS"][{key!r}] {problem}.', hint=_HINT, id="tradepost.E171")
        for key, entry in declared.items()
        for problem in _problems(key, entry)
    ]


def _problems(key: Any, entry: Any) -> Iterator[str]:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        yield "needs a key of at most 40 small letters, digits, - and _"
    if not isinstance(entry, Mapping):
        yield "must be a dict"
        return
    for name in sorted(map(str, entry.keys() - PURPOSE_KEYS)):
        near = difflib.get_close_matches(name, PURPOSE_KEYS, n=1)
        yield f'has no key "{name}"' + (f'; did you mean "{near[0]}"?' if near else "")
    for name in ("LABEL", "TEXT"):
        if not isinstance(entry.get(name), str | Promise) or not str(entry[name]).strip():
            yield f'needs a text "{name}"'
    version = entry.get("VERSION", "1")
    if not isinstance(version, str) or not 0 < len(version) <= 40:
        yield '"VERSION" must be a text of at most 40 characters'
    places = entry.get("ASKED_AT", ())
    if not isinstance(places, list | tuple) or not set(places) <= set(ASKED_AT):
        yield f'"ASKED_AT" must be some of {ASKED_AT}'
