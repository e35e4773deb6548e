"""Customers in the admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.admin import DaysMixin
from tradepost.core.admin.actions import ActionForm, ActionsMixin
from tradepost.core.admin.exposed_fields import ExposedAdmin
from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.core.admin.place_messages import warn_of_place
from tradepost.core.inputs.phones import Phone, PhoneInvalid, read_phone

from ..conf import purposes
from ..models import Address, Consent, Customer, CustomerGroup
from ..services import (
    agreed_purposes,
    keep_defaults,
    keep_tier_groups,
    make_default,
    read_phone_of,
    withdraw_consent,
)
from .tiers import TierInline

__all__ = [
    "AddressForm",
    "AddressInline",
    "ConsentFilter",
    "CustomerAdmin",
    "CustomerForm",
    "CustomerGroupAdmin",
    "WithdrawConsentForm",
]

_SHOWN = 100  # consents


class AddressForm(forms.ModelForm):
    """An address, and whether it should be the default; the present default is passed on by the service."""

    default_shipping = forms.BooleanField(label=_("Default for deliveries"), required=False)
    default_billing = forms.BooleanField(label=_("Default for invoices"), required=False)

    class Meta:
        model = Address
        fields = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_shipping"].initial = bool(self.instance.is_default_shipping)
        self.fields["default_billing"].initial = bool(self.instance.is_default_billing)

    def clean_phone(self) -> str:
        """A number that is the same as before is left alone: it may be older than what is asked of it."""
        text: str = self.cleaned_data["phone"]
        if "phone" not in self.changed_data:
            return text
        typed = str(self.data.get(self.add_prefix("country"), "")).strip().upper()
        return _read(text, partial(read_phone, region=typed if typed in COUNTRIES else "")).text


class CustomerForm(forms.ModelForm):
    """A customer; a phone number is kept as it was typed, and as it is dialled."""

    def clean_phone(self) -> str:
        """Read it, where it was changed."""
        text: str = self.cleaned_data["phone"]
        if "phone" in self.changed_data:
            self.instance.set_phone(_read(text, partial(read_phone_of, self.instance)))
        return text


class WithdrawConsentForm(ActionForm):
    """Write down that a customer agrees no more, as they said on the phone or by letter."""

    title = _("Withdraw a consent")
    explanation = _("What is sent by it ends at once. It stays in the history with your name.")
    purpose = forms.ChoiceField(label=_("Consent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {key: str(purpose.LABEL) for key, purpose in purposes().items()}
        field: Any = self.fields["purpose"]
        field.choices = [(key, labels.get(key, key)) for key in agreed_purposes(self.row)]

    def act(self, by: By) -> None:
        withdraw_consent(self.row, self.cleaned_data["purpose"], source=Consent.Source.STAFF, by=by)


class AddressInline(admin.StackedInline):
    model = Address
    form = AddressForm
    extra = 0
    fields: ClassVar[Any] = (
        ("name", "company"),
        ("line1", "line2"),
        ("postcode", "city"),
        ("region", "country"),
        "phone",
        ("default_shipping", "default_billing"),
    )


class ConsentFilter(admin.SimpleListFilter):
    """Who has agreed to something, and who hasn't; gone where the shop asks for nothing."""

    title = _("consent")
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two for each purpose."""
        labels = {key: str(purpose.LABEL) for key, purpose in purposes().items()}
        granted = [(key, _("%(label)s: given") % {"label": label}) for key, label in labels.items()]
        return granted + [(f"no:{key}", _("%(label)s: not given") % {"label": label}) for key, label in labels.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The rows of the chosen one."""
        value = self.value()
        if not value:
            return queryset
        agreed = Customer.objects.consenting(value.removeprefix("no:")).values("pk")
        return queryset.exclude(pk__in=agreed) if value.startswith("no:") else queryset.filter(pk__in=agreed)


def _read(text: str, read: Callable[[str], Phone]) -> Phone:
    try:
        return read(text)
    except PhoneInvalid as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from None


@admin.register(Customer)
class CustomerAdmin(FilterValuesMixin, DaysMixin, ExposedAdmin, ActionsMixin, admin.ModelAdmin):
    form = CustomerForm
    change_form_template = "tradepost/admin/customer.html"
    acts: ClassVar[Any] = {"withdraw_consent": WithdrawConsentForm}
    list_display: Any = ("__str__", "email", "phone", "created_at", "has_account")
    list_filter: ClassVar[Any] = ("groups", "tier_membership__tier", ConsentFilter, "tax_exempt", "created_at")
    search_fields: ClassVar[Any] = ("email", "name", "phone", "phone_e164", "tax_id")
    autocomplete_fields: ClassVar[Any] = ("groups",)
    raw_id_fields = ("user",)
    readonly_fields: ClassVar[Any] = ("uuid", "created_at", "anonymised_at")
    date_hierarchy = "created_at"
    inlines: ClassVar[Any] = (TierInline, AddressInline)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes new data over those that were deleted at the customer's wish."""
        is_gone = obj is not None and obj.anonymised_at is not None
        return not is_gone and super().has_change_permission(request, obj)

    def may_act(self, request: HttpRequest) -> bool:
        """Whether somebody may add to the history of consents, which they may read."""
        return bool(request.user.has_perms([f"tradepost_customers.{verb}_consent" for verb in ("view", "add")]))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose account a customer is, only superusers say: orders and saved payment methods come with it."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is not None and request.user.has_perm("tradepost_customers.view_consent"):
            fields = (*fields, "consent_history")
        return fields if getattr(request.user, "is_superuser", False) else (*fields, "user")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Whoever types a whole phone number finds its customer, however that one had typed it."""
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        try:
            dialled = read_phone(search_term).e164
        except PhoneInvalid:
            dialled = ""
        return (rows | queryset.filter(phone_e164=dialled) if dialled else rows), may_repeat

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """The group of a tier comes with the tier: whoever opened the page may have read another."""
        super().save_related(request, form, formsets, change)
        if keep_tier_groups(form.instance):
            messages.warning(request, _("The group of a tier comes with the tier, and was left as the tier has it."))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Addresses are saved as they were typed; of several new defaults the last one is it."""
        super().save_formset(request, form, formset, change)
        if formset.model is not Address:
            return
        for row in formset.forms:
            asked = row.cleaned_data if row.has_changed() else {}
            if row.instance.pk and not asked.get("DELETE"):
                make_default(
                    row.instance,
                    shipping=asked.get("default_shipping", False),
                    billing=asked.get("default_billing", False),
                )
                warn_of_place(request, row)
        keep_defaults(formset.instance)

    @admin.display(description=_("consents"))
    def consent_history(self, customer: Customer) -> str:
        """All that they agreed to and withdrew, the newest first, as far as a page shows it; read only, as a proof is."""
        rows = customer.consents.all()[:_SHOWN]
        lines = [
            (
                date_format(timezone.localtime(row.at), "DATETIME_FORMAT"),
                str(row),
                " ".join(filter(None, (row.get_source_display(), row.reference, row.actor_label))),
                f"{row.text} ({row.version}, {row.language})" if row.text else "",
            )
            for row in rows
        ]
        table = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", lines)
        return format_html("<table>{}</table>", table) if lines else "-"

    @admin.display(boolean=True, description="Account", ordering="user")
    def has_account(self, customer: Customer) -> bool:
        return customer.user_id is not None


@admin.register(CustomerGroup)
class CustomerGroupAdmin(admin.ModelAdmin):
    list_display: Any = ("name", "code")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
