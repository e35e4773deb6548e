"""The port of catalogue formats: files and options in, plain rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from .rows import Notice, Problem, ProductRow

__all__ = ["CatalogueFormat", "ReadOptions", "SourceFile"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it is: its bytes, to be opened as often as a format needs.

    Attributes:
        name: For messages.
        content: Where it is, or what it holds.
        on_read: Told how many bytes were read, for whoever watches.
    """

    name: str
    content: Path | bytes
    on_read: Callable[[int], None] | None = None

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def open(self) -> BinaryIO:
        """Its bytes from the beginning.

        Raises:
            OSError: It can't be read.
        """
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def count(self, size: int) -> None:
        """Tell that so many bytes were read."""
        if self.on_read is not None:
            self.on_read(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The options that a file doesn't state itself. Empty: the format looks, and refuses a file that can be read in two ways.

    Attributes:
        encoding: As Python calls it, as in ``cp1252``.
        separator: Between cells.
        decimal: ``.`` or ``,``: what stands before the decimal places.
        currency: ISO 4217 code of the price list that takes the prices; a file that names another is refused.
        includes_tax: Whether the prices of that list include taxes; a file that says the opposite is refused.
        language: Of the texts, where a file holds several.
        weight_unit: ``g``, ``kg``, ``oz`` or ``lb``, where the file has none.
        size_unit: ``mm``, ``cm``, ``m`` or ``in``, where the file has none.
        image_base: Address before the paths of images.
        keep_unknown: Whether cells of columns that aren't read go into ``metadata``.
        make_types: Whether product types that the shop lacks are made, though the file doesn't define them.
    """

    encoding: str = ""
    separator: str = ""
    decimal: str = ""
    currency: str = ""
    includes_tax: bool | None = None
    language: str = ""
    weight_unit: str = ""
    size_unit: str = ""
    image_base: str = ""
    keep_unknown: bool = False
    make_types: bool = False


class CatalogueFormat(Protocol):
    """Read product files of one kind.

    Called once by each ``manage.py tradepost_import``; what it yields is written while it reads on.

    Attributes:
        columns: What the format calls the name and the SKU (keys ``name`` and ``sku``), for problems that only the
            database shows.
    """

    columns: Mapping[str, str]

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """Read products, each with all its variants; a bad row is a :class:`Problem` with its line, never an exception.

        What a product is called in its source goes into :attr:`ProductRow.key`, whole: two of them are never one.

        Args:
            files: One, or several where the format has several (products and combinations).
            options: What isn't in the files.

        Raises:
            FileRefused: The files as a whole can't be read, or could be read in two ways. Raised before the first product.
        """
        ...
