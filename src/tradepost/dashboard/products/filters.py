"""Filters and views of the list of products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tradepost.browse.expressions import has_stock, products_priced
from tradepost.catalogue.models import Collection, Image, Variant
from tradepost.core.inputs.form_fields import NumberField
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price

from ..registry import Filter, View
from .facts import price_lists
from .group_choices import category_choices, collection_choices, type_choices

__all__ = ["filters", "views"]

_VISIBLE, _HIDDEN, _ARCHIVED = "visible", "hidden", "archived"
_STATES = [(_VISIBLE, _("Visible")), (_HIDDEN, _("Hidden")), (_ARCHIVED, _("Archived"))]
_CONDITIONS: dict[str, Q] = {
    _VISIBLE: Q(is_published=True, archived_at=None),
    _HIDDEN: Q(is_published=False, archived_at=None),
    _ARCHIVED: Q(archived_at__isnull=False),
}
_IN, _OUT, _LOW = "in", "out", "low"


def views() -> Iterator[View]:
    """The tabs."""
    current = [_VISIBLE, _HIDDEN]
    yield View(key="all", title=_("All"), query={"state": current})
    yield View(key="visible", title=_("Visible"), query={"state": [_VISIBLE]})
    yield View(key="hidden", title=_("Hidden"), query={"state": [_HIDDEN]})
    yield View(key="out", title=_("Sold out"), query={"state": [_VISIBLE], "stock": _OUT})
    yield View(key="low", title=_("Low stock"), query={"state": current, "stock": _LOW})
    yield View(key="no-price", title=_("Without a price"), query={"state": current, "priced": "no"})
    yield View(key="no-picture", title=_("Without a picture"), query={"state": current, "pictured": "no"})
    yield View(key="archived", title=_("Archived"), query={"state": [_ARCHIVED]})


def filters() -> Iterator[Filter]:
    """All of them."""
    yield Filter(
        key="state",
        field=lambda: forms.MultipleChoiceField(
            label=_("Status"), choices=_STATES, widget=forms.CheckboxSelectMultiple
        ),
        apply=_in_state,
    )
    stock = [("", _("Any")), (_IN, _("In stock")), (_OUT, _("Sold out")), (_LOW, _("Low"))]
    yield Filter(key="stock", field=lambda: forms.ChoiceField(label=_("Stock"), choices=stock), apply=_by_stock)
    yield Filter(key="priced", field=lambda: _yes_no(_("Has a price")), apply=_by_price)
    yield Filter(key="pictured", field=lambda: _yes_no(_("Has a picture")), apply=_by_picture)
    yield from _by_price_range()
    yield from _by_group()


def _by_price_range() -> Iterator[Filter]:
    for key, label, bounds in (
        ("least", _("Price from"), lambda amount: (amount, None)),
        ("most", _("Price up to"), lambda amount: (None, amount)),
    ):
        yield Filter(
            key=key,
            field=lambda label=label: NumberField(label=label, min_value=0, decimal_places=4),  # type: ignore[misc]
            apply=lambda rows, amount, bounds=bounds: rows.filter(  # type: ignore[misc]
                pk__in=products_priced(price_lists(), *bounds(amount))
            ),
        )


def _by_group() -> Iterator[Filter]:
    yield Filter(
        key="type",
        field=lambda: _one_of(_("Type"), type_choices()),
        apply=lambda rows, code: rows.filter(product_type__code=code),
    )
    yield Filter(
        key="category",
        field=lambda: _one_of(_("Category, or below it"), category_choices()),
        apply=lambda rows, slug: rows.in_categories([slug]),
    )
    yield Filter(
        key="collection",
        field=lambda: _one_of(_("Collection, by hand"), collection_choices()),
        apply=lambda rows, slug: rows.filter(pk__in=_members(slug)),
    )
    yield Filter(
        key="tag",
        field=lambda: forms.SlugField(label=_("Tag"), max_length=255),
        apply=lambda rows, slug: rows.with_tags([slug]),
    )
    yield Filter(
        key="brand",
        field=lambda: forms.CharField(label=_("Brand"), max_length=255),
        apply=lambda rows, text: rows.filter(brand__icontains=text),
    )


def _one_of(label: Any, choices: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", _("Any")), *choices])


def _yes_no(label: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", _("Any")), ("yes", _("Yes")), ("no", _("No"))])


def _in_state(rows: Any, chosen: list[str]) -> Any:
    if {*chosen} == {_VISIBLE, _HIDDEN}:
        return rows.filter(archived_at=None)
    condition = Q(pk__in=[])
    for code in chosen:
        condition |= _CONDITIONS[code]
    return rows if len({*chosen}) == len(_CONDITIONS) else rows.filter(condition)


def _by_stock(rows: Any, value: str) -> Any:
    if value == _LOW:
        levels = StockLevel.objects.low().filter(location__is_active=True, variant__archived_at=None)
        return rows.filter(pk__in=levels.order_by().values("variant__product"))
    return rows.filter(has_stock() if value == _IN else ~has_stock())


def _by_price(rows: Any, value: str) -> Any:
    prices = Price.objects.filter(variant=OuterRef("pk"), min_quantity=1)
    variants = Variant.objects.filter(Exists(prices), product=OuterRef("pk"), archived_at=None)
    return rows.filter(Exists(variants) if value == "yes" else ~Exists(variants))


def _by_picture(rows: Any, value: str) -> Any:
    pictures = Image.objects.filter(product=OuterRef("pk"))
    return rows.filter(Exists(pictures) if value == "yes" else ~Exists(pictures))


def _members(slug: str) -> Any:
    return Collection.products.through._default_manager.filter(collection__slug=slug).values("product_id")
