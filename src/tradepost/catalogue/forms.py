"""Forms of the catalogue: attributes as fields of their own, after the schema of the product's type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tradepost.core.inputs.form_fields import NumberField

from .base import AbstractAttribute
from .errors import ImageInvalid
from .models import Product
from .services.image_files import check_image_size, digest_of, extension_of

__all__ = ["PREFIX", "AttributesForm", "PictureField", "attribute_field", "form_for"]

PREFIX = "attribute_"
_YES_OR_NO = [("", "---------"), ("true", _("Yes")), ("false", _("No"))]


def attribute_field(attribute: AbstractAttribute) -> forms.Field:
    """A form field for one attribute."""
    kind = attribute.kind
    options: dict[str, Any] = {
        "label": attribute.name,
        "required": attribute.required,
        "help_text": attribute.unit,
    }
    if kind == attribute.Kind.NUMBER:
        return NumberField(**options)
    if kind == attribute.Kind.BOOLEAN:
        return forms.TypedChoiceField(
            choices=_YES_OR_NO, coerce=lambda value: value == "true", empty_value=None, **options
        )
    if kind == attribute.Kind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if kind == attribute.Kind.CHOICES:
        pairs = [(choice, choice) for choice in attribute.choices]
        return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **options)
    if kind == attribute.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "---------"), *((c, c) for c in attribute.choices)], **options)
    return forms.CharField(max_length=500, **options)


def _initial(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class AttributesForm(forms.ModelForm):
    """A product with one field for each attribute of its type; :func:`form_for` makes the class."""

    schema: tuple[AbstractAttribute, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute in self.schema:
            self.initial.setdefault(f"{PREFIX}{attribute.code}", _initial(self.instance.attributes.get(attribute.code)))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        values = {a.code: data.get(f"{PREFIX}{a.code}") for a in self.schema}
        self.instance.attributes = {code: value for code, value in values.items() if value not in (None, "", [])}
        return data

    def add_error(self, field: str | None, error: Any) -> None:
        """Leave out errors of ``attributes`` that their own fields show already; others belong to the whole form."""
        messages_by_field = getattr(error, "error_dict", {})
        if field is None and "attributes" in messages_by_field:
            messages = messages_by_field.pop("attributes")
            if not any(name.startswith(PREFIX) for name in self.errors):
                super().add_error(None, messages)
            if not messages_by_field:
                return
        super().add_error(field, error)


class PictureField(forms.ImageField):
    """The file of a picture, as the API takes it: the same formats, bytes and pixels, under a name of ours."""

    def to_python(self, data: Any) -> Any:
        """Check the file before anything decodes it."""
        file = forms.FileField.to_python(self, data)
        if file is None:
            return None
        try:
            check_image_size(file.size)
            content = file.read()
            extension = extension_of(content)
        except ImageInvalid as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        file.seek(0)
        file.name = f"{digest_of(content)}.{extension}"
        return file


def form_for(schema: Iterable[AbstractAttribute]) -> type[AttributesForm]:
    """A form class for products of a type with this schema."""
    attributes = tuple(schema)
    fields: dict[str, Any] = {f"{PREFIX}{a.code}": attribute_field(a) for a in attributes}
    meta = type("Meta", (), {"model": Product, "exclude": ("attributes",)})
    return type("ProductForm", (AttributesForm,), {**fields, "schema": attributes, "Meta": meta})
