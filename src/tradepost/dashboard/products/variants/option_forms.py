"""Forms beside the sheet: what variants differ in, and one more variant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue import services
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.core.inputs.form_fields import CountField
from tradepost.core.pages.action_forms import OnceForm

__all__ = ["AddVariantForm", "OptionsForm"]

_ROWS = 4  # options that a page has fields for, unless a product has more


class OptionsForm(OnceForm):
    """A name and values in each row; a row whose name is emptied is an option that is taken away."""

    def __init__(self, *args: Any, product: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        self.added = 0
        variants = list(product.variants.filter(archived_at=None).order_by("position", "pk"))
        self.names = list(product.option_names)
        for number in range(max(_ROWS, len(self.names) + 1)):
            name = self.names[number] if number < len(self.names) else ""
            values = list(dict.fromkeys(str(row.options[name]) for row in variants if name in row.options))
            self.fields[f"name-{number}"] = forms.CharField(
                label=gettext_lazy("Option"), max_length=255, required=False, initial=name
            )
            self.fields[f"values-{number}"] = forms.CharField(
                label=gettext_lazy("Values, with commas between"),
                max_length=2000,
                required=False,
                initial=", ".join(values),
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each row."""
        rows = sum(name.startswith("name-") for name in self.fields)
        return [(self[f"name-{number}"], self[f"values-{number}"]) for number in range(rows)]

    def act(self, by: By) -> None:
        """Change the options, and make the variants that are missing."""
        options: dict[str, list[str]] = {}
        renamed: dict[str, str] = {}
        for number in range(len(self.pairs)):
            name = self.cleaned_data[f"name-{number}"].strip()
            if not name:
                continue
            if name in options:
                raise Invalid(_("Two options are called “%(name)s”.") % {"name": name}, attr=f"name-{number}")
            options[name] = self.cleaned_data[f"values-{number}"].split(",")
            if number < len(self.names):
                renamed[self.names[number]] = name
        self.added = len(services.combine_options(self.product, options, renamed=renamed))


class AddVariantForm(OnceForm):
    """One more variant."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=255)
    barcode = forms.CharField(label=gettext_lazy("Barcode"), max_length=255, required=False)
    weight = CountField(label=gettext_lazy("Weight in grams, packed"), min_value=0, required=False)

    def __init__(self, *args: Any, product: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        own: dict[str, forms.Field] = {}
        for number, name in enumerate(product.option_names):
            own[f"option-{number}"] = forms.CharField(label=name, max_length=255)
        if not own:
            own["name"] = forms.CharField(label=gettext_lazy("Name"), max_length=255, required=False)
        self.fields = own | self.fields

    def act(self, by: By) -> None:
        """Add it.

        Raises:
            ValidationError: A value is refused, by the fields of this form.
        """
        given = self.cleaned_data
        values: dict[str, Any] = {"sku": given["sku"], "barcode": given["barcode"], "weight": given["weight"] or 0}
        if "name" in given:
            values["name"] = given["name"]
        values["options"] = {name: given[f"option-{number}"] for number, name in enumerate(self.product.option_names)}
        try:
            services.add_variant(self.product, values)
        except ValidationError as error:
            if hasattr(error, "error_dict") and "options" in error.error_dict:
                raise Invalid(" ".join(error.messages)) from error
            raise
