"""Formats of catalogue files: the contract that all keep, and those that a project adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from tests.console import catalogue_files as files
from tests.docs.examples.supplier_format import SupplierFormat
from tradepost.catalogue.models import Product
from tradepost.console.checks import check_console
from tradepost.console.conf import catalogue_format, catalogue_formats
from tradepost.console.imports import (
    CatalogueFormat,
    Notice,
    Problem,
    ProductRow,
    ReadOptions,
    SourceFile,
    VariantRow,
)
from tradepost.testing import factories
from tradepost.testing.contracts import CatalogueFormatContract

pytestmark = pytest.mark.django_db


class TestTradepost(CatalogueFormatContract):
    """Our own format."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("tradepost")

    def make_files(self) -> Sequence[SourceFile]:
        return [SourceFile("own.csv", files.TRADEPOST.encode())]


class TestShopify(CatalogueFormatContract):
    """Shopify's exports."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("shopify")

    def make_files(self) -> Sequence[SourceFile]:
        return [SourceFile("shopify.csv", files.SHOPIFY.encode())]


class TestWooCommerce(CatalogueFormatContract):
    """WooCommerce's exports, without the rows that it leaves out."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("woocommerce")

    def make_files(self) -> Sequence[SourceFile]:
        good = [line for line in files.WOOCOMMERCE.splitlines() if ",grouped," not in line and ",LOST," not in line]
        return [SourceFile("woo.csv", "\n".join(good).encode())]


class TestGoogle(CatalogueFormatContract):
    """Google's feeds as tables."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("google")

    def make_files(self) -> Sequence[SourceFile]:
        return [SourceFile("feed.tsv", files.GOOGLE.encode())]


class TestGoogleXml(CatalogueFormatContract):
    """Google's feeds as RSS."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("google")

    def make_files(self) -> Sequence[SourceFile]:
        return [SourceFile("feed.xml", files.GOOGLE_RSS.encode())]


class TestPrestaShop(CatalogueFormatContract):
    """PrestaShop's files of products and combinations."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("prestashop")

    def make_files(self) -> Sequence[SourceFile]:
        combinations = "\n".join(line for line in files.PRESTASHOP_COMBINATIONS.splitlines() if ";LOST;" not in line)
        return [
            SourceFile("products.csv", files.PRESTASHOP.encode()),
            SourceFile("combinations.csv", combinations.encode()),
        ]

    def make_options(self) -> ReadOptions:
        return ReadOptions(currency="EUR", includes_tax=False)


class TestMagento(CatalogueFormatContract):
    """Magento's exports, without the rows that are left out."""

    def make_format(self) -> CatalogueFormat:
        return catalogue_format("magento")

    def make_files(self) -> Sequence[SourceFile]:
        good = [line for line in files.MAGENTO.splitlines() if not line.startswith(("SET,", "CAP,"))]
        return [SourceFile("magento.csv", "\n".join(good).encode())]


class TestSupplier(CatalogueFormatContract):
    """The example of the documentation."""

    def make_format(self) -> CatalogueFormat:
        return SupplierFormat()

    def make_files(self) -> Sequence[SourceFile]:
        return [SourceFile("supplier.csv", b"number;Article;Price\nA1;Mug;12,50\nA2;Cup;9,90\n")]


class Lines:
    """A format of a project: a name on each line."""

    columns: Mapping[str, str] = {"name": "line", "sku": "line"}

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """A product for each line."""
        for number, line in enumerate(files[0].open().read().decode().splitlines(), 1):
            variant = VariantRow(line=number, sku=line.upper())
            yield ProductRow(line=number, slug=line, key=f"lines:{line}", fields={"name": line}, variants=[variant])


@override_settings(TRADEPOST_CONSOLE={"FORMATS": {"lines": f"{__name__}.Lines"}})
def test_a_project_adds_a_format(tmp_path: Path) -> None:
    """By its name in the settings; ours stay."""
    (tmp_path / "goods.txt").write_text("mug\ncup\n")
    out = StringIO()

    call_command("tradepost_import", tmp_path / "goods.txt", format="lines", stdout=out, stderr=out)

    assert out.getvalue() == "2 products: 2 new, 0 changed, 0 unchanged.\n"
    assert set(Product.objects.values_list("slug", "source_key")) == {("mug", "lines:mug"), ("cup", "lines:cup")}
    assert {"lines", "shopify", "tradepost"} <= set(catalogue_formats())


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"FORMATS": {"x": "nowhere.Format"}}, ["tradepost.E901"]),
        ({"FORMATS": {"x": f"{__name__}.TestShopify"}}, ["tradepost.E901"]),
        ({"FORMAT": {}}, ["tradepost.E900"]),
        ({"FORMATS": {"x": f"{__name__}.Lines"}}, []),
    ],
)
def test_a_format_that_does_not_fit_is_told_at_start_up(setting: dict[str, Any], expected: list[str]) -> None:
    """And not at the first import."""
    with override_settings(TRADEPOST_CONSOLE=setting):
        assert [message.id for message in check_console()] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (files.SHOPIFY, "shopify"),
        (files.WOOCOMMERCE, "woocommerce"),
        (files.MAGENTO, "magento"),
        (files.PRESTASHOP, "prestashop"),
        (files.GOOGLE, "google"),
        (files.GOOGLE_RSS, "google"),
    ],
)
def test_a_file_of_another_format_is_refused_with_its_name(tmp_path: Path, text: str, name: str) -> None:
    """Whoever forgot ``--format`` reads what to write."""
    (tmp_path / "in.csv").write_text(text)

    with pytest.raises(CommandError, match=f"It looks like --format {name}"):
        call_command("tradepost_import", tmp_path / "in.csv")
    assert not Product.objects.exists()


@pytest.mark.parametrize("name", ["shopify", "woocommerce", "prestashop", "magento", "google"])
def test_a_file_of_orders_is_no_file_of_products(tmp_path: Path, name: str) -> None:
    """Whatever its columns share with one."""
    factories.price_list("net", includes_tax=False)
    text = "Name,Email,sku,Price,Total,Tags,id\n#1001,a@b.example,A,5.00,5.00,gift,1\n"
    (tmp_path / "in.csv").write_text(text)

    with pytest.raises(CommandError, match="can't be read"):
        call_command("tradepost_import", tmp_path / "in.csv", format=name, price_list="net")
    assert not Product.objects.exists()
