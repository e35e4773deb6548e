"""Making products and changing them: what a form of the admin does, for callers that have plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import by_keys, merge_keys, one_by_key, write_values
from tradepost.core.errors import Invalid
from tradepost.core.extending.exposed_values import own_extra, write_sidecars

from ..base import AbstractProduct, AbstractVariant
from ..models import Category, Product, ProductType, Tag
from ..options import check_names, check_options, check_siblings
from .products import touch
from .variant_values import add_variant

__all__ = ["change_options", "change_product", "create_product"]

_FIELDS = frozenset({
    "attributes", "brand", "description", "is_discountable", "is_featured", "is_published", "metadata", "name",
    "option_names", "product_type", "slug", "summary", "tax_class",
})  # fmt: skip
_MERGED = ("attributes", "metadata")


@db.atomic
def create_product(
    values: Mapping[str, Any], *, variants: Sequence[Mapping[str, Any]] = (), extra: Mapping[str, Any] | None = None
) -> AbstractProduct:
    """Make a product, with its variants where some are given.

    Args:
        values: By field; ``product_type`` by its code, ``categories`` and ``tags`` as lists of slugs, ``attributes`` and
            ``metadata`` by key. ``slug`` is made of the name where it isn't given.
        variants: Values of each, as :func:`add_variant` takes them, and ``extra`` among them.
        extra: Values of exposed fields by their names, as far as the caller may write them.

    Raises:
        ValidationError: A field is wrong, or the slug is another product's.
        Invalid: A product type, category or tag doesn't exist, or options of variants don't fit.
    """
    given = {"slug": slugify(str(values.get("name", "")))[:255], **values}
    product = Product()
    _write(product, given, extra or {})
    for row in variants:
        fields = dict(row)
        add_variant(product, fields, extra=fields.pop("extra", None))
    return product


@db.atomic
def change_product(
    product: AbstractProduct, values: Mapping[str, Any], *, extra: Mapping[str, Any] | None = None
) -> AbstractProduct:
    """Change what is named of a product, under its lock; where nothing differs, nothing is written.

    Args:
        product: Which.
        values: As for :func:`create_product`. Of ``attributes`` and ``metadata`` the keys that aren't named stay, and one with
            ``None`` is taken away. ``option_names`` are changed with the variants: :func:`change_options`.
        extra: Values of exposed fields by their names, as far as the caller may write them.

    Raises:
        ValidationError: A field is wrong, or the slug is another product's.
        Invalid: A product type, category or tag doesn't exist.
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    _write(row, values, extra or {})
    return row


@db.atomic
def change_options(
    product: AbstractProduct, names: Sequence[str], variants: Mapping[str, Mapping[str, Any]]
) -> AbstractProduct:
    """Change in what the variants of a product differ, with all their values at once, so that none is left behind.

    Args:
        product: Which.
        names: Of its options, in order.
        variants: Value by option name, by SKU. A variant that isn't named keeps its values, which have to fit.

    Raises:
        OptionsInvalid: A name or a value is wrong, or a variant has no value for an option.
        DuplicateOptions: Two variants that are sold would be the same.
        Invalid: A SKU isn't one of this product's. ``context["unknown"]`` lists them.
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    checked = check_names(names)
    rows: dict[str, AbstractVariant] = {variant.sku: variant for variant in row.variants.all()}
    if unknown := [sku for sku in variants if sku not in rows]:
        raise Invalid(_("These aren't variants of the product."), attr="variants", unknown=unknown[:20])
    is_sold = {sku for sku, variant in rows.items() if variant.archived_at is None}
    changed = []
    for sku, variant in rows.items():
        if sku in is_sold or sku in variants:
            options = check_options(variants.get(sku, variant.options), checked)
            changed += [variant] if options != variant.options else []
            variant.options = options
    check_siblings((rows[sku].options, rows[sku].name) for sku in sorted(is_sold))
    if checked != row.option_names:
        write_values(row, {"option_names": checked}, writable=_FIELDS)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["options"])
        touch(row)
    return row


def _write(product: AbstractProduct, values: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in values.items() if name not in ("categories", "tags")}
    categories = _rows(Category, values, "categories")
    tags = _rows(Tag, values, "tags")
    if "product_type" in fields:
        fields["product_type"] = one_by_key(ProductType, "code", str(fields["product_type"]), attr="product_type")
    is_retyped = "product_type" in fields and fields["product_type"].pk != product.product_type_id
    for name in _MERGED:
        if name in fields or (name == "attributes" and is_retyped):
            fields[name] = merge_keys(getattr(product, name), fields.get(name, {}))
    if fields.keys() & {"attributes", "product_type"}:
        fields["attributes"] = _without_leftovers(product, fields, values.get("attributes") or {})
    own = own_extra(product, extra, metadata=fields.get("metadata"))
    written = bool(write_values(product, fields | own, writable={*_FIELDS, *own}))
    written |= write_sidecars(product, extra)
    if categories is not None:
        product.categories.set(categories)
    if tags is not None:
        product.tags.set(tags)
    if not written and not (categories is tags is None):
        touch(product)


def _rows(model: Any, values: Mapping[str, Any], name: str) -> list[Any] | None:
    return by_keys(model, "slug", values[name], attr=name) if name in values else None


def _without_leftovers(product: AbstractProduct, fields: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes without those that the type doesn't have any more; what was given stays, and is refused by its name."""
    product_type = fields.get("product_type") or product.product_type
    known_codes = set(product_type.attributes.values_list("code", flat=True))
    values = fields.get("attributes", product.attributes)
    return {code: value for code, value in values.items() if code in known_codes or code in given}
