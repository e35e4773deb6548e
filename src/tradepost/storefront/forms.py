"""Forms of the storefront. They know fields and their forms; rules are the services'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses import AddressInvalid, PostalAddress
from tradepost.core.addresses.form_fields import address_fields
from tradepost.core.addresses.place_warnings import place_warnings
from tradepost.core.inputs.form_fields import (
    CountField,
    LowerEmailField,
    NumberField,
)
from tradepost.core.shop_settings import shop

from .account.consent_boxes import ConsentBoxesMixin
from .account.forms import SHOWABLE
from .account.menu import has_accounts
from .countries import country_choices

__all__ = ["AddForm", "AddressForm", "ContactForm", "PlaceForm", "RegistrationForm", "SignInForm", "show_at_fields"]

_LOOKED_AT = 40  # signs of a postcode: a longer one is refused


def _text(
    label: Any, autocomplete: str, *, required: bool = True, most: int = 200, help_text: Any = "", **attrs: str
) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text, widget=widget)


class AddForm(forms.Form):
    """A quantity of a SKU."""

    sku = forms.CharField(max_length=255)
    quantity = CountField(min_value=1, max_value=1_000_000, required=False)


class ContactForm(forms.Form):
    """The buyer's contact details."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Only used for messages about your order."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = _text(_("Phone"), "tel", required=False, most=40, inputmode="tel")
    tax_id = _text(
        _("Tax id"),
        "off",
        required=False,
        most=40,
        help_text=_("With its country code, as in DE136695976."),
        autocapitalize="characters",
        spellcheck="false",
    )


class AddressForm(forms.Form):
    """An address; ``prefix`` is ``shipping`` or ``billing``, and browsers fill it in by that.

    Its fields are in the order in which they are written in the address's country, and have the names that they have there.
    Those that an address there doesn't have are left out of the page unless they are filled in.
    """

    name = _text(_("Name"), "name")
    company = _text(_("Company"), "organization", required=False)
    line1 = _text(_("Street and number"), "address-line1")
    line2 = _text(_("Apartment, floor"), "address-line2", required=False)
    postcode = _text(_("Postcode"), "postal-code", required=False, most=20)
    city = _text(_("Town or city"), "address-level2", most=120)
    region = _text(_("State or region"), "address-level1", required=False, most=80)
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"}))

    use_required_attribute = False  # the billing address is hidden until it is wanted

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose…")), *country_choices()]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = f"{self.prefix} {field.widget.attrs['autocomplete']}"
        self.address_fields = address_fields(str(self["country"].value() or ""))
        for described in self.address_fields:
            if (shown := self.fields.get(described.name)) is not None:
                shown.label, shown.required = described.label, described.is_required
        self._warn()
        if self.regions:
            self.fields["region"].widget.attrs["list"] = self.regions_id

    def _warn(self) -> None:
        """Say at the postcode that it looks unusual; a strict shop refuses it instead."""
        postcode: Any = self.fields["postcode"]
        typed = str(postcode.get_bound_field(self, "postcode").value() or "")[:_LOOKED_AT]
        warnings = place_warnings(PostalAddress(country=str(self["country"].value() or ""), postcode=typed))
        if warnings and not shop().STRICT_POSTCODES:
            postcode.help_text, postcode.is_warned = warnings[0].message, True

    @property
    def regions_id(self) -> str:
        """Of the list of regions to choose from."""
        return f"id_{self.prefix}-regions"

    @property
    def regions(self) -> Sequence[tuple[str, str]]:
        """Value and name of the regions to choose from; others may be typed."""
        return next(field.choices for field in self.address_fields if field.name == "region")

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of the page but the country, with how wide each is: those of one line stand beside each other."""
        fields = [
            field
            for field in self.address_fields
            if field.name in self.fields and (field.is_usual or self[field.name].value() or self.errors.get(field.name))
        ]
        lines = Counter(field.line for field in fields)
        return [(self[field.name], _width(field.name, lines[field.line])) for field in fields]


def _width(name: str, beside: int) -> str:
    """The share of a line that a field takes, by how many stand on it; a class of the stylesheet."""
    if beside == 1:
        return "half" if name in ("postcode", "region") else ""
    if beside == 2:
        return {"city": "two-thirds", "postcode": "third"}.get(name, "half")
    return "third"


def show_at_fields(form: AddressForm, error: AddressInvalid) -> None:
    """Add what a country refuses to a form, each message beside its field."""
    for name, message in error.context["fields"].items():
        form.add_error(name if name in form.fields else None, message)


class PlaceForm(ConsentBoxesMixin):
    """The total that the buyer saw when they pressed the button, and what else they agree to."""

    consent_place = "checkout"

    basket = forms.UUIDField()
    total = NumberField(max_digits=19, decimal_places=4, min_value=0)
    currency = forms.CharField(max_length=3, min_length=3)
    terms = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=2000)


class SignInForm(AuthenticationForm):
    """Django's, with words that fit: accounts that were made here are called by their e-mail address."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("The e-mail address or the password isn’t right. Please try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail or username")
        self.fields["password"].widget.attrs.update(SHOWABLE)

    def clean_username(self) -> str:
        """The user's name, where an address was typed that is known to be theirs; others are kept in small letters."""
        name = str(self.cleaned_data["username"])
        if has_accounts():
            from tradepost.accounts.services import username_for

            username = username_for(name)
            if username != name:
                return username
        return name.lower() if "@" in name else name


class RegistrationForm(forms.Form):
    """An account by e-mail and password, in whatever user model the project has."""

    email = LowerEmailField(
        label=_("E-mail"), max_length=150, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[RegexValidator(r"\A[^\x00]*\Z")],
    )

    def clean_email(self) -> str:
        """In small letters, and new."""
        email = str(self.cleaned_data["email"])
        user = get_user_model()
        names = {f"{name}__iexact" for name in (user.USERNAME_FIELD, user.get_email_field_name())}
        if any(user._default_manager.filter(**{name: email}).exists() for name in names):
            raise ValidationError(
                _("There is already an account with this address. Please sign in instead."), code="taken"
            )
        return email

    def clean(self) -> dict[str, Any]:
        """The password meets the project's validators."""
        cleaned = super().clean() or {}
        user = get_user_model()
        if "email" in cleaned and "password" in cleaned:
            try:
                validate_password(cleaned["password"], user(**{user.get_email_field_name(): cleaned["email"]}))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self) -> Any:
        """Make the user; the e-mail address is its name where the model has no other."""
        user: Any = get_user_model()
        email = self.cleaned_data["email"]
        names = {user.USERNAME_FIELD: email, user.get_email_field_name(): email}
        return user._default_manager.create_user(**names, password=self.cleaned_data["password"])
