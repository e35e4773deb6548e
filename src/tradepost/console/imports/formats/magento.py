"""Product exports of Magento 2 and Adobe Commerce: variants are products of their own, and stand before what they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from tradepost.catalogue.models import Category, Image, Product, Variant
from tradepost.pricing.models import TaxClass

from ..cells.html_text import text_of
from ..cells.options import (
    fit,
    made_slug,
    source_key,
)
from ..cells.records import BadCell, Record
from ..cells.table import Table, unread_notice
from ..cells.units import GRAMS, factor
from ..ports import ReadOptions, SourceFile
from ..rows import (
    ImageRow,
    Notice,
    Problem,
    ProductRow,
    VariantRow,
)
from .magento_cells import attributes_of, category_path, labels_of, variations_of
from .sale_prices import Sale, moment

__all__ = ["MagentoFormat"]

_EMPTY = "__EMPTY__VALUE__"
_COLUMNS = (
    *("sku", "store_view_code", "product_type", "categories", "name", "description", "short_description", "weight"),
    *("product_online", "tax_class_name", "visibility", "price", "special_price", "special_price_from_date"),
    *(
        "special_price_to_date",
        "url_key",
        "base_image",
        "base_image_label",
        "additional_images",
        "additional_image_labels",
    ),
    *(
        "attribute_set_code",
        "additional_attributes",
        "qty",
        "allow_backorders",
        "use_config_backorders",
        "is_in_stock",
        "manage_stock",
    ),
    *("use_config_manage_stock", "configurable_variations", "configurable_variation_labels"),
)
_RENAME = {
    "image": "base_image",
    "image_label": "base_image_label",
    "backorders": "allow_backorders",
    "special_from_date": "special_price_from_date",
    "special_to_date": "special_price_to_date",
}
_LEFT_BEGIN = (
    *("product_websites", "meta_", "small_image", "thumbnail", "swatch_", "created_at", "updated_at"),
    *(
        "new_",
        "news_",
        "display_",
        "map_",
        "msrp",
        "gift_",
        "custom_",
        "page_layout",
        "options_container",
        "product_options",
    ),
    *(
        "country_of_",
        "out_of_stock_qty",
        "use_config_",
        "is_qty_",
        "is_decimal_",
        "min_",
        "max_",
        "minimal_",
        "notify_",
    ),
    *(
        "qty_increments",
        "enable_qty_",
        "website_id",
        "related_",
        "crosssell_",
        "upsell_",
        "_related",
        "_crosssell",
        "_upsell",
    ),
    *("hide_from_", "configurable_variation_prices", "bundle_", "associated_skus", "downloadable_", "has_options"),
    *("required_options", "quantity_and_stock_status", "gallery", "is_returnable", "cost", "manufacturer"),
)
_KINDS = {"virtual": "service", "downloadable": "digital"}
_ALONE = {"simple", "virtual", "downloadable", ""}
_NO_PICTURE = "no_selection"
_TEXTS = ("name", "description", "short_description", "url_key")


@dataclass(slots=True)
class MagentoFormat:
    """Products of a Magento shop: a configurable product's simple ones become its variants.

    Rows of store views are left out, but for the one that ``--language`` names: its texts are taken. An empty cell leaves what
    is there; ``__EMPTY__VALUE__`` takes it away.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: {"name": "name", "sku": "sku"})

    def read(self, files: Sequence[SourceFile], options: ReadOptions) -> Iterator[ProductRow | Problem | Notice]:
        """The products of an export.

        Raises:
            FileRefused: It is no export of products.
        """
        for file in files:
            yield from _File.open(file, options).read()


