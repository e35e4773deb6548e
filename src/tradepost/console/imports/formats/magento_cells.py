"""Magento's cells that hold several things: attributes, variations, categories."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["attributes_of", "category_path", "labels_of", "variations_of"]

_NEXT = re.compile(r",(?=\s*\"?[A-Za-z_][A-Za-z0-9_]*=)")
_NO_OPTIONS = {"display"}  # of older exports
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def _pairs(text: str) -> list[str]:
    """The pairs of ``a=1,b=2``: a comma ends one only where a name and an equals sign follow, and never inside of quotes."""
    pairs: list[str] = []
    start = 0
    is_quoted = False
    for place, character in enumerate(text):
        before = text[start:place]
        if character == '"' and (is_quoted or before.strip() == "" or before.endswith(("=", "|", '"'))):
            is_quoted = not is_quoted
        elif character == "," and not is_quoted and _NEXT.match(text, place):
            pairs.append(before)
            start = place + 1
    return [*pairs, text[start:]]


def _plain(value: str) -> str:
    """A value without the quotes around it, or around its parts."""
    if not value.startswith('"'):
        return value
    parts = _QUOTED.findall(value)
    return "|".join(part.replace('""', '"') for part in parts) if parts else value


def attributes_of(text: str) -> dict[str, str]:
    """``additional_attributes``: value by name. Values may be quoted, JSON or HTML."""
    values: dict[str, str] = {}
    for pair in _pairs(text):
        whole = _plain(pair.strip()) if pair.strip().startswith('"') else pair.strip()
        name, _equals, value = whole.partition("=")
        if name:
            values[name.strip()] = _plain(value.strip())
    return values


def variations_of(text: str) -> list[dict[str, str]]:
    """``configurable_variations``: value by option of each, with its ``sku``. A comma may be in a value."""
    variations = [attributes_of(variation) for variation in text.split("|") if variation.strip()]
    return [{name: value for name, value in row.items() if name not in _NO_OPTIONS} for row in variations]


def labels_of(text: str) -> Mapping[str, str]:
    """``configurable_variation_labels``: title by option."""
    labels = {name: value.split("=")[0].strip() for name, value in attributes_of(text).items()}
    return {name: label for name, label in labels.items() if label}


def category_path(text: str) -> tuple[str, ...]:
    """The names of a category below the root, which is the first; ``\\/`` is a slash in a name."""
    names = [part.replace("\\/", "/").strip() for part in re.split(r"(?<!\\)/", text)]
    return tuple(name for name in names[1:] if name)
