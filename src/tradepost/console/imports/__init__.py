"""Catalogues out of files: a reader for each format gives plain rows, and one writer brings them into the database."""

from __future__ import annotations

from .ports import CatalogueFormat, ReadOptions, SourceFile
from .rows import FileRefused, ImageRow, Notice, Problem, ProductRow, Report, TypeDefinition, VariantRow
from .run import import_catalogue
from .writer.products import Writer

__all__ = [
    "CatalogueFormat",
    "FileRefused",
    "ImageRow",
    "Notice",
    "Problem",
    "ProductRow",
    "ReadOptions",
    "Report",
    "SourceFile",
    "TypeDefinition",
    "VariantRow",
    "Writer",
    "import_catalogue",
]
