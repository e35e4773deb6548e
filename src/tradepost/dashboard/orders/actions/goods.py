"""Actions on an order's shipments: pack, send, change the tracking, deliver, unpack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.inputs.form_fields import CountField
from tradepost.fulfilment import services
from tradepost.fulfilment.base import AbstractShipment
from tradepost.inventory.models import Location

from ...forms import ActForm, Preview
from ...registry import Action
from ..shipment_facts import shipments_of, units_to_pack

__all__ = ["goods_actions"]

_ADD = needs("tradepost_fulfilment.add_shipment")
_CHANGE = needs("tradepost_fulfilment.change_shipment")


def goods_actions() -> Iterator[Action]:
    """Packing for the order; the others beside each shipment."""
    yield Action(key="pack", form=PackForm, access=_ADD, is_shown=_can_pack)
    yield Action(key="send", form=SendForm, access=_CHANGE, is_shown=_has(SendForm), is_inside=True)
    yield Action(key="tracking", form=TrackingForm, access=_CHANGE, is_shown=_has(TrackingForm), is_inside=True)
    yield Action(key="delivered", form=DeliveredForm, access=_CHANGE, is_shown=_has(DeliveredForm), is_inside=True)
    yield Action(key="unpack", form=UnpackForm, access=_CHANGE, is_shown=_has(UnpackForm), is_inside=True)


def _can_pack(order: Any) -> bool:
    return order.allows.can_ship and not order.hold and any(units_to_pack(order).values())


def _has(form: type[_ShipmentForm]) -> Callable[[Any], bool]:
    return lambda order: any(form.fits(shipment) for shipment in shipments_of(order))


class PackForm(ActForm):
    """Units go into a shipment: a field for each line with units left."""

    title = gettext_lazy("Pack")
    previews = True
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=100, required=False)
    tracking_url = forms.URLField(
        label=gettext_lazy("Tracking link"), max_length=200, required=False, assume_scheme="https"
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=AbstractShipment.Kind.choices, initial=AbstractShipment.Kind.PARCEL
    )
    location: forms.ModelChoiceField[Location] = forms.ModelChoiceField(
        label=gettext_lazy("Leaves from"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Where it is reserved"),
        to_field_name="code",
    )
    is_sent = forms.BooleanField(label=gettext_lazy("It is on its way already"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = Location.objects.filter(is_active=True)  # type: ignore[attr-defined]
        to_pack = units_to_pack(self.row)
        self.lines = {f"line_{line.pk}": line for line in self.row.lines.all() if to_pack[line.pk]}
        fields: dict[str, forms.Field] = {}
        for name, line in self.lines.items():
            most, label = to_pack[line.pk], " ".join(filter(None, [line.name, line.variant_name]))
            fields[name] = CountField(
                label=f"{label} ({line.sku})",
                min_value=0,
                max_value=most,
                initial=most,
                required=False,
                help_text=_("Up to %(most)s") % {"most": most},
            )
        self.fields = fields | self.fields  # what is packed comes first

    @property
    def units(self) -> dict[int, int]:
        """By the key of a line."""
        return {line.pk: self.cleaned_data[name] for name, line in self.lines.items() if self.cleaned_data.get(name)}

    def preview(self, by: By) -> Preview:
        """Units that are packed, those that stay, and who hears of it."""
        number = sum(self.units.values())
        rest = sum(units_to_pack(self.row).values()) - number
        if not number:
            return Preview()
        sentences = [_("%(rest)s stay for another shipment.") % {"rest": rest}] if rest else []
        if self.cleaned_data["is_sent"]:
            sentences.insert(0, _("The units leave the stock now."))
            if self.row.email and self.cleaned_data["kind"] != AbstractShipment.Kind.DIGITAL:
                sentences.append(_("%(email)s gets an e-mail with the tracking.") % {"email": self.row.email})
            return Preview(button=_("Pack and send %(number)s") % {"number": number}, sentences=tuple(sentences))
        sentences.append(_("The customer hears of it when you mark it as sent."))
        return Preview(button=_("Pack %(number)s") % {"number": number}, sentences=tuple(sentences))

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        pack = services.ship_now if asked["is_sent"] else services.create_shipment
        pack(
            self.row,
            self.units,
            by=by,
            kind=asked["kind"],
            carrier=asked["carrier"],
            tracking_number=asked["tracking_number"],
            tracking_url=asked["tracking_url"],
            location_id=asked["location"].pk if asked["location"] else None,
            idempotency_key=self.key,
        )
        self.outcome = _("Packed and sent.") if asked["is_sent"] else _("Packed. Send it when it leaves.")


class _ShipmentForm(ActForm):
    """About one shipment of the order."""

    shipment = forms.ChoiceField(label=gettext_lazy("Shipment"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shipments = {str(entry.uuid): entry for entry in shipments_of(self.row) if self.fits(entry)}
        self.fields["shipment"].choices = [(uuid, _label(entry)) for uuid, entry in self.shipments.items()]  # type: ignore[attr-defined]
        if len(self.shipments) == 1 and not self.is_bound:
            self.initial.setdefault("shipment", next(iter(self.shipments)))

    @classmethod
    def fits(cls, shipment: AbstractShipment) -> bool:
        """Whether it can be done with a shipment."""
        raise NotImplementedError

    @property
    def chosen(self) -> AbstractShipment:
        """The shipment."""
        shipment: AbstractShipment = self.shipments[self.cleaned_data["shipment"]]
        return shipment


def _label(shipment: AbstractShipment) -> str:
    units = sum(line.quantity for line in shipment.lines.all())
    words = " ".join(filter(None, [shipment.carrier, shipment.tracking_number])) or str(shipment.get_kind_display())
    return _("%(words)s, %(units)s items") % {"words": words, "units": units}


class SendForm(_ShipmentForm):
    """It has left."""

    title = gettext_lazy("Mark as sent")
    previews = True
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.shipments.get(str(self.initial.get("shipment", "")))
        if chosen is not None:
            self.initial.update(carrier=chosen.carrier, tracking_number=chosen.tracking_number)

    @classmethod
    def fits(cls, shipment: AbstractShipment) -> bool:
        """It waits."""
        return str(shipment.status) == "pending"

    def preview(self, by: By) -> Preview:
        """Units that leave, and who hears of it."""
        sentences = [_("Its units leave the stock.")]
        if self.row.email and self.chosen.kind != AbstractShipment.Kind.DIGITAL:
            sentences.append(_("%(email)s gets an e-mail with the tracking.") % {"email": self.row.email})
        return Preview(sentences=tuple(sentences))

    def act(self, by: By) -> None:
        asked, shipment = self.cleaned_data, self.chosen
        services.set_tracking(shipment, by=by, carrier=asked["carrier"], tracking_number=asked["tracking_number"])
        services.ship(shipment, by=by)
        self.outcome = _("It is on its way.")


class TrackingForm(_ShipmentForm):
    """Carrier, number and link, before it leaves and after."""

    title = gettext_lazy("Change tracking")
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=100, required=False)
    tracking_url = forms.URLField(
        label=gettext_lazy("Tracking link"), max_length=200, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.shipments.get(str(self.initial.get("shipment", "")))
        if chosen is not None:
            names = ("carrier", "tracking_number", "tracking_url")
            self.initial.update({name: getattr(chosen, name) for name in names})

    @classmethod
    def fits(cls, shipment: AbstractShipment) -> bool:
        """Whatever isn't cancelled."""
        return str(shipment.status) != "cancelled"

    def act(self, by: By) -> None:
        names = ("carrier", "tracking_number", "tracking_url")
        services.set_tracking(self.chosen, by=by, **{name: self.cleaned_data[name] for name in names})
        self.outcome = _("The tracking is changed. The customer gets no e-mail about it.")


class DeliveredForm(_ShipmentForm):
    """It has arrived."""

    title = gettext_lazy("Mark as delivered")

    @classmethod
    def fits(cls, shipment: AbstractShipment) -> bool:
        """It is on its way."""
        return str(shipment.status) == "shipped"

    def act(self, by: By) -> None:
        services.deliver(self.chosen, by=by)


class UnpackForm(_ShipmentForm):
    """It won't leave."""

    title = gettext_lazy("Unpack")
    explanation = gettext_lazy("Its units can be packed again.")

    @classmethod
    def fits(cls, shipment: AbstractShipment) -> bool:
        """It waits."""
        return str(shipment.status) == "pending"

    def act(self, by: By) -> None:
        services.cancel_shipment(self.chosen, by=by)
