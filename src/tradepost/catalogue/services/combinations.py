"""Changing what the variants of a product differ in, and making a variant of each combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product as combined
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid

from ..base import AbstractProduct
from ..models import Product, Variant
from ..options import check_names, folded
from .product_values import change_options
from .variant_values import add_variant

__all__ = ["combine_options"]

_MOST = 100  # variants that are made at once
_LONGEST = 255


@db.atomic
def combine_options(
    product: AbstractProduct, options: Mapping[str, Sequence[str]], *, renamed: Mapping[str, str] | None = None
) -> list[int]:
    """Give a product these options, and a variant for each combination of their values that has none.

    Variants that are there keep their values; in an option that is new they have its first value. A variant that is made is
    like the first one that is sold, with an SKU of its own.

    Args:
        product: Which.
        options: Values by the name of the option, in order; an option that isn't named is taken away.
        renamed: The new name by the old one, for options that are only called something else.

    Returns:
        Primary keys of the variants that were made.

    Raises:
        OptionsInvalid: A name or a value is wrong, or an option has no values.
        DuplicateOptions: Variants that are sold would be the same without an option that is taken away.
        Invalid: More than a hundred variants would be made (``context["count"]``).
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    names = check_names(list(options))
    values = dict(zip(names, map(_distinct, options.values()), strict=True))
    if empty := [name for name in names if not values[name]]:
        raise Invalid(_("Give values for: %(names)s.") % {"names": ", ".join(empty)}, attr="options", names=empty)
    old = {new: before for before, new in (renamed or {}).items()}
    sold = list(row.variants.filter(archived_at=None).order_by("position", "pk"))
    present: dict[str, dict[str, Any]] = {
        variant.sku: {name: variant.options.get(old.get(name, name)) or values[name][0] for name in names}
        for variant in sold
    }
    changed = change_options(row, names, present)
    taken = {tuple(folded(str(entry[name])) for name in names) for entry in present.values()}
    missing = [
        dict(zip(names, combination, strict=True))
        for combination in combined(*values.values())
        if names and tuple(map(folded, combination)) not in taken
    ]
    if len(missing) > _MOST:
        text = _("That would make %(count)s variants; %(most)s can be made at once.")
        raise Invalid(text % {"count": len(missing), "most": _MOST}, attr="options", count=len(missing))
    return [_add(changed, entry, sold) for entry in missing]


def _distinct(values: Sequence[str]) -> list[str]:
    trimmed = (" ".join(str(value).split()) for value in values)
    return list({folded(value): value for value in reversed(list(trimmed)) if value}.values())[::-1]


def _add(product: AbstractProduct, options: Mapping[str, str], sold: Sequence[Any]) -> int:
    values: dict[str, Any] = {"options": options, "sku": _sku(product, options)}
    if sold:
        first = sold[0]
        values |= {name: getattr(first, name) for name in ("weight", "length", "width", "height", "track_stock")}
    return int(add_variant(product, values).pk)


def _sku(product: AbstractProduct, options: Mapping[str, str]) -> str:
    """Of the product's address and the values, as in ``mug-red-large``; with a number where that is taken."""
    parts = [product.slug, *(slugify(value, allow_unicode=True) for value in options.values())]
    stem = "-".join(filter(None, parts))[: _LONGEST - 8]
    taken = set(Variant.objects.filter(sku__startswith=stem).values_list("sku", flat=True))
    if stem not in taken:
        return stem
    return next(sku for sku in (f"{stem}-{number}" for number in range(2, len(taken) + 3)) if sku not in taken)
