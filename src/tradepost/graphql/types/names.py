"""Names of types: those of the library's serializers, whatever class a project has put in the place of one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import strawberry
from django.utils.text import camel_case_to_spaces

from tradepost.api.serializers import serializer_class
from tradepost.api.serializers.registry import SERIALIZERS

__all__ = ["enum_of", "stem", "type_names"]

_WORD = re.compile(r"[A-Z_][A-Z0-9_]*\Z")


def type_names() -> Mapping[type, str]:
    """The name of a type by the class of its serializer, as far as that stands under a key."""
    return {serializer_class(key): stem(path.rpartition(".")[2]) for key, path in SERIALIZERS.items()}


def stem(name: str) -> str:
    """``OrderLineSerializer`` is ``OrderLine``."""
    return name.removesuffix("Serializer").lstrip("_")


def enum_of(name: str, values: Sequence[str]) -> Any:
    """The enum of some stable words; ``None`` where they make no names."""
    words = {re.sub(r"\W", "_", value).upper(): value for value in values}
    if not values or len(words) != len(values) or not all(map(_WORD.match, words)):
        return None
    kind: Any = Enum(name, words)  # type: ignore[misc]
    return strawberry.enum(kind, description=f"{camel_case_to_spaces(name).capitalize()}.")
