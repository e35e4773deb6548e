"""The contract of formats of catalogue files, as a test class to inherit from. It needs the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tradepost.catalogue.models import Product, Variant
from tradepost.console import targets
from tradepost.console.imports import (
    CatalogueFormat,
    FileRefused,
    Notice,
    Problem,
    ProductRow,
    ReadOptions,
    Report,
    SourceFile,
    Writer,
    import_catalogue,
)
from tradepost.core.actors import SYSTEM

__all__ = ["CatalogueFormatContract"]

_BROKEN = (
    b"",
    b"\n\n",
    b"\x00\x01\x02",
    b"\xff\xfe\xff",
    '"'.encode("utf-16"),
    b"a,b\n1,2\n",
    b"<a><b></a>",
    b"\xe4" * 50,
)


class CatalogueFormatContract:
    """The contract for imports: products are told apart, a file twice is a file once, and a bad file is a refusal."""

    def make_format(self) -> CatalogueFormat:
        """The format, made as a project's settings would."""
        raise NotImplementedError

    def make_files(self) -> Sequence[SourceFile]:
        """Good files, with two products at least."""
        raise NotImplementedError

    def make_options(self) -> ReadOptions:
        """The options that those files need to be understood."""
        return ReadOptions(currency="EUR", includes_tax=True)

    def _rows(self) -> list[ProductRow | Problem | Notice]:
        return list(self.make_format().read(self.make_files(), self.make_options()))

    def _import(self) -> Report:
        price_list = targets.price_list("", make=True)
        writer = Writer(price_list=price_list, location=targets.location("", make=True), by=SYSTEM)
        return import_catalogue(iter(self._rows()), writer)

    def test_products_are_told_apart(self) -> None:
        """Each has a line, and a key or a slug that no other one has; so have its variants."""
        rows = [row for row in self._rows() if isinstance(row, ProductRow)]
        assert len(rows) > 1, "make_files() gives fewer than two products."
        names = [row.key or row.slug for row in rows]
        assert len(set(names)) == len(names), f"Two products have one name: {names}."
        assert all(row.line > 0 for row in rows), "A product has no line."
        skus = [variant.sku for row in rows for variant in row.variants]
        assert len(set(skus)) == len(skus), f"Two variants have one SKU: {skus}."

    def test_good_files_have_no_problems(self) -> None:
        """Each product is written, with something to buy."""
        report = self._import()
        assert report.problems == [], [str(problem) for problem in report.problems]
        assert Product.objects.filter(variants=None).count() == 0, "A product has nothing to buy."

    def test_files_read_again_change_nothing(self) -> None:
        """The same rows, and so the same products."""
        assert self._rows() == self._rows(), "The rows differ the second time."
        report = self._import()
        skus = sorted(Variant.objects.values_list("sku", flat=True))
        again = self._import()
        assert (again.created, again.changed) == (0, 0), "The second import changed something."
        assert again.unchanged == report.created
        assert sorted(Variant.objects.values_list("sku", flat=True)) == skus

    def test_reading_writes_nothing(self) -> None:
        """Only the writer does."""
        before = Product.objects.count(), Variant.objects.count()
        self._rows()
        assert (Product.objects.count(), Variant.objects.count()) == before

    def test_a_broken_file_is_refused(self) -> None:
        """By ``FileRefused`` or by problems, never by another exception."""
        files = self.make_files()
        for content in _BROKEN:
            for place, file in enumerate(files):
                broken = [*files[:place], replace(file, content=content), *files[place + 1 :]]
                try:
                    rows = list(self.make_format().read(broken, self.make_options()))
                except FileRefused:
                    continue
                read = [row for row in rows if isinstance(row, ProductRow)]
                assert len(files) > 1 or not read, f"{content!r} gave products."

    def test_a_file_that_is_cut_off_is_no_exception(self) -> None:
        """Wherever it ends: what is whole is read, the rest is told."""
        files = self.make_files()
        content = _bytes(files[0])
        for end in range(0, len(content), max(1, len(content) // 40)):
            cut = [replace(files[0], content=content[:end]), *files[1:]]
            try:
                list(self.make_format().read(cut, self.make_options()))
            except FileRefused:
                continue


def _bytes(file: SourceFile) -> bytes:
    with file.open() as content:
        return content.read()
