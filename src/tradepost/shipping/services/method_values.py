"""Shipping methods as staff write them: what all have, and what one of a kind costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Collection, Product
from tradepost.core import db
from tradepost.core.db.polymorphic import kind_code, kinds_of
from tradepost.core.db.positions import put_in_order
from tradepost.core.db.row_values import by_keys, delete_row, write_values
from tradepost.core.errors import InUse, Invalid
from tradepost.pricing.models import Zone

from ..base import AbstractShippingMethod
from ..models import PickupPoint, ShippingMethod

__all__ = [
    "change_shipping_method",
    "cost_columns",
    "create_shipping_method",
    "order_shipping_methods",
    "remove_shipping_method",
    "shipping_kinds",
]

_FIELDS = frozenset({
    "code", "currency", "description", "handling", "is_active", "max_days", "max_girth", "max_side", "max_volume", "max_weight",
    "min_days", "name", "position", "tax_class",
})  # fmt: skip
_OTHERS: Mapping[str, tuple[Any, str]] = {
    "zones": (Zone, "code"),
    "excluded_products": (Product, "slug"),
    "excluded_collections": (Collection, "slug"),
}
Costs = Mapping[str, Any]


@db.atomic
def create_shipping_method(values: Mapping[str, Any], costs: Costs) -> AbstractShippingMethod:
    """Make a shipping method of a kind.

    Args:
        values: By field, amounts in major units of its ``currency``; ``zones`` as a list of codes, ``excluded_products`` and
            ``excluded_collections`` as lists of slugs.
        costs: Its ``kind`` (``flatrate``, …) and the values of that kind's fields; see :func:`cost_columns`.

    Raises:
        ValidationError: A field is wrong, or the code is another method's; what is wrong in the costs is under ``costs.``.
        Invalid: There is no such kind, or a zone, a product or a collection doesn't exist.
    """
    kinds = shipping_kinds()
    kind = kinds.get(str(costs.get("kind", "")))
    if kind is None:
        raise Invalid(_("There is no such kind."), attr="costs.kind", kinds=sorted(kinds))
    method: AbstractShippingMethod = kind()
    _write(method, values, costs)
    return method


@db.atomic
def change_shipping_method(
    method: AbstractShippingMethod, values: Mapping[str, Any], costs: Costs | None = None
) -> AbstractShippingMethod:
    """Change what is named of a shipping method, under its lock. Orders that were placed keep what they paid.

    Args:
        method: Which.
        values: As for :func:`create_shipping_method`; a list replaces the one that is there. Another ``currency`` needs all
            amounts with it, or those that stay would mean something else.
        costs: Fields of its kind that change; ``None`` leaves them all.

    Raises:
        ValidationError: A field is wrong, or the code is another method's.
        Invalid: The method is of another kind, amounts for the new currency are missing, or a zone, a product or a collection
            doesn't exist.
    """
    row: AbstractShippingMethod = _locked(method)
    costs = costs or {}
    if str(costs.get("kind", kind_code(row))) != kind_code(row):
        raise Invalid(_("A method stays of its kind. Make another one."), attr="costs.kind", kind=kind_code(row))
    if values.get("currency", row.currency) != row.currency:
        given = {*values, *costs}
        needed = ["handling", *(column.name for column in cost_columns(type(row)))]
        if missing := [name for name in needed if name not in given]:
            raise Invalid(_("Give all amounts in the new currency."), attr="currency", missing=missing)
    _write(row, values, costs)
    return row


@db.atomic
def remove_shipping_method(method: AbstractShippingMethod) -> None:
    """Delete a shipping method. Orders keep its name and what they paid; a checkout that chose it has to choose again.

    Raises:
        InUse: Pickup points are reached by it.
    """
    row = _locked(method)
    if number := PickupPoint.objects.filter(methods=row.pk).count():
        raise InUse(_("Pickup points are reached by it."), by="pickup_points", count=number)
    delete_row(row)


@db.atomic
def order_shipping_methods(codes: Iterable[str]) -> None:
    """Offer shipping methods in this order; those that aren't named follow, in whatever currency they are.

    Raises:
        Invalid: There is no such method.
    """
    rows: Any = ShippingMethod.objects
    put_in_order(rows.non_polymorphic(), codes, field="code", attr="shipping_methods")


def shipping_kinds() -> dict[str, type[Any]]:
    """The kinds of methods by their names, a project's own among them."""
    return {str(kind._meta.model_name): kind for kind in kinds_of(ShippingMethod)}


def cost_columns(kind: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields that a kind has beside those of all methods; relations aren't among them."""
    shared = {field.name for field in ShippingMethod._meta.get_fields()}
    return [
        column
        for column in kind._meta.concrete_fields
        if column.name not in shared and column.editable and not column.primary_key and not column.is_relation
    ]


def _locked(method: AbstractShippingMethod) -> Any:
    """The row as its own kind."""
    rows: Any = ShippingMethod.objects
    return db.lock(rows.non_polymorphic().filter(pk=method.pk)).get().get_real_instance()


def _write(method: AbstractShippingMethod, values: Mapping[str, Any], costs: Costs) -> None:
    own = {column.name for column in cost_columns(type(method))}
    given = {name: value for name, value in costs.items() if name != "kind"}
    if unknown := sorted(given.keys() - own):
        raise Invalid(_("There is no such field."), attr=f"costs.{unknown[0]}")
    fields = {name: value for name, value in values.items() if name not in _OTHERS}
    others = {
        name: by_keys(model, key, values[name], attr=name) for name, (model, key) in _OTHERS.items() if name in values
    }
    try:
        write_values(method, {**fields, **given}, writable=_FIELDS | own)
    except ValidationError as error:
        raise _placed(error, own) from error
    for name, rows in others.items():
        getattr(method, name).set(rows)


def _placed(error: ValidationError, own: set[str]) -> ValidationError:
    """The refusal with what is wrong in the costs under ``costs.``."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    return ValidationError({f"costs.{name}" if name in own else name: parts for name, parts in by_field.items()})
