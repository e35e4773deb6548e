"""The order that people give rows, in a column ``position``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..errors import Invalid
from .fields import MAX_SMALL
from .transactions import lock

__all__ = ["put_in_order"]

_NAMED = 20  # in a refusal


def put_in_order(rows: models.QuerySet[Any], keys: Iterable[Any], *, field: str, attr: str, tie: str = "pk") -> bool:
    """Put rows in the order of their keys, and those that aren't named after them, in the order that they had.

    Locks the rows. Positions count from 0; where all are as they were, nothing is written. Call it in a transaction.

    Args:
        rows: All that are in one order, such as the pictures of a product.
        keys: Public keys; one that is named twice counts where it comes first.
        field: The column of the keys.
        attr: Under which a refusal stands.
        tie: The column by which rows of one position are shown.

    Returns:
        Whether any row moved.

    Raises:
        Invalid: A key is none of these rows'. ``context["unknown"]`` lists such keys.
    """
    before = sorted(lock(rows), key=lambda row: (row.position, getattr(row, tie), row.pk))
    by_key = {str(getattr(row, field)): row for row in before}
    named = list(dict.fromkeys(str(key) for key in keys))
    if unknown := [key for key in named if key not in by_key]:
        text = _("There is no such entry: %(keys)s.") % {"keys": ", ".join(unknown[:_NAMED])}
        raise Invalid(text, attr=attr, unknown=unknown[:_NAMED])
    rest = [row for key, row in by_key.items() if key not in {*named}]
    moved = []
    for place, row in enumerate([*(by_key[key] for key in named), *rest]):
        position = min(place, MAX_SMALL)
        if row.position != position:
            row.position = position
            moved.append(row)
    if moved:
        rows.bulk_update(moved, ["position"])
    return bool(moved)
