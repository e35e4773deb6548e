"""The system check of a project's own rules for addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error

from ..conf import raw
from .countries import COUNTRIES
from .rules import RULE_KEYS

__all__ = ["check_address_rules"]

_HINT = (
    r'TRADEPOST_SHOP = {"ADDRESS_RULES": {"SV": {"postcode": r"\d{4}", "example": "1101", "needs_postcode": False}}}'
)


def check_address_rules(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_SHOP["ADDRESS_RULES"]``: countries that there are, known keys, patterns that their own examples fit."""
    rules = raw("TRADEPOST_SHOP").get("ADDRESS_RULES", {})
    if not isinstance(rules, Mapping):
        return []  # E002 says so
    return [
        Error(f'TRADEPOST_SHOP["ADDRESS_RULES"][{country!r}] {problem}.', hint=_HINT, id="tradepost.E019")
        for country, rule in rules.items()
        for problem in _problems(country, rule)
    ]


def _problems(country: Any, rule: Any) -> Iterator[str]:
    if country not in COUNTRIES:
        yield "is no country: write the two capital letters of ISO 3166-1"
    if not isinstance(rule, Mapping):
        yield "must be a dict"
        return
    for key, value in rule.items():
        if key not in RULE_KEYS:
            yield f"has no key {key!r}; there are: {', '.join(RULE_KEYS)}"
        elif not isinstance(value, RULE_KEYS[key]):
            yield f"has a {key!r} that isn't {RULE_KEYS[key].__name__}"
        elif key == "postcode":
            yield from _pattern_problems(str(value), rule.get("example"))


def _pattern_problems(pattern: str, example: Any) -> Iterator[str]:
    try:
        compiled = re.compile(pattern, re.ASCII)
    except re.error as error:
        yield f'has a "postcode" that is no regular expression: {error}'
        return
    if pattern and (not isinstance(example, str) or not compiled.fullmatch(example)):
        yield 'needs an "example" that its "postcode" fits'
