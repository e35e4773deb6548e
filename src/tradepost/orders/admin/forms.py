"""Forms of the orders' actions in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.admin.actions import ActionForm
from tradepost.core.fsm import AvailableTransition
from tradepost.core.inputs.form_fields import CountField, NumberField

from .. import services
from ..base import AbstractCredit

__all__ = ["CancelUnitsForm", "CreditForm", "HoldForm", "NoteForm", "ReleaseHoldForm", "transition_form"]


def _reason(**values: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=200, **{"required": False, **values})


class _TransitionForm(ActionForm):
    transition = ""
    reason = _reason()
    override = forms.BooleanField(
        label=_("Override the rules"), required=False, help_text=_("Needs a reason, which is kept in the history.")
    )

    def __init__(self, *args: Any, row: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, user=user, **kwargs)
        steps = services.available_transitions(row, By.user(user))
        step: AvailableTransition | None = next((step for step in steps if step.name == self.transition), None)
        refused = step is not None and bool(step.refusals)
        if not (refused and step and step.overridable and user.has_perm("tradepost_orders.override_order")):
            del self.fields["override"]
        if step and refused:
            self.explanation = " ".join(refusal.reason for refusal in step.refusals)

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        override = asked.get("override", False)
        services.apply(self.row, self.transition, by=by, reason=asked["reason"], override=override)


def transition_form(step: AvailableTransition) -> type[ActionForm]:
    """The form of one transition, named by its verb."""
    return type("TransitionForm", (_TransitionForm,), {"transition": step.name, "title": step.label})


class CancelUnitsForm(ActionForm):
    """Cancel part of an order: a field for each line with units left."""

    title = _("Cancel units")
    explanation = _(
        "Their price is credited and their stock is released. An amount that was credited on the same line before, goodwill "
        "included, counts towards it, so the credit may be smaller. No money is refunded; that is a separate step."
    )
    reason = _reason()

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.lines = {f"line_{line.pk}": line for line in row.lines.all() if line.open_quantity > 0}
        for name, line in self.lines.items():
            self.fields[name] = CountField(
                label=f"{line.sku} {line.name}", min_value=0, max_value=line.open_quantity, initial=0
            )

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        units = {line.pk: asked[name] for name, line in self.lines.items() if asked[name]}
        services.cancel_units(self.row, units, by=by, reason=asked["reason"])


class CreditForm(ActionForm):
    """Take an amount off what is due."""

    title = _("Credit an amount")
    explanation = _(
        "It is spread over the lines and charges, and counts towards what is credited when units are cancelled or returned "
        "later. No money is refunded; that is a separate step."
    )
    permission = "tradepost_orders.credit_order"
    amount = NumberField(label=_("Amount, tax included"), min_value=Decimal("0.0001"), decimal_places=4)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (reason.value, reason.label) for reason in (AbstractCredit.Reason.GOODWILL, AbstractCredit.Reason.PRICE)
        ],
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        services.credit(self.row, asked["amount"], by=by, reason=asked["reason"], note=asked["note"])


class HoldForm(ActionForm):
    """Hold an order: nothing is processed, shipped or captured until the hold is released."""

    title = _("Hold")
    explanation = _("Nothing is processed, shipped or captured until you release it.")
    code = forms.SlugField(label=_("Reason code"), max_length=40, help_text=_("A short keyword, such as “address”."))
    reason = _reason()

    def act(self, by: By) -> None:
        services.hold(self.row, self.cleaned_data["code"], by=by, reason=self.cleaned_data["reason"])


class ReleaseHoldForm(ActionForm):
    """It goes on."""

    title = _("Release hold")
    reason = _reason()

    def act(self, by: By) -> None:
        services.release_hold(self.row, by=by, reason=self.cleaned_data["reason"])


class NoteForm(ActionForm):
    """Keep something in mind about an order."""

    title = _("Add a note")
    explanation = _("It is kept in the history. Customers never see it.")
    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 60}))

    def act(self, by: By) -> None:
        services.add_note(self.row, self.cleaned_data["text"], by=by)
