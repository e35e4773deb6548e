"""Filters of the API's lists."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField, MultipleChoiceField
from rest_framework.exceptions import ErrorDetail, ValidationError

from tradepost import browse
from tradepost.browse.search import readings
from tradepost.core.addresses.countries import read_country
from tradepost.core.errors import Invalid
from tradepost.core.extending.exposed_fields import Exposed, readable
from tradepost.core.inputs.form_fields import NumberField
from tradepost.core.inputs.yes_no import YesNoField
from tradepost.core.money import is_currency
from tradepost.orders.models import Order
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import status_choices

from .parameters.choice import names_of

__all__ = [
    "EXTRA",
    "ChoicesFilter",
    "CountryFilter",
    "CurrencyFilter",
    "ExposedFilters",
    "FilterBackend",
    "KeyFilter",
    "MomentFilter",
    "NumberFilter",
    "OrderFilter",
    "ProductFilter",
    "YesNoFilter",
    "is_attribute",
    "refuse_unknown",
]

EXTRA = "extra."
_ATTRIBUTE = re.compile(r"attr\.([-\w]{1,50})\Z", re.ASCII)
_CRITERIA = {field.name for field in fields(browse.Criteria)}
_ORDERINGS = [(name, name) for name in browse.ORDERINGS]
_MOST = 20  # attributes, and values of one
_MOST_KEYS = 100  # slugs or SKUs of one call


def is_attribute(name: str) -> bool:
    """Whether a parameter filters by an attribute."""
    return _ATTRIBUTE.match(name) is not None


class FilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]
    """Hands the view to filter sets that want it."""

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        """With the visitor, for whom prices are compared."""
        return {**super().get_filterset_kwargs(request, queryset, view), "visitor": view.visitor}


class YesNoFilter(filters.BooleanFilter):  # type: ignore[misc]
    """By yes or no; another word is refused."""

    field_class = YesNoField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": forms.TextInput, **kwargs})


class NumberFilter(filters.NumberFilter):  # type: ignore[misc]
    """By a number, read as everywhere."""

    field_class = NumberField


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A time by ISO 8601 that every database can hold, in any zone."""

    def to_python(self, value: Any) -> datetime | None:
        """Read.

        Raises:
            ValidationError: It is none, or lies outside the years 1 to 9999 of UTC.
        """
        moment: datetime | None = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment is not None else None
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]
    """By a time."""

    field_class = MomentField


class CurrencyField(forms.CharField):
    """Code of a currency, in capitals or not."""

    def clean(self, value: Any) -> str:
        """In capitals.

        Raises:
            ValidationError: No currency has this code.
        """
        code = str(super().clean(value)).upper()
        if code and not is_currency(code):
            raise forms.ValidationError(_("There is no such currency."), code="invalid_choice")
        return code


class CurrencyFilter(filters.CharFilter):  # type: ignore[misc]
    """By a currency; what is none is refused."""

    field_class = CurrencyField


class CountryField(forms.CharField):
    """Code of a country, in capitals or not."""

    def clean(self, value: Any) -> str:
        """In capitals.

        Raises:
            ValidationError: No country has this code.
        """
        try:
            return read_country(str(super().clean(value)))
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message, code="invalid_choice") from refusal


class CountryFilter(filters.CharFilter):  # type: ignore[misc]
    """By a country; what is none is refused."""

    field_class = CountryField


class ChoicesField(MultipleChoiceField):  # type: ignore[misc]
    """One or more of several values; an empty one is as if it weren't there."""

    def to_python(self, value: Any) -> list[str]:
        """Those that say something."""
        values: list[str] = super().to_python(value)
        return [each for each in values if each]


class ChoicesFilter(filters.MultipleChoiceFilter):  # type: ignore[misc]
    """By one or more of several values."""

    field_class = ChoicesField


class ExposedFilters(filters.FilterSet):  # type: ignore[misc]
    """Adds ``extra.{name}`` for each field of a model that is exposed with ``filter``, as far as the caller may read it.

    Attributes:
        exposes: Label of the model.
        own: Its rows are shown to their buyer only.
    """

    exposes: ClassVar[str]
    own: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = getattr(self.request, "user", None)
        self.exposed = {
            f"{EXTRA}{entry.name}": entry for entry in readable(self.exposes, user, own=self.own) if entry.filter
        }
        for name, entry in self.exposed.items():
            self.filters[name] = form_filter = _filter_of(entry)
            form_filter.parent, form_filter.model = self, entry.owner


class KeyFilter(filters.CharFilter):  # type: ignore[misc]
    """By a key of ``metadata``; what looks like a number or a yes stands for that, too."""

    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(**{f"{self.field_name}__in": readings(value)}) if value else qs


