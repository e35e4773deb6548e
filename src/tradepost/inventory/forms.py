"""Forms of the stock's actions in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.admin.actions import ActionForm
from tradepost.core.inputs.form_fields import CountField

from . import services

__all__ = ["CountForm", "ReceiveForm"]


class ReceiveForm(ActionForm):
    """Units arrived."""

    title = _("Receive")
    quantity = CountField(label=_("Units received"), min_value=1)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def act(self, by: By) -> None:
        values = self.cleaned_data
        services.receive(self.row.variant_id, self.row.location_id, values["quantity"], by=by, note=values["note"])


class CountForm(ActionForm):
    """Units were counted."""

    title = _("Count")
    explanation = _("Your count is booked, even if it is less than what is reserved for customers.")
    counted = CountField(label=_("Units on the shelf"), min_value=0)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["counted"].initial = max(0, row.on_hand)

    def act(self, by: By) -> None:
        values = self.cleaned_data
        services.count(self.row.variant_id, self.row.location_id, values["counted"], by=by, note=values["note"])
