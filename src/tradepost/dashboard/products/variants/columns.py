"""Columns of the sheet of variants: what a cell holds as text, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.money import plain
from tradepost.inventory.models import Location
from tradepost.pricing.models import PriceList

__all__ = ["SheetColumn", "sheet_columns"]

_MOST_LISTS, _MOST_PLACES = 4, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column of the sheet.

    Attributes:
        key: ``option-0``, ``sku``, ``price-3`` (of the list with that key), ``stock-1`` (at the location).
        kind: ``option``, ``field``, ``price`` or ``stock``.
        owner: The option's name, the price list or the location.
        field: Reads a cell.
        may_edit: The reader may change it.
        is_shared: One value may be given to all variants at once.
    """

    key: str
    title: Any
    kind: str
    field: forms.Field
    owner: Any = None
    may_edit: bool = True
    is_shared: bool = False
    is_number: bool = False

    def text(self, value: Any) -> str:
        """A stored value, as the cell shows it."""
        if value is None:
            return ""
        return plain(value, self.owner.currency) if self.kind == "price" else str(value)

    def read(self, text: str) -> Any:
        """The value of a cell.

        Raises:
            ValidationError: It isn't one.
        """
        value = self.field.clean(text.replace("\x00", ""))
        return value.normalize() if isinstance(value, Decimal) else value

    def as_json(self, value: Any) -> Any:
        """The value as marks are made of it."""
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def sheet_columns(product: Any, user: Any) -> list[SheetColumn]:
    """All of a product, by what the reader may see; three queries."""
    return [*_of_variant(product, user), *_of_prices(user), *_of_stock(user)]


def _of_variant(product: Any, user: Any) -> Iterator[SheetColumn]:
    may_edit = user.has_perm("tradepost_catalogue.change_variant")
    for number, name in enumerate(product.option_names):
        field = forms.CharField(max_length=255)
        yield SheetColumn(key=f"option-{number}", title=name, kind="option", owner=name, field=field, may_edit=may_edit)
    if not product.option_names:
        field = forms.CharField(max_length=255, required=False)
        yield SheetColumn(key="name", title=_("Name"), kind="field", field=field, may_edit=may_edit)
    yield SheetColumn(key="sku", title=_("SKU"), kind="field", field=forms.CharField(max_length=255), may_edit=may_edit)
    yield SheetColumn(
        key="barcode",
        title=_("Barcode"),
        kind="field",
        field=forms.CharField(max_length=255, required=False),
        may_edit=may_edit,
    )
    yield SheetColumn(
        key="weight",
        title=_("Weight in g"),
        kind="field",
        field=CountField(min_value=0),
        may_edit=may_edit,
        is_shared=True,
        is_number=True,
    )


def _of_prices(user: Any) -> Iterator[SheetColumn]:
    if not user.has_perm("tradepost_pricing.view_price"):
        return
    lists: Any = PriceList.objects.filter(is_active=True, converts=None)[:_MOST_LISTS]
    for row in lists:
        yield SheetColumn(
            key=f"price-{row.pk}",
            title=f"{row.name} ({row.currency})",
            kind="price",
            owner=row,
            field=NumberField(min_value=0, decimal_places=4, required=False, localize=True),
            may_edit=user.has_perms(["tradepost_pricing.change_price", "tradepost_pricing.add_price"]),
            is_shared=True,
            is_number=True,
        )


def _of_stock(user: Any) -> Iterator[SheetColumn]:
    if not user.has_perm("tradepost_inventory.view_stocklevel"):
        return
    places: Any = Location.objects.filter(is_active=True)[:_MOST_PLACES]
    for row in places:
        yield SheetColumn(
            key=f"stock-{row.pk}",
            title=_("Stock: %(place)s") % {"place": row.name},
            kind="stock",
            owner=row,
            field=CountField(required=False),
            may_edit=user.has_perm("tradepost_inventory.change_stocklevel"),
            is_shared=True,
            is_number=True,
        )
