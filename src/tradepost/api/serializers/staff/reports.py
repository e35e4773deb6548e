"""Reports, and what is asked of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.core.addresses.countries import read_country
from tradepost.core.dates.days import today
from tradepost.core.errors import Invalid
from tradepost.core.money import is_currency
from tradepost.orders.reports import BREAKDOWNS

from ..base import Shape
from ..fields import CountField

__all__ = [
    "SalesQuerySerializer",
    "SalesRowSerializer",
    "StockValueSerializer",
    "TaxQuerySerializer",
    "TaxTotalSerializer",
]

_DAYS = 30
_MOST_ROWS = 1000


class TaxQuerySerializer(Shape):
    """The question of a report on taxes."""

    since = serializers.DateField(
        required=False, help_text="The first day, by the shop's time zone; 30 days before the last one by default."
    )
    until = serializers.DateField(required=False, help_text="The last day, included; today by default.")
    currency = serializers.CharField(required=False, help_text="Of this one only.")
    country = serializers.CharField(required=False, help_text="Taxed there only.")

    def validate_currency(self, value: str) -> str:
        """In capitals; of ISO 4217."""
        code = value.upper()
        if not is_currency(code):
            raise serializers.ValidationError(_("This isn’t a currency."))
        return code

    def validate_country(self, value: str) -> str:
        """In capitals; one that there is."""
        try:
            return read_country(value)
        except Invalid as refusal:
            raise serializers.ValidationError(refusal.message) from refusal

    def validate(self, attrs: Any) -> Any:
        """With the days that are left out."""
        until = attrs.setdefault("until", today())
        attrs.setdefault("since", until - min(timedelta(days=_DAYS - 1), until - date.min))
        return attrs


class SalesQuerySerializer(TaxQuerySerializer):
    """The question of a report on sales."""

    by = serializers.ChoiceField(choices=[(name, name) for name in BREAKDOWNS], default="day")
    channel = serializers.CharField(default="", allow_blank=True, max_length=50)
    sort = serializers.ChoiceField(
        choices=[("total", "total"), ("units", "units")], default="total", help_text="`units` for best sellers."
    )
    limit = CountField(default=_MOST_ROWS, min_value=1, max_value=_MOST_ROWS, help_text="Rows at most.")


class SalesRowSerializer(Shape):
    """Sales of one key in one currency."""

    key = serializers.CharField(
        help_text="A day (of a month its first), a country, a channel, a group's code, a slug or an SKU."
    )
    label = serializers.CharField(help_text="The name of a product, category or group.")  # type: ignore[assignment]
    currency = serializers.CharField()
    orders = serializers.IntegerField()
    units = serializers.IntegerField(allow_null=True, help_text="Null where whole orders are counted.")
    gross = MoneyField(help_text="As it was sold, tax included.")
    credited = MoneyField(help_text="Taken off since, tax included.")
    total = MoneyField(help_text="Gross less credited.")
    net = MoneyField(help_text="Of the total.")
    tax = MoneyField(help_text="Of the total.")


class TaxTotalSerializer(Shape):
    """One tax in one place and one currency."""

    country = serializers.CharField(help_text="Where the sale was taxed.")
    jurisdiction = serializers.CharField(help_text="Within it; often empty.")
    name = serializers.CharField(help_text="As customers read it, at the time.")
    rate = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True, help_text="0.19 is 19 %.")
    reason = serializers.CharField(help_text="Why there is none, as `reverse_charge`.")
    currency = serializers.CharField()
    sold = MoneyField(help_text="In the period, net.")
    sold_tax = MoneyField(help_text="The tax on it.")
    credited = MoneyField(help_text="In the period, net, whenever it was sold.")
    credited_tax = MoneyField(help_text="The tax on it.")
    net = MoneyField(help_text="Sold less credited.")
    tax = MoneyField(help_text="Owed for the period.")


class StockValueSerializer(Shape):
    """The stock of a location, at cost."""

    location = serializers.CharField()
    name = serializers.CharField()
    units = serializers.IntegerField()
    reserved = serializers.IntegerField(help_text="Of them promised to orders.")
    value = MoneyField(help_text="Units times the unit cost of their variants.")
    units_without_cost = serializers.IntegerField(help_text="Units that the value leaves out.")
