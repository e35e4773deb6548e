"""Zones, tax classes and tax rates as staff write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import by_keys, delete_row, write_values
from tradepost.core.errors import InUse, Invalid

from ..base import AbstractTaxClass, AbstractZone
from ..models import TaxClass, TaxRate, Zone, ZoneArea

__all__ = [
    "change_tax_class",
    "change_zone",
    "create_tax_class",
    "create_zone",
    "remove_tax_class",
    "remove_zone",
    "set_tax_rates",
    "tax_class_users",
    "zone_users",
]

_OF_ZONE = frozenset({"code", "is_home", "name", "priority", "reverse_charge"})
_OF_AREA = frozenset({"country", "postcode_from", "postcode_to", "region"})
_OF_CLASS = frozenset({"code", "name"})
_OF_RATE = frozenset({"compound", "jurisdiction", "position", "rate"})


@db.atomic
def create_zone(values: Mapping[str, Any]) -> AbstractZone:
    """Make a zone with its areas.

    Args:
        values: By field; ``areas`` as a list of ``country``, ``region``, ``postcode_from`` and ``postcode_to``.

    Raises:
        ValidationError: A field is wrong, or the code is another zone's; of an area it is under ``areas.0``.
    """
    zone = Zone()
    _write_zone(zone, values)
    return zone


@db.atomic
def change_zone(zone: AbstractZone, values: Mapping[str, Any]) -> AbstractZone:
    """Change what is named of a zone; ``areas`` replaces all that it has.

    Raises:
        ValidationError: A field is wrong, or the code is another zone's; of an area it is under ``areas.0``.
    """
    row = db.lock(Zone.objects.filter(pk=zone.pk)).get()
    _write_zone(row, values)
    return row


@db.atomic
def remove_zone(zone: AbstractZone) -> None:
    """Delete a zone with its areas and tax rates, where nothing is bound to it: it would hold everywhere from then on.

    Raises:
        InUse: Price lists, shipping methods or rows of the project name it.
    """
    row = db.lock(Zone.objects.filter(pk=zone.pk)).get()
    for users in zone_users([row.pk]):
        by = str(users.model._meta.verbose_name_plural)
        raise InUse(_("What is bound to this zone would hold everywhere."), by=by, count=users.count())
    delete_row(row)


def zone_users(zones: Sequence[int]) -> list[models.QuerySet[Any]]:
    """The rows that are bound to some zones by a relation to many, by model: price lists, shipping methods, a project's own.

    Args:
        zones: Primary keys.

    Returns:
        Querysets that have at least one row.
    """
    users: list[models.QuerySet[Any]] = []
    for relation in Zone._meta.related_objects:
        if relation.many_to_many and isinstance(relation.related_model, type):
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": zones}).distinct()
            if rows.exists():
                users.append(rows)
    return users


@db.atomic
def create_tax_class(values: Mapping[str, Any]) -> AbstractTaxClass:
    """Make a tax class; product types, products, shipping methods and fees name it by its code.

    Raises:
        ValidationError: A field is wrong, or the code is another class's.
    """
    tax_class = TaxClass()
    write_values(tax_class, values, writable=_OF_CLASS)
    return tax_class


@db.atomic
def change_tax_class(tax_class: AbstractTaxClass, values: Mapping[str, Any]) -> AbstractTaxClass:
    """Change what is named of a tax class. Its code stays while something names it.

    Raises:
        ValidationError: A field is wrong, or the code is another class's.
        InUse: It has another code, by which nothing would find it.
    """
    row = db.lock(TaxClass.objects.filter(pk=tax_class.pk)).get()
    code = row.code
    if "code" in write_values(row, values, writable=_OF_CLASS):
        _refuse_use(code)
    return row


@db.atomic
def remove_tax_class(tax_class: AbstractTaxClass) -> None:
    """Delete a tax class with its rates, where nothing names it: that would be sold without tax.

    Raises:
        InUse: Product types, products or shipping methods name it, or rows of the project.
    """
    row = db.lock(TaxClass.objects.filter(pk=tax_class.pk)).get()
    _refuse_use(row.code)
    delete_row(row)


def tax_class_users(codes: Iterable[str]) -> list[models.QuerySet[Any]]:
    """The rows that name tax classes by their codes, by model; what is history, such as lines of orders, isn't asked.

    It is every model with a slug called ``tax_class``: product types, products, shipping methods, a project's own.

    Returns:
        Querysets that have at least one row.
    """
    users: list[models.QuerySet[Any]] = []
    for model in apps.get_models():
        columns = {field.name: field for field in model._meta.local_concrete_fields}
        if isinstance(columns.get("tax_class"), models.SlugField):
            rows = model._base_manager.filter(tax_class__in=[*codes])
            if rows.exists():
                users.append(rows)
    return users


def _refuse_use(code: str) -> None:
    for users in tax_class_users([code]):
        by = str(users.model._meta.verbose_name_plural)
        raise InUse(_("Something is sold under this tax class."), by=by, count=users.count())


@db.atomic
def set_tax_rates(zone: AbstractZone, rates: Iterable[Mapping[str, Any]]) -> list[str]:
    """Set tax rates of a zone by tax class and name, all or none; others stay.

    Args:
        zone: Where they hold.
        rates: Of each ``tax_class`` (a code), ``name`` and ``rate`` (0.19 is 19 %; ``None`` takes it away), and what differs from
            the defaults of ``jurisdiction``, ``compound`` and ``position``; what isn't given of a rate that is there stays.

    Returns:
        Names of those that were made, changed or taken away.

    Raises:
        ValidationError: A field is wrong; it is under ``rates.0``.
        Invalid: There is no such tax class, or a rate is named twice.
    """
    listed = [dict(values) for values in rates]
    keys = [(str(values["tax_class"]), str(values["name"])) for values in listed]
    if len({*keys}) < len(keys):
        raise Invalid(_("A rate is named twice."), attr="rates")
    row = db.lock(Zone.objects.filter(pk=zone.pk)).get()
    classes = {each.code: each for each in by_keys(TaxClass, "code", (code for code, _name in keys), attr="rates")}
    stored = {(each.tax_class.code, each.name): each for each in row.tax_rates.select_related("tax_class")}
    changed: list[str] = []
    for number, (key, values) in enumerate(zip(keys, listed, strict=True)):
        if _set_rate(row, classes[key[0]], stored.get(key), values, f"rates.{number}"):
            changed.append(key[1])
    return changed


def _set_rate(zone: Any, tax_class: Any, stored: Any, values: Mapping[str, Any], place: str) -> bool:
    if values["rate"] is None:
        if stored is not None:
            stored.delete()
        return stored is not None
    given = {name: value for name, value in values.items() if name not in ("tax_class", "name")}
    row = stored or TaxRate(zone=zone, tax_class=tax_class, name=values["name"])
    return bool(_written(row, given, _OF_RATE, place))


def _write_zone(zone: AbstractZone, values: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in values.items() if name != "areas"}
    write_values(zone, fields, writable=_OF_ZONE)
    if "areas" not in values:
        return
    zone.areas.all().delete()
    for number, area in enumerate(values["areas"]):
        _written(ZoneArea(zone=zone), area, _OF_AREA, f"areas.{number}")  # type: ignore[misc]


def _written(row: models.Model, values: Mapping[str, Any], writable: frozenset[str], place: str) -> set[str]:
    """Write a part of something, whose refusals name its place."""
    try:
        return write_values(row, values, writable=writable)
    except ValidationError as error:
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        raise ValidationError(
            {place if name in ("", "__all__") else f"{place}.{name}": parts for name, parts in by_field.items()}
        ) from error
