"""Use cases of the catalogue. What orders may point at is archived, not deleted."""

from __future__ import annotations

from tradepost.core import db
from tradepost.core.dates import clock

from .base import AbstractProduct, AbstractVariant
from .models import Product, Variant
from .options import check_siblings, identity_of

__all__ = ["archive", "archive_variant", "hide", "publish", "restore", "restore_variant"]


@db.atomic
def archive(product: AbstractProduct) -> AbstractProduct:
    """Take a product out of the shop for good, keeping it for orders and statistics; a no-op on an archived one."""
    row = Product.objects.filter(pk=product.pk).locked().get()
    if row.archived_at is None:
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at", "updated_at"])
    return row


@db.atomic
def restore(product: AbstractProduct) -> AbstractProduct:
    """Take a product back out of the archive; it is published or hidden as it was before."""
    row = Product.objects.filter(pk=product.pk).locked().get()
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at", "updated_at"])
    return row


@db.atomic
def publish(product: AbstractProduct) -> AbstractProduct:
    """Show a product to visitors."""
    return _set_published(product, published=True)


@db.atomic
def hide(product: AbstractProduct) -> AbstractProduct:
    """Hide a product from visitors for a while."""
    return _set_published(product, published=False)


def _set_published(product: AbstractProduct, *, published: bool) -> AbstractProduct:
    row = Product.objects.filter(pk=product.pk).locked().get()
    if row.is_published is not published:
        row.is_published = published
        row.save(update_fields=["is_published", "updated_at"])
    return row


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