@dataclass(slots=True)
class _File:
    """One file as a whole."""

    table: Table
    options: ReadOptions
    grams: Decimal
    tax_classes: frozenset[str]
    unread: Sequence[str]
    rows: dict[str, Record] = field(default_factory=dict)
    texts: dict[str, Record] = field(default_factory=dict)
    separator: str = ","
    has_paths: bool = False

    @classmethod
    def open(cls, file: SourceFile, options: ReadOptions) -> _File:
        table = Table(file, options, columns=_COLUMNS, rename=_RENAME, required=("sku",), is_guarded=False)
        table.demand("product_type", "store_view_code", "attribute_set_code")
        codes = frozenset(TaxClass.objects.values_list("code", flat=True))
        grams = factor(options.weight_unit or "kg", GRAMS)
        return cls(table, options, grams, codes, table.unread(lambda name: name in _COLUMNS))

    def read(self) -> Iterator[ProductRow | Problem | Notice]:
        foreign = [name for name in self.unread if not name.lower().startswith(_LEFT_BEGIN)]
        yield from unread_notice(foreign, is_kept=self.options.keep_unknown)
        yield from self._index()
        yield from self._notices()
        owners: dict[str, int] = {}  # line of the configurable product that has a simple one
        configurables = [row for row in self.rows.values() if _type(row) == "configurable"]
        families = {row.line: list(self._children(row, owners)) for row in configurables}
        for sku, row in self.rows.items():
            if sku in owners:
                continue
            try:
                yield from self._product(row, families.get(row.line, []))
            except BadCell as error:
                yield error.problem

    def _index(self) -> Iterator[Problem | Notice]:
        """Rows by SKU, which is the same in large and in small letters; those of store views apart."""
        views: dict[str, int] = {}
        for record in self.table.records():
            if isinstance(record, Problem):
                yield record
                continue
            sku, view = record.raw("sku").strip(), record.raw("store_view_code").strip()
            key = sku.casefold()
            if not sku:
                yield Problem(record.line, "sku", "is required")
            elif view and view not in {self.options.language, "default"}:
                views[view] = views.get(view, 0) + 1
            elif view:
                self.texts[key] = record
            elif key in self.rows:
                yield Problem(record.line, "sku", f"{sku!r} is also in line {self.rows[key].line}")
            else:
                self.rows[key] = record
                self.separator = "|" if "|" in record.raw("categories") else self.separator
        if views:
            counts = ", ".join(f"{view} ({number})" for view, number in views.items())
            yield Notice(
                0, "store_view_code", f"rows of store views aren't read: {counts}; --language names one to read"
            )

    def _notices(self) -> Iterator[Notice]:
        if not self.options.weight_unit and any(row.cells.get("weight") for row in self.rows.values()):
            yield Notice(0, "weight", "is taken for kilograms; --weight-unit names another unit")
        paths = [row for row in self.rows.values() if (path := row.raw("base_image")) and "://" not in path]
        self.has_paths = any(row.raw("base_image") != _NO_PICTURE for row in paths)
        if self.has_paths and not self.options.image_base:
            text = "are paths, and aren't read; --image-base names what comes before them (…/media/catalog/product)"
            yield Notice(0, "base_image", text)

    def _children(self, parent: Record, owners: dict[str, int]) -> Iterator[tuple[Record, dict[str, str]] | Problem]:
        """The simple products of a configurable one, with their options."""
        labels = labels_of(parent.raw("configurable_variation_labels"))
        for variation in variations_of(parent.raw("configurable_variations")):
            sku = variation.pop("sku", "").strip()
            row = self.rows.get(sku.casefold())
            if row is None:
                yield Problem(parent.line, "configurable_variations", f"there is no product {sku!r} in the file")
            elif owners.setdefault(sku.casefold(), parent.line) != parent.line:
                line = owners[sku.casefold()]
                yield Problem(
                    parent.line, "configurable_variations", f"{sku!r} is a variant of the product in line {line}"
                )
            else:
                yield row, {labels.get(name, name): value for name, value in variation.items()}

    def _product(
        self, record: Record, family: Sequence[tuple[Record, dict[str, str]] | Problem]
    ) -> Iterator[ProductRow | Problem | Notice]:
        kind = _type(record)
        if kind not in {*_ALONE, "configurable"}:
            raise record.bad("product_type", f"products that are {kind} aren't read")
        yield from (row for row in family if isinstance(row, Problem))
        members = [row for row in family if not isinstance(row, Problem)]
        if kind == "configurable" and not members:
            raise record.bad("configurable_variations", "has no variations")
        option_names = list(members[0][1]) if members else []
        variants: list[VariantRow] = []
        for row, options in members or [(record, {})]:
            try:
                if list(options) != option_names:
                    raise row.bad("", f"the variations of {record.text('sku')!r} differ in {', '.join(option_names)}")
                variants.append(self._variant(row, options))
                notice = _sale(row).notice()
                yield from [Notice(row.line, "special_price", notice)] if notice else []
            except BadCell as error:
                yield error.problem
        if variants:
            yield self._row(record, members, option_names, variants)

    def _row(
        self,
        record: Record,
        members: Sequence[tuple[Record, dict[str, str]]],
        option_names: list[str],
        variants: list[VariantRow],
    ) -> ProductRow:
        sku = record.text("sku")
        key = source_key("magento", sku.casefold())
        kind = _KINDS.get(_type(members[0][0] if members else record), "physical")
        attributes = attributes_of(record.text("additional_attributes"))
        return ProductRow(
            line=record.line,
            slug=made_slug(record.text("url_key") or record.text("name") or sku, key=key),
            slug_is_made=True,
            key=key,
            finds_by_sku=True,
            type_code={"physical": "goods"}.get(kind, kind),
            kind=kind,
            fields={"option_names": option_names, **self._fields(record, attributes)},
            is_taxed=self._is_taxed(record),
            categories=self._categories(record) if record.text("categories") else None,
            images=self._images(record, members) if record.has("base_image") else None,
            variants=variants,
            metadata=self._kept(record, attributes) if self.options.keep_unknown else {},
        )

    def _kept(self, record: Record, attributes: Mapping[str, str]) -> dict[str, str]:
        return {**record.unread(self.unread), **{f"Attribute: {name}": value for name, value in attributes.items()}}

    def _text(self, record: Record, column: str) -> str | None:
        """A text; the one of the store view where it has one, empty where it is said to be, ``None`` where nothing is."""
        view = self.texts.get(record.raw("sku").strip().casefold())
        text = (view.text(column) if view else "") or record.text(column)
        return "" if text == _EMPTY else (text or None)

    def _fields(self, record: Record, attributes: Mapping[str, str]) -> dict[str, Any]:
        texts = {column: self._text(record, column) for column in _TEXTS}
        fields: dict[str, Any] = {}
        if texts["name"]:
            if len(texts["name"]) > 255:
                raise record.bad("name", f"has {len(texts['name'])} characters, 255 are possible")
            fields["name"] = texts["name"]
        if texts["description"] is not None:
            fields["description"] = text_of(texts["description"])
        if texts["short_description"] is not None:
            fields["summary"] = fit(" ".join(text_of(texts["short_description"]).split()), Product, "summary")
        if brand := record.text("manufacturer") or attributes.get("brand") or attributes.get("manufacturer"):
            fields["brand"] = fit(brand, Product, "brand")
        if record.text("product_online") or record.text("visibility"):
            is_visible = record.text("visibility").lower() != "not visible individually"
            fields["is_published"] = record.text("product_online").lower() in {"", "1", "yes"} and is_visible
        name = record.text("tax_class_name")
        if name and self._is_taxed(record) is None:
            if slugify(name) not in self.tax_classes:
                names = ", ".join(sorted(self.tax_classes)) or "none"
                raise record.bad("tax_class_name", f"there is no tax class {slugify(name)!r}; there are: {names}")
            fields["tax_class"] = slugify(name)
        return fields

    def _is_taxed(self, record: Record) -> bool | None:
        """Read the two tax classes that each Magento has."""
        return {"taxable goods": True, "none": False}.get(record.text("tax_class_name").lower())

    def _categories(self, record: Record) -> list[tuple[str, ...]]:
        limit = Category._meta.get_field("name").max_length
        paths = [category_path(text) for text in record.text("categories").split(self.separator)]
        if any(len(name) > limit for path in paths for name in path):
            raise record.bad("categories", f"a name has more than {limit} characters")
        return [path for path in dict.fromkeys(paths) if path]

    def _variant(self, record: Record, options: Mapping[str, str]) -> VariantRow:
        for name, value in options.items():
            if not value or len(value) > 255:
                raise record.bad(name, "has no value, or one of more than 255 characters")
        sale = _sale(record)
        attributes = attributes_of(record.text("additional_attributes"))
        fields: dict[str, Any] = {}
        if record.text("weight"):
            fields["weight"] = record.whole("weight", factor=self.grams) or 0
        if barcode := attributes.get("ean") or attributes.get("gtin") or attributes.get("upc"):
            fields["barcode"] = fit(barcode, Variant, "barcode")
        if record.text("cost"):
            fields["unit_cost"] = record.rounded_amount("cost")
        return VariantRow(
            line=record.line,
            sku=record.text("sku", of=(Variant, "sku"), required=True),
            options=options,
            fields=fields,
            has_price=bool(record.text("price")),
            price=sale.price,
            was=sale.was,
            stock=_stock(record),
            takes_backorders=_own_flag(record, "allow_backorders", "use_config_backorders"),
            is_tracked=_own_flag(record, "manage_stock", "use_config_manage_stock"),
            metadata=self._kept(record, attributes) if self.options.keep_unknown and options else {},
        )

    def _images(self, record: Record, members: Sequence[tuple[Record, Mapping[str, str]]]) -> list[ImageRow] | None:
        """Pictures of the product, then those that only its variants have."""
        if self.has_paths and not self.options.image_base:
            return None
        images: dict[str, ImageRow] = {}
        for url, alt in self._pictures(record):
            images.setdefault(url, ImageRow(url=url, alt=alt, sku=""))
        for row, _options in members:
            for url, alt in self._pictures(row):
                sku = "" if url in images else row.text("sku")
                images.setdefault(url, ImageRow(url=url, alt=alt, sku=sku))
        return list(images.values())

    def _pictures(self, record: Record) -> Iterator[tuple[str, str]]:
        base = self.options.image_base
        places = [record.text("base_image"), *record.text("additional_images").split(",")]
        labels = [record.text("base_image_label"), *record.text("additional_image_labels").split(",")]
        for path, label in zip(places, [*labels, *[""] * len(places)], strict=False):
            if path.strip() and path.strip() not in {_NO_PICTURE, _EMPTY}:
                yield record.url("base_image", path.strip(), base=base), fit(label.strip(), Image, "alt")


def _type(record: Record) -> str:
    return record.raw("product_type").strip().lower()


def _sale(record: Record) -> Sale:
    if not record.text("special_price"):
        return Sale(record.rounded_amount("price"))
    dates = []
    for column, is_end in (("special_price_from_date", False), ("special_price_to_date", True)):
        try:
            dates.append(moment(record.text(column), is_end=is_end))
        except ValueError as error:
            raise record.bad(column, str(error)) from error
    return Sale(record.rounded_amount("price"), record.rounded_amount("special_price"), *dates)


def _own_flag(record: Record, column: str, usual: str) -> bool | None:
    """A flag, unless the shop's configuration counts instead of it."""
    if not record.text(column) or record.text(usual).lower() in {"1", "yes"}:
        return None
    return record.text(column).lower() not in {"0", "no"}


def _stock(record: Record) -> int | None:
    if record.text("is_in_stock").lower() in {"0", "no"}:
        return 0
    units = record.count("qty", least=-(10**9))
    return None if units is None else max(units, 0)
