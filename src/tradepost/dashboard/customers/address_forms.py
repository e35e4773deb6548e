"""Forms about a customer's address book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.actors import By
from tradepost.core.addresses.form_fields import address_fields
from tradepost.core.inputs.phones import MAX_PHONE
from tradepost.customers import services
from tradepost.customers.models import Address

from ..countries import country_choices
from ..forms import ActForm

__all__ = ["AddAddressForm", "ChangeAddressForm", "RemoveAddressForm"]

_PARTS = ("name", "company", "line1", "line2", "postcode", "city", "region", "phone")


class _AddressForm(ActForm):
    """An address and whether deliveries and invoices begin with it."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    line1 = forms.CharField(label=gettext_lazy("Street and number"), max_length=200)
    line2 = forms.CharField(label=gettext_lazy("Apartment, floor"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("Town or city"), max_length=120, required=False)
    region = forms.CharField(label=gettext_lazy("State or region"), max_length=80, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=MAX_PHONE, required=False)
    ships = forms.BooleanField(label=gettext_lazy("Deliveries begin with it"), required=False)
    bills = forms.BooleanField(label=gettext_lazy("Invoices begin with it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = country_choices(str(_("Choose…")))
        described = address_fields(str(self["country"].value() or ""))
        for field in described:
            if field.name in self.fields:
                self.fields[field.name].label = field.label
        self.order_fields(["address", "country", *(field.name for field in described)])

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        asked = self.cleaned_data
        return {name: asked[name] for name in (*_PARTS, "country")}

    def defaults(self) -> dict[str, bool]:
        """Both defaults, where they are wished for."""
        asked = self.cleaned_data
        wished = {"is_default_shipping": asked["ships"], "is_default_billing": asked["bills"]}
        return {name: True for name, is_wished in wished.items() if is_wished}


class AddAddressForm(_AddressForm):
    """One more."""

    title = gettext_lazy("Add address")

    def act(self, by: By) -> None:
        """Add it."""
        services.add_address(self.row, self.values(), **self.defaults())
        self.outcome = _("The address is added.")


def _addresses(row: Any) -> dict[str, Any]:
    return {str(entry.uuid): entry for entry in Address.objects.filter(customer=row.pk)}


class ChangeAddressForm(_AddressForm):
    """Another one in its place; orders keep theirs."""

    title = gettext_lazy("Change address")
    address = forms.ChoiceField(label=gettext_lazy("Address"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        self.addresses = _addresses(kwargs["row"])
        chosen = self.addresses.get(str(initial.get("address", "")))
        if chosen is not None:
            shown = {name: getattr(chosen, name) for name in (*_PARTS, "country")}
            flags = {"ships": bool(chosen.is_default_shipping), "bills": bool(chosen.is_default_billing)}
            kwargs["initial"] = {**shown, **flags, **initial}
        super().__init__(*args, **kwargs)
        address: Any = self.fields["address"]
        address.choices = [(uuid, str(entry)) for uuid, entry in self.addresses.items()]

    def act(self, by: By) -> None:
        """Change it."""
        services.change_address(self.addresses[self.cleaned_data["address"]], self.values(), **self.defaults())
        self.outcome = _("The address is changed. Orders keep theirs.")


class RemoveAddressForm(ActForm):
    """It isn't wanted any more."""

    title = gettext_lazy("Remove address")
    explanation = gettext_lazy("Orders keep theirs.")
    address = forms.ChoiceField(label=gettext_lazy("Address"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = _addresses(self.row)
        address: Any = self.fields["address"]
        address.choices = [(uuid, str(entry)) for uuid, entry in self.addresses.items()]

    def act(self, by: By) -> None:
        """Remove it."""
        services.remove_address(self.addresses[self.cleaned_data["address"]])
        self.outcome = _("The address is removed.")
