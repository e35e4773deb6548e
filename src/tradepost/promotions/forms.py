"""Forms of promotions: lists and pairs as people write them instead of JSON, and making coupons."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.admin.actions import ActionForm
from tradepost.core.inputs.form_fields import CountField

from .services.batches import make_coupons

__all__ = ["ListField", "MakeCouponsForm", "PairsField", "field_for"]

_MOST_COUPONS = 20_000  # in one go, within a request; more by the command
_TIERS = _("From how much on how many percent, a line for each, as in “100: 10”.")


class ListField(forms.CharField):
    """Texts, separated by commas: ``books, toys``. A JSON list is taken, too."""

    widget = forms.TextInput(attrs={"class": "vLargeTextField"})  # as wide as the admin's own

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").strip()
        if text[:1] in ("[", "{"):
            return _json(text)
        parts = (part.strip() for part in text.replace("\n", ",").split(","))
        return list(dict.fromkeys(filter(None, parts)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class PairsField(forms.CharField):
    """Pairs of texts, a line for each: ``100: 10``. A JSON list of pairs is taken, too."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 30})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and all(isinstance(pair, list | tuple) for pair in value):
            return "\n".join(": ".join(map(str, pair)) for pair in value)
        return value

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").strip()
        if text.startswith("["):
            return _json(text)
        return [[part.strip() for part in line.split(":")] for line in text.splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise forms.ValidationError(_("Separate them with commas, as in “books, toys”.")) from error


def _list(help_text: Any) -> forms.Field:
    return ListField(required=False, help_text=help_text, max_length=2000)


def _weekdays(help_text: Any) -> forms.Field:
    days = [(number + 1, name) for number, name in WEEKDAYS.items()]
    return forms.TypedMultipleChoiceField(
        choices=days,
        coerce=int,
        empty_value=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _pairs(help_text: Any) -> forms.Field:
    return PairsField(help_text=help_text)


_MAKERS: dict[str, tuple[Callable[[Any], forms.Field], Any]] = {
    "categories": (_list, _("Slugs of categories, separated by commas; empty for all goods.")),
    "products": (_list, _("Slugs of products, separated by commas; empty for all goods.")),
    "bought_categories": (_list, _("What is to be bought; nothing here for the same goods that one gets.")),
    "bought_products": (_list, _("Slugs of products that are to be bought, separated by commas.")),
    "groups": (_list, _("Codes of groups of customers, separated by commas.")),
    "codes": (_list, _("Two letters each, as in DE, AT.")),
    "weekdays": (_weekdays, _("None for every day.")),
    "tiers": (_pairs, _TIERS),
}


def field_for(column: models.Field[Any, Any]) -> forms.Field | None:
    """The field of a JSON column of a condition or benefit; ``None`` where it stays JSON, as a project's own do."""
    if not isinstance(column, models.JSONField) or column.name not in _MAKERS:
        return None
    make, help_text = _MAKERS[column.name]
    form_field = make(help_text)
    form_field.label = str(column.verbose_name).capitalize()
    return form_field


class MakeCouponsForm(ActionForm):
    """Many coupons in one go, with codes by chance."""

    title = _("Create coupons")
    explanation = _("Their codes are random. To download them, filter the list of coupons by batch.")
    count = CountField(label=_("How many"), min_value=1, max_value=_MOST_COUPONS)
    batch = forms.SlugField(label=_("Batch"), max_length=60, help_text=_("A name for all of them, to find them again."))
    begin = forms.CharField(
        label=_("Prefix"), required=False, max_length=20, help_text=_("Before each, as in SPRING-.")
    )
    length = CountField(label=_("Length of the rest"), min_value=4, max_value=30, initial=8)
    usage_limit = CountField(
        label=_("Orders of each"), required=False, min_value=1, initial=1, help_text=_("Empty for no limit.")
    )
    customer_limit = CountField(
        label=_("Orders of one customer with each"), required=False, min_value=1, help_text=_("Empty for no limit.")
    )
    starts_at = forms.DateTimeField(label=_("From"), required=False)
    ends_at = forms.DateTimeField(label=_("Until"), required=False, help_text=_("As in 2027-01-31 23:59."))

    def act(self, by: By) -> None:
        asked = dict(self.cleaned_data)
        make_coupons(self.row, asked.pop("count"), prefix=asked.pop("begin"), **asked)
