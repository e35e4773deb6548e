"""Use cases of the catalogue. What orders may point at is archived, not deleted."""

from __future__ import annotations

from .categories import change_category, create_category, remove_category
from .collections import change_collection, create_collection, remove_collection
from .combinations import combine_options
from .copies import duplicate_product
from .image_files import check_image_size
from .images import add_image, change_image, remove_image
from .memberships import add_to_groups, remove_from_groups, set_collections
from .positions import order_attributes, order_collections, order_images, order_variants
from .product_types import (
    add_attribute,
    change_attribute,
    change_product_type,
    change_tag,
    create_product_type,
    create_tag,
    remove_attribute,
    remove_product_type,
    remove_tag,
)
from .product_upsert import upsert_product
from .product_values import change_options, change_product, create_product
from .products import archive, hide, publish, restore
from .variant_values import add_variant, change_variant
from .variants import archive_variant, restore_variant

__all__ = [
    "add_attribute",
    "add_image",
    "add_to_groups",
    "add_variant",
    "archive",
    "archive_variant",
    "change_attribute",
    "change_category",
    "change_collection",
    "change_image",
    "change_options",
    "change_product",
    "change_product_type",
    "change_tag",
    "change_variant",
    "check_image_size",
    "combine_options",
    "create_category",
    "create_collection",
    "create_product",
    "create_product_type",
    "create_tag",
    "duplicate_product",
    "hide",
    "order_attributes",
    "order_collections",
    "order_images",
    "order_variants",
    "publish",
    "remove_attribute",
    "remove_category",
    "remove_collection",
    "remove_from_groups",
    "remove_image",
    "remove_product_type",
    "remove_tag",
    "restore",
    "restore_variant",
    "set_collections",
    "upsert_product",
]
