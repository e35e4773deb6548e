"""What the formats share: options, SKUs that are made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Field, Model
from django.utils.text import slugify

from .table import Record

__all__ = ["fit", "made_sku", "options_of", "positions"]

_SKU_LENGTH = 64


def fit(text: str, model: type[Model], name: str) -> str:
    """A text cut to what a field holds; for texts whose end nobody misses."""
    field = model._meta.get_field(name)
    return text[: field.max_length] if isinstance(field, Field) and field.max_length else text


def made_sku(slug: str, values: Iterable[str], taken: Collection[str] = ()) -> str:
    """A SKU for a variant that has none: the same at every import, as long as its slug and its options are the same.

    Args:
        values: Of its options, in order.
        taken: SKUs of its siblings; where it would be one of them, or too long, it ends with a digest.
    """
    parts = [slug, *values]
    made = "-".join(filter(None, (slugify(part) for part in parts))).upper()
    whole = all(slugify(part) for part in parts)
    if whole and made not in taken and len(made) <= _SKU_LENGTH:
        return made
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10].upper()
    return f"{made[: _SKU_LENGTH - 11]}-{digest}"


def options_of(record: Record, columns: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Value by option name; each option of a product has one.

    Raises:
        BadCell: One has no value.
    """
    return {name: record.text(column, required=True)[:200] for name, column in columns}


def positions(rows: Sequence[Any]) -> list[int]:
    """Positions that bring rows of the database into this order: those that they have, where they stand so already."""
    have = [(row.position, row.pk) for row in rows if row.pk]
    if len(have) == len(rows) and have == sorted(have):
        return [position for position, _ in have]
    return list(range(len(rows)))
