"""Forms of the shipments' actions in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.admin.actions import ActionForm
from tradepost.core.inputs.form_fields import CountField
from tradepost.inventory.models import Location

from . import services
from .base import AbstractShipment

__all__ = ["CancelForm", "DeliverForm", "PackForm", "ShipForm"]


class PackForm(ActionForm):
    """Units of an order go into a shipment: a field for each line with units left. The row is the order."""

    title = _("Pack a shipment")
    kind = forms.ChoiceField(label=_("Kind"), choices=AbstractShipment.Kind.choices)
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=100, required=False)
    tracking_url = forms.URLField(label=_("Tracking link"), required=False, assume_scheme="https")
    location: forms.ModelChoiceField[Location] = forms.ModelChoiceField(
        label=_("Ships from"),
        queryset=None,
        required=False,
        help_text=_("Leave empty to ship from where it is reserved."),
    )
    now = forms.BooleanField(label=_("It has already been shipped"), required=False)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["location"].queryset = Location.objects.filter(is_active=True)  # type: ignore[attr-defined]
        open_units = services.left_to_ship(row)
        self.lines = {f"line_{line.pk}": line for line in row.lines.all() if open_units[line.pk] > 0}
        for name, line in self.lines.items():
            most = open_units[line.pk]
            self.fields[name] = CountField(label=f"{line.sku} {line.name}", min_value=0, max_value=most, initial=most)

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        create = services.ship_now if asked["now"] else services.create_shipment
        create(
            self.row,
            {line.pk: asked[name] for name, line in self.lines.items() if asked[name]},
            by=by,
            kind=asked["kind"],
            carrier=asked["carrier"],
            tracking_number=asked["tracking_number"],
            tracking_url=asked["tracking_url"],
            location_id=asked["location"].pk if asked["location"] else None,
        )


class ShipForm(ActionForm):
    """It has left."""

    title = _("Mark as shipped")
    explanation = _("Its units are taken out of stock.")

    def act(self, by: By) -> None:
        services.ship(self.row, by=by)


class DeliverForm(ActionForm):
    """It has arrived."""

    title = _("Mark as delivered")

    def act(self, by: By) -> None:
        services.deliver(self.row, by=by)


class CancelForm(ActionForm):
    """It won't leave."""

    title = _("Unpack")
    explanation = _("Its units can be packed again.")

    def act(self, by: By) -> None:
        services.cancel_shipment(self.row, by=by)
