"""Pictures of imported products: kept at their addresses."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from tradepost.catalogue.base import AbstractImage, AbstractVariant
from tradepost.catalogue.models import Image
from tradepost.core.shop_settings import shop

from ..cells.options import positions
from ..rows import ProductRow

__all__ = ["address", "write_images"]


def address(image: AbstractImage) -> str:
    """The public address of a picture; for one in our storage, the shop's address before it."""
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
    have: dict[tuple[int, str], deque[Any]] = defaultdict(deque)  # one address may have several pictures
    for image in Image.objects.filter(product__in=list(given)).order_by("position", "pk"):
        have[image.product_id, address(image)].append(image)
    new: list[Any] = []
    changed: list[Any] = []
    for product, images in given.items():
        ours: list[Any] = [
            queue.popleft() if (queue := have[product, row.url]) else Image(product_id=product, source_url=row.url)
            for row in images
        ]
        for row, image, position in zip(images, ours, positions(ours), strict=True):
            shown = variants.get(row.sku or "")
            variant_id = image.variant_id if row.sku is None else shown and shown.pk
            alt = image.alt if image.alt.strip() == row.alt else row.alt
            values = (alt, position, variant_id)
            if image.pk is None:
                new.append(image)
            elif (image.alt, image.position, image.variant_id) != values:
                changed.append(image)
            image.alt, image.position, image.variant_id = values
    Image.objects.bulk_create(new)
    if changed:
        Image.objects.bulk_update(changed, ["alt", "position", "variant"])
    return {image.product_id for image in [*new, *changed]}
