"""Shared parts of the formats: options, addresses and generated SKUs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils.text import slugify

from tradepost.catalogue.options import folded

from .records import Record, is_slug

__all__ = [
    "comparable",
    "digest",
    "fit",
    "handle_identity",
    "made_sku",
    "made_slug",
    "option_columns",
    "options_of",
    "positions",
    "repeated_sku",
    "source_key",
    "with_digest",
]

_LENGTH = 255  # of slugs and SKUs
_KEY_LENGTH = 300  # of Product.source_key
_MADE_LENGTH = 64  # a SKU that is made stays one that people can read out
OPTION_LENGTH = 255


def fit(text: str, model: type[Model], name: str) -> str:
    """A text cut to what a field holds; for texts whose end nobody misses."""
    field = model._meta.get_field(name)
    return text[: field.max_length] if isinstance(field, Field) and field.max_length else text


def comparable(text: str) -> str:
    """A text as the database compares it in a unique column: MariaDB takes large and small letters for the same."""
    return text.casefold() if connection.vendor == "mysql" else text


def digest(*parts: str) -> str:
    """Ten letters that stand for some texts, the same each time."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]


def with_digest(text: str, *parts: str) -> str:
    """A text that nobody else has: with the digest of what it stands for at its end."""
    return f"{text[: _LENGTH - 11]}-{digest(*parts)}".lstrip("-")


def source_key(source: str, name: str) -> str:
    """The name of a product in its source, as :attr:`.rows.ProductRow.key`; a long one is cut, and stays distinct."""
    key = f"{source}:{name}"
    return key if len(key) <= _KEY_LENGTH else f"{key[: _KEY_LENGTH - 11]}-{digest(name)}"


def made_slug(text: str, *, key: str, taken: Collection[str] = ()) -> str:
    """An address for a product whose source gives none that can be one; the same at every import.

    Args:
        text: What it reads like.
        key: What the source calls the product.
        taken: Addresses that the file gives to others.
    """
    slug = slugify(text)[:_LENGTH].strip("-")
    return slug if slug and slug not in taken else with_digest(slug, key)


def made_sku(slug: str, values: Iterable[str], taken: Collection[str] = ()) -> str:
    """A SKU for a variant that has none: the same at every import, as long as its slug and its options are the same.

    Args:
        values: Of its options, in order.
        taken: SKUs that are others'; where it would be one of them, or too long, it ends with a digest.
    """
    parts = [slug, *values]
    sku = "-".join(filter(None, (slugify(part) for part in parts))).upper()
    is_whole = all(slugify(part) for part in parts)
    is_free = sku not in taken and len(sku) <= _MADE_LENGTH
    return sku if is_whole and is_free else with_digest(sku[: _MADE_LENGTH - 11], *parts).upper()


def option_columns(record: Record, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name of each option, and the column of its values.

    Args:
        pairs: Columns of the name and of the value.

    Raises:
        BadCell: Two options have one name.
    """
    columns: dict[str, str] = {}
    for name_column, value_column in pairs:
        name = record.text(name_column)
        if folded(name) in {folded(other) for other in columns}:
            raise record.bad(name_column, f"{name!r} is the name of another option, too")
        if name:
            columns[name] = value_column
    return list(columns.items())


def options_of(record: Record, columns: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Value by option name; each option of a product has one.

    Raises:
        BadCell: One has no value, or one that is too long.
    """
    options = {name: record.text(column, required=True) for name, column in columns}
    for name, column in columns:
        if len(options[name]) > OPTION_LENGTH:
            raise record.bad(column, f"has {len(options[name])} characters, {OPTION_LENGTH} are possible")
    return options


def positions(rows: Sequence[Any]) -> list[int]:
    """Positions that bring rows of the database into this order: those that they have, where they stand so already."""
    have = [(row.position, row.pk) for row in rows if row.pk]
    if len(have) == len(rows) and have == sorted(have):
        return [position for position, _ in have]
    return list(range(len(rows)))


def handle_identity(handle: str, *, source: str, taken: Collection[str]) -> Mapping[str, Any]:
    """Slug and key of a product that its source calls by a handle: one that can stand in an address stays as it is.

    Args:
        source: Name of the format.
        taken: Handles of the file.
    """
    key = source_key(source, handle)
    if is_slug(handle) and len(handle) <= _LENGTH:
        return {"slug": handle, "key": key}
    return {"slug": made_slug(handle, key=key, taken=taken), "slug_is_made": True, "key": key}


def repeated_sku(
    record: Record, column: str, sku: str, lines: Mapping[str, int], taken: Collection[str]
) -> dict[str, Any]:
    """SKU of a variant, another one than the file's where an earlier row has it; for formats in which SKUs may repeat.

    Args:
        lines: First line of each SKU of the file.
        taken: SKUs of the file, and those that were made so far.
    """
    first = lines.get(sku, record.line)
    if not sku or first == record.line:
        return {"sku": sku}
    number = 2
    while f"{sku[:240]}-{number}" in taken:
        number += 1
    return {"sku": f"{sku[:240]}-{number}", "repeats_line": first, "source_sku": sku}
