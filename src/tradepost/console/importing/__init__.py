"""Catalogues out of files: a reader for each format gives plain rows, and one writer brings them into the database."""

from __future__ import annotations

from .rows import FileRefused, ImageRow, Problem, ProductRow, Report, VariantRow
from .run import FORMATS, import_catalogue
from .writer import Writer

__all__ = [
    "FORMATS",
    "FileRefused",
    "ImageRow",
    "Problem",
    "ProductRow",
    "Report",
    "VariantRow",
    "Writer",
    "import_catalogue",
]
