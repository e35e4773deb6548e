"""Receiving, counting and moving units of several products on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import TradepostError
from tradepost.core.inputs.form_fields import CountField
from tradepost.inventory import services as inventory
from tradepost.inventory.models import Location, StockLevel

from ..bulk_forms import BulkForm, Change, Refused

__all__ = ["BulkStockForm"]

_RECEIVE, _COUNT, _MOVE = "receive", "count", "move"
_KINDS = [
    (_RECEIVE, gettext_lazy("Received: add these units")),
    (_COUNT, gettext_lazy("Counted: there are these units")),
    (_MOVE, gettext_lazy("Move these units to another location")),
]
_MOST = 200  # variants on a page


class BulkStockForm(BulkForm):
    """A field for each variant that is counted; empty ones stay as they are. All of them are booked, or none."""

    title = gettext_lazy("Book stock")
    explanation = gettext_lazy("Enter units where something changes, and leave the others empty.")
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=_KINDS)
    location: Any = forms.ModelChoiceField(
        label=gettext_lazy("Location"), queryset=None, to_field_name="code", empty_label=None
    )
    target: Any = forms.ModelChoiceField(
        label=gettext_lazy("Move to"), queryset=None, to_field_name="code", required=False, empty_label="–"
    )
    note = forms.CharField(label=gettext_lazy("Note, such as a delivery’s number"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["location"].queryset = Location.objects.all()
        fields["target"].queryset = Location.objects.filter(is_active=True)
        rows = Variant.objects.filter(product__in=[row.pk for row in self.row], archived_at=None)
        rows = rows.select_related("product__product_type").order_by("-product", "position", "pk")[:_MOST]
        self.variants = {f"units_{row.pk}": row for row in rows if row.stock_is_tracked}
        for name, row in self.variants.items():
            label = " ".join(filter(None, [row.product.name, row.label, f"({row.sku})"]))
            self.fields[name] = CountField(label=label, min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """A move has another place as its aim."""
        values = super().clean()
        if values.get("kind") == _MOVE and values.get("target") in (None, values.get("location")):
            self.add_error("target", _("Choose another location to move to."))
        return values

    @property
    def units(self) -> dict[int, int]:
        """By the key of a variant."""
        given = {row.pk: self.cleaned_data.get(name) for name, row in self.variants.items()}
        is_count = self.cleaned_data["kind"] == _COUNT
        return {pk: units for pk, units in given.items() if units or (is_count and units == 0)}

    def preview(self, by: By) -> None:
        """Units before and after."""
        try:
            with db.rolled_back():
                self.act(by)
        except TradepostError as refusal:
            self.done_rows, self.refused = [], [Refused(self.title, _problem(refusal, self.variants))]

    def act(self, by: By) -> None:
        """Book them."""
        units, place = self.units, self.cleaned_data["location"]
        before = self._on_hand(place, units)
        chosen = {row.product_id for row in self.variants.values() if row.pk in units}
        self._book(units, place, by)
        self.done_rows = [row for row in self.row if row.pk in chosen]
        after = self._on_hand(place, units)
        self.changes = [
            Change(str(self.fields[name].label), str(before.get(row.pk, 0)), str(after.get(row.pk, 0)))
            for name, row in self.variants.items()
            if row.pk in units
        ]

    @db.atomic
    def _book(self, units: dict[int, int], place: Any, by: By) -> None:
        note, kind = self.cleaned_data["note"], self.cleaned_data["kind"]
        list(
            StockLevel.objects.filter(location=place.pk, variant__in=list(units)).locked()
        )  # in the order of all others
        if kind == _COUNT:
            inventory.count_many(units, place.pk, by=by, note=note)
        elif kind == _MOVE:
            target = self.cleaned_data["target"].pk
            inventory.move(units, place.pk, target, by=by, note=note)
        else:
            for pk, number in sorted(units.items()):
                inventory.receive(pk, place.pk, number, by=by, note=note)

    def _on_hand(self, place: Any, units: dict[int, int]) -> dict[int, int]:
        levels = StockLevel.objects.filter(location=place.pk, variant__in=list(units))
        return dict(levels.values_list("variant", "on_hand"))


def _problem(refusal: TradepostError, variants: dict[str, Any]) -> str:
    """A refusal with the SKUs that it is about."""
    short = refusal.context.get("short", {})
    skus = [f"{row.sku}: {short[row.pk]}" for row in variants.values() if row.pk in short]
    return f"{refusal} {', '.join(skus)}".strip()
