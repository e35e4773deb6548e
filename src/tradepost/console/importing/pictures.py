"""Pictures of imported products: kept at their addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tradepost.catalogue.base import AbstractImage, AbstractVariant
from tradepost.catalogue.models import Image
from tradepost.core.options import shop

from .common import positions
from .rows import ProductRow

__all__ = ["address", "write_images"]


def address(image: AbstractImage) -> str:
    """Where a picture is found from outside; for one in our storage, the shop's address before it."""
    url = image.url
    return f"{shop().URL}{url}" if url.startswith("/") else url


def write_images(
    rows: Sequence[ProductRow], products: Mapping[str, Any], variants: Mapping[str, AbstractVariant]
) -> set[int]:
    """Add the pictures that a product lacks, and bring them into the file's order; none is taken away.

    Returns:
        Primary keys of the products whose pictures changed.
    """
    given = {products[row.slug].pk: row.images for row in rows if row.images is not None}
    have: dict[int, dict[str, Any]] = defaultdict(dict)
    for known in Image.objects.filter(product__in=list(given)).order_by("-pk"):
        have[known.product_id][address(known)] = known
    new: list[Any] = []
    changed: list[Any] = []
    for product, images in given.items():
        found: list[Any] = [
            have[product].get(row.url) or Image(product_id=product, source_url=row.url) for row in images
        ]
        for row, image, position in zip(images, found, positions(found), strict=True):
            shown = variants.get(row.sku or "")
            variant_id = image.variant_id if row.sku is None else shown and shown.pk
            values = (row.alt, position, variant_id)
            if image.pk is None:
                new.append(image)
            elif (image.alt, image.position, image.variant_id) != values:
                changed.append(image)
            image.alt, image.position, image.variant_id = values
    Image.objects.bulk_create(new)
    if changed:
        Image.objects.bulk_update(changed, ["alt", "position", "variant"])
    return {image.product_id for image in [*new, *changed]}
