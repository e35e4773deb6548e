"""Forms about the buyer of a draft: whose it is, how they are reached, where it goes, how it is delivered and paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.basket import services as baskets
from tradepost.checkout import services
from tradepost.checkout.view import checkout_of
from tradepost.core.actors import By
from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.form_fields import address_fields
from tradepost.core.inputs.phones import MAX_PHONE
from tradepost.customers.models import Address

from ..countries import country_choices
from ..forms import ActForm
from .new_order import SEE_CUSTOMERS, currency_choices

__all__ = ["AddressForm", "BillingForm", "ContactForm", "CustomerForm", "DeliveryForm", "PaymentForm", "RemoveForm"]

_PARTS = ("name", "company", "line1", "line2", "postcode", "city", "region", "phone")


class CustomerForm(ActForm):
    """Whose prices, addresses and coupons count."""

    title = gettext_lazy("Choose customer")
    customer = forms.CharField(
        label=gettext_lazy("Customer’s e-mail or id"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Empty for somebody without an account."),
    )

    def act(self, by: By) -> None:
        """Set them, and take over what the shop knows of them, as far as nothing else was said."""
        named = self.cleaned_data["customer"]
        if named and not self.user.has_perm(SEE_CUSTOMERS):
            raise PermissionDenied
        customer = baskets.customer_named(named)
        services.change_draft(self.row, customer=customer)
        services.fill_draft(self.row)
        self.outcome = (
            _("Prices are those of %(name)s now.") % {"name": customer} if customer else _("It is nobody’s now.")
        )


class ContactForm(ActForm):
    """How the buyer is reached, and what staff call the draft."""

    asks_a_provider: ClassVar[bool] = True  # a register of tax ids, before anything is written
    title = gettext_lazy("Change contact")
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=MAX_PHONE, required=False)
    tax_id = forms.CharField(label=gettext_lazy("Tax ID"), max_length=40, required=False)
    note = forms.CharField(
        label=gettext_lazy("The customer’s wishes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Printed on the packing slip."),
    )
    name = forms.CharField(label=gettext_lazy("Title, for staff"), max_length=200, required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checkout, currency = checkout_of(self.row.basket), self.fields["currency"]
        currency.choices = currency_choices()  # type: ignore[attr-defined]
        for name in ("email", "phone", "tax_id", "note"):
            self.initial.setdefault(name, getattr(checkout, name))
        self.initial.setdefault("name", self.row.title)
        self.initial.setdefault("currency", self.row.basket.currency)

    def act(self, by: By) -> None:
        """Write it down; an e-mail that is empty stays what it was, for a checkout has no other word for none."""
        asked, checkout = self.cleaned_data, checkout_of(self.row.basket)
        fields = {
            name: asked[name] for name in ("email", "phone", "tax_id", "note") if asked[name] != getattr(checkout, name)
        }
        if not asked["email"]:
            fields.pop("email", None)
        currency = {"currency": asked["currency"]} if asked["currency"] != self.row.basket.currency else {}
        services.change_draft(self.row, title=asked["name"], fields=fields, **currency)
        self.outcome = _("Saved.")


class AddressForm(ActForm):
    """Where it goes: one of the customer's addresses, or another."""

    asks_a_provider: ClassVar[bool] = True  # a register of tax ids, before anything is written
    title = gettext_lazy("Delivery address")
    column = "shipping_address"
    book = forms.ChoiceField(label=gettext_lazy("From the address book"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    line1 = forms.CharField(label=gettext_lazy("Street and number"), max_length=200, required=False)
    line2 = forms.CharField(label=gettext_lazy("Apartment, floor"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("Town or city"), max_length=120, required=False)
    region = forms.CharField(label=gettext_lazy("State or region"), max_length=80, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=MAX_PHONE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: Mapping[str, Any] = getattr(checkout_of(self.row.basket), self.column) or {}
        for name in (*_PARTS, "country"):
            self.initial.setdefault(name, stored.get(name, ""))
        self.initial["country"] = self.initial["country"] or self.row.basket.country
        country: Any = self.fields["country"]
        country.choices = country_choices(str(_("Choose…")))
        self.addresses = {str(row.uuid): row for row in self._book()}
        book: Any = self.fields["book"]
        book.choices = [
            ("", _("Another address, below")),
            *((uuid, _in_one_line(row)) for uuid, row in self.addresses.items()),
        ]
        if not self.addresses:
            del self.fields["book"]
        self._as_written_there()

    def _book(self) -> list[Any]:
        """The customer's addresses, for those who may see them."""
        if self.row.basket.customer_id is None or not self.user.has_perm("tradepost_customers.view_address"):
            return []
        return list(Address.objects.filter(customer=self.row.basket.customer_id))

    def _as_written_there(self) -> None:
        """Fields in the order and by the names that they have in the country."""
        described = address_fields(str(self["country"].value() or ""))
        for field in described:
            if field.name in self.fields:
                self.fields[field.name].label = field.label
        names = [field.name for field in described if field.name in self.fields]
        first = [name for name in self.fields if name not in names]
        self.order_fields([*first, *names])

    def act(self, by: By) -> None:
        """Write it down."""
        asked = self.cleaned_data
        row = self.addresses.get(asked.get("book", ""))
        address = row.as_postal().as_dict() if row is not None else self._typed()
        services.change_draft(self.row, fields={self.column: address or None})
        self.outcome = _("Saved.")

    def _typed(self) -> dict[str, str]:
        typed = {name: self.cleaned_data[name] for name in _PARTS if self.cleaned_data.get(name)}
        return {**typed, "country": self.cleaned_data["country"]} if typed else {}


class BillingForm(AddressForm):
    """Who is billed, where that is another address."""

    title = gettext_lazy("Billing address")
    explanation = gettext_lazy("Leave it empty where it is the delivery address.")
    column = "billing_address"


def _in_one_line(row: Any) -> str:
    postal: PostalAddress = row.as_postal()
    return ", ".join(postal.lines)


class DeliveryForm(ActForm):
    """How it is delivered."""

    title = gettext_lazy("Choose delivery")
    method = forms.ChoiceField(label=gettext_lazy("Delivery method"))
    point = forms.CharField(
        label=gettext_lazy("Pickup point"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Its code, for methods that go to one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        look = services.look(self.row.basket)
        method: Any = self.fields["method"]
        method.choices = [(quote.code, quote.name) for quote in look.shipping if quote.amount is not None]
        if not any(quote.needs_point for quote in look.shipping):
            del self.fields["point"]
        if look.checkout.shipping_method:
            self.initial.setdefault("method", look.checkout.shipping_method)
        self.initial.setdefault("point", look.point.code if look.point else "")

    def act(self, by: By) -> None:
        """Write it down."""
        asked = self.cleaned_data
        fields = {"shipping_method": asked["method"]}
        if asked.get("point"):
            fields["pickup_point"] = asked["point"]
        services.change_draft(self.row, fields=fields)
        self.outcome = _("Saved.")


class PaymentForm(ActForm):
    """How it is paid: by the customer, later, or by a method without a provider."""

    title = gettext_lazy("Choose payment")
    method = forms.ChoiceField(label=gettext_lazy("How it is paid"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        method: Any = self.fields["method"]
        method.choices = payment_choices(services.look(self.row.basket))
        self.initial.setdefault("method", chosen_method(self.row))

    def act(self, by: By) -> None:
        """Write it down."""
        services.change_draft(self.row, fields={"payment_method": self.cleaned_data["method"]})
        self.outcome = _("Saved.")


def payment_choices(look: services.CheckoutView) -> list[tuple[str, str]]:
    """A link for the customer, and each method on offer that moves no money by itself."""
    offers = [(offer.alias, offer.label) for offer in look.payments if offer.offline and offer.available]
    return [("", _("The customer chooses, by a link to pay")), *offers]


def chosen_method(draft: Any) -> str:
    """The method of a draft; empty where the customer chooses."""
    payments = checkout_of(draft.basket).payments
    return str(payments[0]["method"]) if payments and "tradepost_payments" in apps.app_configs else ""


class RemoveForm(ActForm):
    """It isn't wanted any more."""

    title = gettext_lazy("Delete draft")
    explanation = gettext_lazy("All that is in it goes. It can’t be brought back.")
    is_serious = True

    def act(self, by: By) -> None:
        """Delete it."""
        from .draft_list import DraftListPage

        services.remove_draft(self.row)
        self.goes_to = DraftListPage.url()
        self.outcome = _("The draft is deleted.")