def _filter_of(entry: Exposed) -> Any:
    """Equality, of a value that the column could have."""
    if entry.key:
        return KeyFilter(field_name=entry.lookup, label=entry.label)
    form_filter = filters.FilterSet.filter_for_field(entry.field, entry.lookup)
    if type(form_filter) is filters.NumberFilter:
        form_filter = NumberFilter(field_name=entry.lookup)
    elif isinstance(form_filter, filters.BooleanFilter):
        form_filter = YesNoFilter(field_name=entry.lookup)
    elif isinstance(form_filter, filters.IsoDateTimeFilter):
        form_filter = MomentFilter(field_name=entry.lookup)
    form_filter.label = entry.label
    return form_filter


class OrderFilter(ExposedFilters):
    """Of one's own orders."""

    exposes = "tradepost_orders.Order"
    own = True

    placed_after = MomentFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = MomentFilter(field_name="placed_at", lookup_expr="lt")
    status = filters.ChoiceFilter(choices=status_choices(Order))
    payment_status = filters.ChoiceFilter(choices=PaymentStatus.choices)
    fulfilment_status = filters.ChoiceFilter(choices=FulfilmentStatus.choices)


class ProductFilter(ExposedFilters):
    """Criteria of :mod:`tradepost.browse`; a filter that a subclass adds works on the queryset, as ever.

    Attributes are ``attr.{code}``; several values of one are joined by *or*, several attributes by *and*.
    """

    exposes = "tradepost_catalogue.Product"

    category = filters.CharFilter(help_text="Slug; categories below it count.")
    collection = filters.CharFilter(help_text="Slug.")
    tag = filters.CharFilter(help_text="Slug.")
    search = filters.CharFilter(max_length=200, help_text="Words; all must occur.")
    price_min = NumberFilter(min_value=0, max_digits=19, decimal_places=4, help_text="In the currency shown.")
    price_max = NumberFilter(min_value=0, max_digits=19, decimal_places=4, help_text="In the currency shown.")
    in_stock = YesNoFilter(help_text="Only what can be bought now.")
    slug = filters.CharFilter(help_text="One or more slugs, separated by commas; up to 100.")
    sku = filters.CharFilter(help_text="One or more SKUs, separated by commas; up to 100.")
    ordering = filters.ChoiceFilter(
        choices=_ORDERINGS, help_text="The newest first by default; by `slug` or `sku` in their order."
    )

    def __init__(self, data: Any = None, *args: Any, visitor: browse.Visitor, **kwargs: Any) -> None:
        self.visitor = visitor
        if type(self) is ProductFilter and data is not None:  # a project's subclass may read what wasn't asked for
            every: Any = vars(ProductFilter)["base_filters"]
            self.base_filters: Any = {name: each for name, each in every.items() if name in data}
        super().__init__(data, *args, **kwargs)

    @property
    def criteria(self) -> browse.Criteria:
        """The criteria that were asked for. The form must be valid.

        Raises:
            ValidationError: More attributes or values than anybody needs.
        """
        cleaned = self.form.cleaned_data
        given = {name: cleaned[name] for name in _CRITERIA & cleaned.keys() if _is_given(cleaned[name])}
        extra = {entry.name: self.form.cleaned_data[name] for name, entry in self.exposed.items()}
        values = {name: value for name, value in extra.items() if value not in (None, "")}
        given |= {name: self._keys(name) for name in ("slug", "sku") if name in given}
        return browse.Criteria(**given, attributes=self._attributes(), extra=values)

    def _keys(self, name: str) -> list[str]:
        keys = names_of(self.data, name)
        if len(keys) > _MOST_KEYS:
            raise ValidationError({name: [ErrorDetail(str(_("At most 100 at once.")), code="max_length")]})
        return keys

    def filter_queryset(self, queryset: Any) -> Any:
        """Products that meet the criteria, then the filters of subclasses."""
        products = browse.find(self.criteria, self.visitor)
        for name, added in self.filters.items():
            if name not in _CRITERIA and name not in self.exposed:
                products = added.filter(products, self.form.cleaned_data[name])
        return products

    def _attributes(self) -> dict[str, list[str]]:
        attributes = {}
        for name in self.data:
            if match := _ATTRIBUTE.match(name):
                attributes[match[1]] = list(dict.fromkeys(filter(None, self.data.getlist(name))))
        if len(attributes) > _MOST or any(len(values) > _MOST for values in attributes.values()):
            raise ValidationError("Too many filters.")
        return attributes


def _is_given(value: Any) -> bool:
    """Whether a criterion was asked for: a price of nothing is one, a blank or a no is none."""
    return bool(value) or isinstance(value, Decimal)


def refuse_unknown(criteria: browse.Criteria) -> None:
    """Refuse criteria that no product can ever meet; for lists that are empty.

    Raises:
        ValidationError: A slug, an attribute's code or its value is unknown, each under its parameter.
    """
    refused = {
        f"attr.{unknown.code}" if unknown.code else unknown.criterion: [
            ErrorDetail(unknown.message, code="invalid_choice")
        ]
        for unknown in browse.unknown_values(criteria)
    }
    if refused:
        raise ValidationError(refused)
