"""The base of reports: a period and some choices, a table, a chart where time passes, and the same as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import today
from tradepost.core.errors import Invalid
from tradepost.core.inputs.csv_cells import RowWriter
from tradepost.core.inputs.form_fields import CapitalsField
from tradepost.core.money import is_currency
from tradepost.core.money.format import money_text

from ..pages import Page
from ..registry import Column, dashboard

__all__ = ["Period", "ReportForm", "ReportPage", "Sums", "money_column", "summed"]

_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """A period that one often asks for, as the address says it."""

    title: Any
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a report in one currency, by the keys of its columns, as text."""

    currency: str
    amounts: Mapping[str, str]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class ReportForm(forms.Form):
    """The question: the last thirty days, where nothing else is said."""

    since = _day(_("From"))
    until = _day(_("To"))
    country = CapitalsField(label=_("Country code"), required=False, max_length=2, min_length=2)
    currency = CapitalsField(label=_("Currency"), required=False, max_length=3)

    def clean_currency(self) -> str:
        """One that there is."""
        code = str(self.cleaned_data["currency"])
        if code and not is_currency(code):
            raise forms.ValidationError(_("This isn’t a currency."))
        return code

    def clean(self) -> dict[str, Any]:
        """With the days that were left out."""
        asked = super().clean() or {}
        asked["until"] = asked.get("until") or today()
        if not asked.get("since"):
            asked["since"] = asked["until"] - min(timedelta(days=_DAYS - 1), asked["until"] - date.min)
        return asked


class ReportPage(Page):
    """A report; its columns are registered as those of lists are.

    Attributes:
        form_class: The question.
        explanation: What counts, below the table.
    """

    template_name = "tradepost/dashboard/finance/report.html"
    section = "finance"
    form_class: ClassVar[type[ReportForm]] = ReportForm
    explanation: ClassVar[Any] = ""

    def get_rows(self, asked: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of the answer.

        Raises:
            Invalid: It can't be answered; ``attr`` names the field.
        """
        raise NotImplementedError

    def get_sums(self, rows: Sequence[Any]) -> Sequence[Sums]:
        """The lines below the table, one for each currency."""
        return ()

    def get_chart(self, rows: Sequence[Any], asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """The context of the chart; ``None`` where there is nothing to draw."""
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The report; as CSV where ``?format=csv`` asks for it."""
        form, rows = self._answer()
        if request.GET.get("format") == "csv" and form.is_valid():
            return self._as_csv(rows)
        return self.render(form=form, rows=rows, status=200 if form.is_valid() else 422)

    def _answer(self) -> tuple[ReportForm, Sequence[Any]]:
        form = self.form_class({**self._usual(), **{key: value for key, value in self.request.GET.items() if value}})
        if not form.is_valid():
            return form, []
        try:
            return form, self.get_rows(form.cleaned_data)
        except Invalid as refusal:
            attr = refusal.context.get("attr")
            form.add_error(attr if attr in form.fields else None, str(refusal.message))
            return form, []

    def _usual(self) -> dict[str, Any]:
        fields = self.form_class.base_fields.items()
        usual = {name: field.initial for name, field in fields if field.initial is not None}
        return {"since": today() - timedelta(days=_DAYS - 1), "until": today(), **usual}

    def columns(self) -> list[Column]:
        """The columns that this reader sees; those that aren't shown by default are in the file."""
        entries = dashboard.columns(self.key)
        return [entry for entry in entries if entry.access is None or entry.access.allows(self.request.user)]

    def get_context(self, *, form: Any = None, rows: Sequence[Any] = (), **facts: Any) -> dict[str, Any]:
        """With the table, its sums, and the chart."""
        asked = form.cleaned_data
        columns = [column for column in self.columns() if column.is_default]
        columns = [column for column in columns if any(column.value(row) != "" for row in rows)]
        sums = [
            (entry.currency, [(column, entry.amounts.get(column.key, "")) for column in columns])
            for entry in self.get_sums(rows)
        ]
        return super().get_context(
            form=form,
            columns=columns,
            lines=[[(column, column.value(row)) for column in columns] for row in rows],
            sums=sums,
            chart=self.get_chart(rows, asked) if rows else None,
            periods=_periods(today()),
            asked=asked,
            **facts,
        )

    def _as_csv(self, rows: Sequence[Any]) -> HttpResponse:
        columns, out = self.columns(), io.StringIO()
        table = RowWriter(out)
        table.write([str(column.title) for column in columns])
        for row in rows:
            table.write([_plain((column.text or column.value)(row)) for column in columns])
        headers = {"Content-Disposition": f'attachment; filename="{self.key}-{today().isoformat()}.csv"'}
        return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def money_column(key: str, title: Any) -> Column:
    """An amount of a row in the row's currency."""

    def text(row: Any) -> str:
        return money_text(getattr(row, key), row.currency)

    return Column(key=key, title=title, value=text, text=lambda row: f"{getattr(row, key):f}", is_number=True)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else str(value)


def _periods(day: date) -> Iterator[Period]:
    """The calendar's own; a tax return is of one of these."""
    month = day.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    last_quarter = quarter - timedelta(days=1)
    first_of_last = last_quarter.replace(month=last_quarter.month - 2, day=1)
    year = month.replace(month=1)
    yield Period(_("This month"), month, day)
    yield Period(_("Last month"), before, month - timedelta(days=1))
    yield Period(_("Last quarter"), first_of_last, last_quarter)
    yield Period(_("This year"), year, day)
    yield Period(_("Last year"), year.replace(year=year.year - 1), year - timedelta(days=1))


def summed(rows: Sequence[Any], names: Sequence[str]) -> Iterator[Sums]:
    """Sums of some amounts of rows, for each of their currencies."""
    for currency in dict.fromkeys(row.currency for row in rows):
        ours = [row for row in rows if row.currency == currency]
        totals = {name: sum((getattr(row, name) for row in ours), Decimal(0)) for name in names}
        yield Sums(currency, {name: money_text(total, currency) for name, total in totals.items()})
