"""Showing products, hiding them, and taking them out of the shop."""

from __future__ import annotations

from tradepost.core import db
from tradepost.core.dates import clock

from ..base import AbstractProduct
from ..models import Product

__all__ = ["archive", "hide", "publish", "restore", "touch"]


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


def touch(product: AbstractProduct) -> None:
    """Note that a product was changed in what hangs on it, so that lists by its last change have it first."""
    product.updated_at = clock.now()
    Product.objects.filter(pk=product.pk).update(updated_at=product.updated_at)
