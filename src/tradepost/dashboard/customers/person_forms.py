"""Forms about a customer: person, groups, tier, consents, the end of their data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.actors import By
from tradepost.core.inputs.phones import MAX_PHONE
from tradepost.customers import services
from tradepost.customers.conf import purposes
from tradepost.customers.models import Consent, CustomerGroup, Tier

from ..forms import ActForm, Preview
from .customer_list import customer_url

__all__ = ["EraseForm", "NewCustomerForm", "PersonForm", "ReleaseTierForm", "TierForm", "WithdrawForm"]

_FIELDS = ("name", "email", "phone", "language", "tax_id", "tax_exempt")


class _PersonForm(ActForm):
    """Who somebody is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=MAX_PHONE, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, help_text=gettext_lazy("In which mail is written.")
    )
    tax_id = forms.CharField(label=gettext_lazy("Tax ID"), max_length=40, required=False)
    tax_exempt = forms.BooleanField(label=gettext_lazy("Pays no tax"), required=False)
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [("", _("That of the page")), *settings.LANGUAGES]
        groups: Any = self.fields["groups"]
        groups.choices = [(row.code, row.name) for row in CustomerGroup.objects.filter(tier=None)]
        if not groups.choices:
            del self.fields["groups"]

    def values(self) -> dict[str, Any]:
        """The fields as they were filled in, by the names of the service."""
        return {name: self.cleaned_data[name] for name in _FIELDS if name in self.fields}


class NewCustomerForm(_PersonForm):
    """Somebody without an account."""

    title = gettext_lazy("Add customer")
    explanation = gettext_lazy("Somebody without an account, such as who orders by telephone.")

    def act(self, by: By) -> None:
        """Add them."""
        row = services.create_customer(self.values(), groups=self.cleaned_data.get("groups", []))
        self.goes_to = customer_url(row)
        self.outcome = _("%(name)s is added.") % {"name": row}


class PersonForm(_PersonForm):
    """Change who they are."""

    title = gettext_lazy("Edit customer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _FIELDS:
            self.initial.setdefault(name, getattr(self.row, name))
        self.initial.setdefault("groups", [group.code for group in self.row.groups.all()])
        if self.row.user_id is not None:
            del self.fields["email"]  # that of an account is changed by a proof

    def act(self, by: By) -> None:
        """Change them. Groups of tiers stay, whatever is chosen."""
        groups = self.cleaned_data["groups"] if "groups" in self.fields else None
        services.change_customer(self.row, self.values(), groups=groups)
        self.outcome = _("Saved.")


class TierForm(ActForm):
    """Into a tier by hand."""

    title = gettext_lazy("Set tier")
    explanation = gettext_lazy("No rule moves them until you let it decide again.")
    tier: forms.ModelChoiceField[Tier] = forms.ModelChoiceField(
        label=gettext_lazy("Tier"),
        queryset=None,
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("None at all"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier: Any = self.fields["tier"]
        tier.queryset = Tier.objects.all()
        membership = getattr(self.row, "tier_membership", None)
        if membership is not None and membership.tier is not None:
            self.initial.setdefault("tier", membership.tier.code)

    def act(self, by: By) -> None:
        """Put them there."""
        services.set_tier(self.row, self.cleaned_data["tier"])
        self.outcome = _("The tier is set; its prices count from now on.")


class ReleaseTierForm(ActForm):
    """The rule decides again."""

    title = gettext_lazy("Let the rule decide the tier")

    def act(self, by: By) -> None:
        """Let it."""
        services.release_tier(self.row)
        self.outcome = _("The rule looks at it by its next job.")


class WithdrawForm(ActForm):
    """They agree no more."""

    title = gettext_lazy("Withdraw a consent")
    explanation = gettext_lazy("As they said on the phone or by letter. What is sent by it ends at once.")
    purpose = forms.ChoiceField(label=gettext_lazy("Consent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels: Mapping[str, Any] = {key: entry.LABEL for key, entry in purposes().items()}
        purpose: Any = self.fields["purpose"]
        purpose.choices = [(key, labels.get(key, key)) for key in services.agreed_purposes(self.row)]

    def act(self, by: By) -> None:
        """Write it down."""
        services.withdraw_consent(self.row, self.cleaned_data["purpose"], source=Consent.Source.STAFF, by=by)
        self.outcome = _("Withdrawn. The history has your name.")


class EraseForm(ActForm):
    """Their personal data go, at their wish."""

    title = gettext_lazy("Delete personal data")
    previews = True
    is_serious = True
    confirm = forms.CharField(label=gettext_lazy("Type DELETE to confirm"), max_length=20)

    def clean_confirm(self) -> str:
        """The word, in capitals."""
        text = str(self.cleaned_data["confirm"])
        if text != "DELETE":
            raise ValidationError(_("Type DELETE, in capitals."))
        return text

    def preview(self, by: By) -> Preview:
        """The things that go, and those that stay."""
        return Preview(sentences=erasure(self.row))

    def act(self, by: By) -> None:
        """Close the account, or delete the data of who has none."""
        if self.row.user_id is not None and "tradepost_accounts" in apps.app_configs:
            from tradepost.accounts.services import close_on_request

            close_on_request(self.row.user)
        else:
            services.anonymise(self.row)
        self.outcome = _("The personal data are deleted. Orders stay, for the books.")


def erasure(row: Any) -> tuple[str, ...]:
    """Sentences about the deletion of somebody's data."""
    account = [_("The account is closed: nobody can sign in by it any more.")] if row.user_id is not None else []
    return (
        _("Name, e-mail, phone, tax ID and the address book are deleted. It can’t be undone."),
        *account,
        _("Orders and invoices stay as they are, for the books."),
    )
