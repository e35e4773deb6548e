"""Product types with their attributes, and tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import delete_row, write_values
from tradepost.core.errors import InUse

from ..base import AbstractAttribute, AbstractProductType, AbstractTag
from ..models import Attribute, Product, ProductType, Tag

__all__ = [
    "add_attribute",
    "change_attribute",
    "change_product_type",
    "change_tag",
    "create_product_type",
    "create_tag",
    "remove_attribute",
    "remove_product_type",
    "remove_tag",
]

_OF_TYPE = frozenset({"code", "kind", "name", "tax_class", "track_stock"})
_OF_ATTRIBUTE = frozenset({"choices", "code", "filterable", "kind", "name", "position", "required", "unit"})
_OF_TAG = frozenset({"name", "slug"})


@db.atomic
def create_product_type(
    values: Mapping[str, Any], *, attributes: Iterable[Mapping[str, Any]] = ()
) -> AbstractProductType:
    """Make a product type, with its attributes.

    Args:
        values: By field.
        attributes: Values of each, in order.

    Raises:
        ValidationError: A field is wrong, or the code is another type's.
    """
    product_type = ProductType()
    write_values(product_type, values, writable=_OF_TYPE)
    for position, row in enumerate(attributes):
        add_attribute(product_type, {"position": position, **row})
    return product_type


@db.atomic
def change_product_type(product_type: AbstractProductType, values: Mapping[str, Any]) -> AbstractProductType:
    """Change what is named of a product type.

    Raises:
        ValidationError: A field is wrong, or the code is another type's.
    """
    row: AbstractProductType = _locked(ProductType, product_type)
    write_values(row, values, writable=_OF_TYPE)
    return row


@db.atomic
def remove_product_type(product_type: AbstractProductType) -> None:
    """Delete a product type that no product has; its attributes go along.

    Raises:
        InUse: Products have it.
    """
    row = _locked(ProductType, product_type)
    if number := Product.objects.filter(product_type=row.pk).count():
        raise InUse(_("Products have this type."), by="products", count=number)
    delete_row(row)


@db.atomic
def add_attribute(product_type: AbstractProductType, values: Mapping[str, Any]) -> AbstractAttribute:
    """Give a product type an attribute. Products have no value of it at first, also where it is required from now on.

    Raises:
        ValidationError: A field is wrong, or the type has an attribute with this code.
    """
    attribute = Attribute(product_type=_locked(ProductType, product_type))
    write_values(attribute, values, writable=_OF_ATTRIBUTE)
    return attribute


@db.atomic
def change_attribute(attribute: AbstractAttribute, values: Mapping[str, Any]) -> AbstractAttribute:
    """Change what is named of an attribute. Its code and its kind stay while products have a value of it.

    Raises:
        ValidationError: A field is wrong, or the type has another attribute with this code.
        InUse: The code or the kind would change, or a choice would go, that products have.
    """
    _locked(ProductType, attribute.product_type)
    row = Attribute.objects.select_related("product_type").get(pk=attribute.pk)
    before = (row.code, row.kind)
    choices = {str(choice) for choice in row.choices}
    with_value = _with_value(row)
    changes = write_values(row, values, writable=_OF_ATTRIBUTE)
    if changes & {"code", "kind"} and (row.code, row.kind) != before and (number := with_value.count()):
        raise InUse(_("Products have a value of this attribute."), by="products", count=number)
    gone = sorted(choices - {str(choice) for choice in row.choices})
    if gone and (number := with_value.with_attribute(row.code, gone).count()):
        raise InUse(_("Products have a choice that would go."), by="products", count=number, choices=gone)
    return row


@db.atomic
def remove_attribute(attribute: AbstractAttribute) -> None:
    """Delete an attribute; values of products aren't shown any more, and go when the product is changed next."""
    _locked(ProductType, attribute.product_type)
    delete_row(_locked(Attribute, attribute))


@db.atomic
def create_tag(values: Mapping[str, Any]) -> AbstractTag:
    """Make a tag.

    Raises:
        ValidationError: A field is wrong, or the slug is another tag's.
    """
    tag = Tag()
    write_values(tag, values, writable=_OF_TAG)
    return tag


@db.atomic
def change_tag(tag: AbstractTag, values: Mapping[str, Any]) -> AbstractTag:
    """Change what is named of a tag.

    Raises:
        ValidationError: A field is wrong, or the slug is another tag's.
    """
    row: AbstractTag = _locked(Tag, tag)
    write_values(row, values, writable=_OF_TAG)
    return row


@db.atomic
def remove_tag(tag: AbstractTag) -> None:
    """Take a tag off all products, and delete it."""
    delete_row(_locked(Tag, tag))


def _locked(model: type[Any], row: Model) -> Any:
    return db.lock(model._default_manager.filter(pk=row.pk)).get()


def _with_value(attribute: AbstractAttribute) -> Any:
    """Products of the type with a value of an attribute."""
    return Product.objects.filter(product_type=attribute.product_type_id, attributes__has_key=attribute.code)
