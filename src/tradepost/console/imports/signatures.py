"""Recognition of a file's format by its header, for a hint where another format was named."""

from __future__ import annotations

from .cells.table import Table, folded
from .formats.xml_items import looks_like_xml
from .ports import ReadOptions, SourceFile
from .rows import FileRefused

__all__ = ["likely_format"]

_SIGNATURES = {
    "shopify": ({"handle", "title"}, {"url handle", "title"}),
    "woocommerce": ({"type", "name", "regular price"}, {"id", "type", "sku", "name"}),
    "magento": ({"sku", "product_type"}, {"sku", "attribute_set_code"}),
    "prestashop": ({"product id", "active (0/1)"}, {"name *", "price tax excluded"}),
    "google": ({"id", "title", "link"}, {"id", "title", "image_link"}, {"id", "title", "image link"}),
    "tradepost": ({"slug", "sku"}, {"slug", "name"}),
}


def likely_format(file: SourceFile, options: ReadOptions) -> str:
    """Name of the format whose columns a file has; empty where none fits."""
    if looks_like_xml(file):
        return "google"
    try:
        names = {folded(name) for name in Table(file, options).names}
    except FileRefused:
        return ""
    return next(
        (name for name, signatures in _SIGNATURES.items() if any(columns <= names for columns in signatures)), ""
    )
