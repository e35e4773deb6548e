"""Taking variants of a product out of the shop, and back."""

from __future__ import annotations

from tradepost.core import db
from tradepost.core.dates import clock

from ..base import AbstractVariant
from ..models import Product, Variant
from ..options import check_siblings, identity_of

__all__ = ["archive_variant", "restore_variant"]


@db.atomic
def archive_variant(variant: AbstractVariant) -> AbstractVariant:
    """Stop selling one variant; a no-op on an archived one."""
    row = Variant.objects.filter(pk=variant.pk).locked().get()
    if row.archived_at is None:
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at"])
    return row


@db.atomic
def restore_variant(variant: AbstractVariant) -> AbstractVariant:
    """Sell an archived variant again.

    Raises:
        DuplicateOptions: One that is sold has taken its place, with the same options.
    """
    Product.objects.filter(pk=variant.product_id).locked().get()  # its variants are compared by one at a time
    row = Variant.objects.filter(pk=variant.pk).locked().get()
    if row.archived_at is not None:
        sold = Variant.objects.filter(product_id=row.product_id, archived_at=None).values_list("options", "name")
        own = (row.options, row.name)
        check_siblings([own, *(other for other in sold if identity_of(*other) == identity_of(*own))])
        row.archived_at = None
        row.save(update_fields=["archived_at"])
    return row
