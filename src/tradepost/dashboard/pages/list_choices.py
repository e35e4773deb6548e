"""The choices of who looks at a list: a view, filters, words, columns, an order, a page. The address says them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.text import slugify

from tradepost.core.extending.exposed_fields import Exposed, readable
from tradepost.core.inputs.numbers import InvalidNumber, read_count

from ..models import SavedView
from ..registry import Column, Filter, View, dashboard
from .exposed import exposed_column, exposed_filter

__all__ = ["ListChoices", "Tab"]

_MOST_PAGES = 2000
_LONGEST = 100  # letters of a search


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view of a list, as it is shown.

    Attributes:
        query: Its choices, as in an address.
        name: That somebody gave it; empty for the page's own views.
        is_own: The reader keeps it, and may remove it.
    """

    key: str
    title: Any
    query: str
    name: str = ""
    is_own: bool = False


class ListChoices:
    """Read from an address.

    Args:
        key: Of the page.
        model: Label of the rows' model; empty where nothing of it may be exposed.
    """

    def __init__(self, request: HttpRequest, key: str, model: str) -> None:
        self.request, self.key, self.model = request, key, model

    @cached_property
    def query(self) -> QueryDict:
        """The choices of the address over those of the view that it names, and the columns that were chosen last."""
        query = QueryDict(mutable=True)
        for key, values in self.request.GET.lists():
            query.setlist(key, [value.replace("\x00", "") for value in values])
        for key, values in QueryDict(self.tab.query if self.tab else "").lists():
            if key not in query:
                query.setlist(key, values)
        if "columns" not in query:
            query.setlist("columns", QueryDict(self._last_columns).getlist("columns"))
        return query

    @cached_property
    def _saved(self) -> list[SavedView]:
        return list(SavedView.objects.of_page(self.key, self.request.user))

    @property
    def _last_columns(self) -> str:
        own = (view.query for view in self._saved if not view.name and view.user_id == self.request.user.pk)
        return next(own, "")

    @cached_property
    def tabs(self) -> list[Tab]:
        """The page's own views, then those that people keep; one query."""
        declared = [Tab(key=view.key, title=view.title, query=encoded(view)) for view in dashboard.views(self.key)]
        kept = [
            Tab(
                key=f"{view.pk}-{slugify(view.name)}",
                title=view.name,
                query=view.query,
                name=view.name,
                is_own=view.user_id == self.request.user.pk,
            )
            for view in self._saved
            if view.name
        ]
        return declared + kept

    @cached_property
    def tab(self) -> Tab | None:
        """The view that the address names; the first where it makes no choice at all."""
        key = self.request.GET.get("view", "")
        if key:
            return next((tab for tab in self.tabs if tab.key == key), None)
        is_free = any(entry.key in self.request.GET for entry in self.filters)
        return None if is_free else next(iter(self.tabs), None)

    @cached_property
    def _exposed(self) -> tuple[Exposed, ...]:
        return readable(self.model, self.request.user) if self.model else ()

    @cached_property
    def filters(self) -> list[Filter]:
        """The page's, and those of exposed fields."""
        return [*dashboard.filters(self.key), *(exposed_filter(entry) for entry in self._exposed if entry.filter)]

    @cached_property
    def columns(self) -> list[Column]:
        """All that this reader may choose from."""
        entries = [*dashboard.columns(self.key), *map(exposed_column, self._exposed)]
        return [entry for entry in entries if entry.access is None or entry.access.allows(self.request.user)]

    @cached_property
    def shown_columns(self) -> list[Column]:
        """Those that are shown, in the order of the page."""
        keys = set(self.query.getlist("columns"))
        chosen = [column for column in self.columns if column.key in keys]
        return chosen or [column for column in self.columns if column.is_default]

    @property
    def chosen_columns(self) -> list[str]:
        """Those that the address names, for forms that keep them."""
        return [key for key in self.request.GET.getlist("columns") if key.replace("\x00", "") == key]

    @cached_property
    def form(self) -> forms.Form:
        """The filters' form with what was chosen; a value that isn't one has its error beside it, and chooses nothing."""
        data = QueryDict(mutable=True)
        for entry in self.filters:
            data.setlist(entry.key, self.query.getlist(entry.key))
        form = forms.Form(data)
        for entry in self.filters:
            form.fields[entry.key] = entry.field()
            form.fields[entry.key].required = False
        form.is_valid()
        return form

    @cached_property
    def applied(self) -> list[tuple[Filter, Any]]:
        """Filters that something was chosen for, with the value."""
        values = self.form.cleaned_data
        return [(entry, values[entry.key]) for entry in self.filters if values.get(entry.key) not in (None, "", [])]

    @property
    def text(self) -> str:
        """Words that are searched for."""
        return str(self.query.get("q", "")).strip()[:_LONGEST]

    @cached_property
    def order(self) -> str:
        """Key of the column that the list is sorted by, with a minus for the greatest first; empty for the usual order."""
        key = str(self.query.get("order", ""))
        return key if any(column.order_by and column.key == key.removeprefix("-") for column in self.columns) else ""

    @property
    def order_fields(self) -> tuple[str, ...]:
        """The order as in ``order_by()``, a unique field last; none for the usual one."""
        if not self.order:
            return ()
        key, sign = self.order.removeprefix("-"), "-" if self.order.startswith("-") else ""
        field = next(column.order_by for column in self.columns if column.key == key)
        return (sign + field, f"{sign}pk")

    @cached_property
    def number(self) -> int:
        """Of the page, from 1."""
        try:
            return min(read_count(self.query.get("page") or 1, attr="page", least=1), _MOST_PAGES)
        except InvalidNumber:
            return 1

    @property
    def is_narrowed(self) -> bool:
        """Whether words or filters leave something out."""
        return bool(self.text or self.applied)

    @property
    def is_open(self) -> bool:
        """Whether the filters are shown: the reader chose some beside the view, or one of them is wrong."""
        return bool(self.form.errors) or any(self.request.GET.get(entry.key) for entry in self.filters)

    def as_query(self) -> str:
        """The choices as a view keeps them: without the page, and without what is usual."""
        query = self.query.copy()
        for key in ("page", "view", "format"):
            query.pop(key, None)
        for key in [key for key, values in query.lists() if not any(values)]:
            del query[key]
        return str(query.urlencode())


def encoded(view: View) -> str:
    """A view's choices as in an address."""
    query = QueryDict(mutable=True)
    for key, value in view.query.items():
        query.setlist(key, [str(part) for part in value] if isinstance(value, (list, tuple)) else [str(value)])
    return str(query.urlencode())
