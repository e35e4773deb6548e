"""Making price lists, changing and deleting them: what a form of the admin does, for callers that have plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import by_keys, delete_row, one_by_key, write_values
from tradepost.core.errors import InUse
from tradepost.customers.models import CustomerGroup

from ..base import AbstractPriceList
from ..models import Price, PriceList, Zone
from ..prices.conversion import convert

__all__ = ["change_price_list", "create_price_list", "remove_price_list"]

_FIELDS = frozenset({
    "channel", "code", "converts", "currency", "ends_at", "includes_tax", "is_active", "margin", "name", "priority", "rounding",
    "starts_at",
})  # fmt: skip
_MEANING = frozenset({"currency", "includes_tax"})
_CONVERSION = frozenset({"converts", "margin", "rounding"})


@db.atomic
def create_price_list(values: Mapping[str, Any]) -> AbstractPriceList:
    """Make a price list; one that follows another has its converted prices at once.

    Args:
        values: By field; ``converts`` by the code of a list, ``groups`` and ``zones`` as lists of codes.

    Raises:
        ValidationError: A field is wrong, or the code is another list's.
        Invalid: A list, a group or a zone doesn't exist.
        RateMissing: There is no exchange rate to convert by.
    """
    price_list = PriceList()
    _write(price_list, values)
    return price_list


@db.atomic
def change_price_list(price_list: AbstractPriceList, values: Mapping[str, Any]) -> AbstractPriceList:
    """Change what is named of a price list, under its lock. Its currency and its basis stay while it has prices.

    Args:
        price_list: Which.
        values: As for :func:`create_price_list`; ``starts_at`` and ``ends_at`` say when its prices hold, both ends included.

    Raises:
        ValidationError: A field is wrong, or the code is another list's.
        Invalid: A list, a group or a zone doesn't exist.
        InUse: Its prices would mean something else: in another currency, or with tax.
        RateMissing: There is no exchange rate to convert by.
    """
    row = PriceList.objects.filter(pk=price_list.pk).locked().get()
    _write(row, values)
    return row


@db.atomic
def remove_price_list(price_list: AbstractPriceList) -> None:
    """Delete a price list with its prices and their history.

    Raises:
        InUse: Other lists follow it.
    """
    row = PriceList.objects.filter(pk=price_list.pk).locked().get()
    if number := row.followers.count():
        raise InUse(_("Other price lists follow this one."), by="price_lists", count=number)
    delete_row(row)


def _write(price_list: AbstractPriceList, values: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in values.items() if name not in ("groups", "zones")}
    groups = by_keys(CustomerGroup, "code", values["groups"], attr="groups") if "groups" in values else None
    zones = by_keys(Zone, "code", values["zones"], attr="zones") if "zones" in values else None
    if fields.get("converts"):
        fields["converts"] = one_by_key(PriceList, "code", str(fields["converts"]), attr="converts")
    elif "converts" in fields:
        fields["converts"] = None
    is_new = price_list.pk is None
    changed = write_values(price_list, fields, writable=_FIELDS)
    if not is_new and changed & _MEANING and (number := Price.objects.filter(price_list=price_list.pk).count()):
        raise InUse(_("Its prices would mean something else."), by="prices", count=number)
    if groups is not None:
        price_list.groups.set(groups)
    if zones is not None:
        price_list.zones.set(zones)
    if changed & _CONVERSION and not (is_new and price_list.converts_id is None):
        convert(price_list)
