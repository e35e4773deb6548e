"""The base of lists: rows in columns by choice, page by page, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import today
from tradepost.core.errors import Invalid
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.inputs.csv_cells import RowWriter

from .. import conf, services
from ..registry import View, dashboard
from .base import Page
from .list_choices import ListChoices

__all__ = ["ListPage"]

MOST_COUNTED = 1000
MOST_OF_TAB = 99


class ListPage(Page):
    """A list of rows.

    Attributes:
        model: Label of the rows' model: fields that a project exposed of it are columns and filters by themselves.
        search_label: What the search box looks in; empty for no box.
        empty_text: Where there is nothing at all.
        default_order: Of the rows; its last field is unique.
        new_page: Key of the page where a row is made; its title is on a button beside the heading. Empty for none.
    """

    template_name = "tradepost/dashboard/list.html"
    model: ClassVar[str] = ""
    search_label: ClassVar[Any] = ""
    empty_text: ClassVar[Any] = _("Nothing here yet.")
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)
    new_page: ClassVar[str] = ""

    def get_rows(self) -> Any:
        """All rows that there are."""
        raise NotImplementedError

    def get_matching(self, rows: Any, text: str) -> Any:
        """The rows that a search finds."""
        return rows

    def row_url(self, row: Any) -> str:
        """Where a row leads; empty for nowhere."""
        return ""

    @cached_property
    def choices(self) -> ListChoices:
        """The reader's."""
        return ListChoices(self.request, self.key, self.model)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list; as CSV where ``?format=csv`` asks for it."""
        if request.GET.get("part") == "tabs":  # counts come after the list, which nobody waits for them with
            context = {"page": self, "choices": self.choices, "counts": self.tab_counts()}
            return render(request, "tradepost/dashboard/_tabs.html", context)
        return self.as_csv() if request.GET.get("format") == "csv" else self.render()  # type: ignore[return-value]

    def tab_counts(self) -> dict[str, str]:
        """How many rows each counted tab has, by its key, as far as a hundred; a query each."""
        counts = {}
        for view in dashboard.views(self.key):
            if view.is_counted:
                rows = self.rows_of(view)
                number = int(rows.order_by(*self.default_order)[: MOST_OF_TAB + 1].count())
                counts[view.key] = f"{MOST_OF_TAB}+" if number > MOST_OF_TAB else str(number or "")
        return counts

    def rows_of(self, view: View) -> Any:
        """The rows of a tab."""
        rows = self.get_rows()
        for entry in dashboard.filters(self.key):
            if entry.key in view.query:
                rows = entry.apply(rows, view.query[entry.key])
        return rows

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the list as it is shown under a name, forget such a view, or keep the chosen columns; then show it again."""
        do, query = request.POST.get("do", ""), self.choices.as_query()
        try:
            if do == "save":
                shared = request.POST.get("shared") == "yes"
                services.save_view(request.user, self.key, request.POST.get("name", ""), query, shared=shared)
            elif do == "forget":
                services.forget_view(request.user, self.key, request.POST.get("name", ""))
                query = ""
            elif do == "columns":
                return self._keep_columns(request)
        except Invalid as refusal:
            return self.render(status=422, view_problem=str(refusal))
        return redirect(f"{self.url()}?{query}", permanent=False)

    def _keep_columns(self, request: HttpRequest) -> HttpResponseBase:
        chosen = [column.key for column in self.choices.columns if column.key in request.POST.getlist("columns")]
        query = self.choices.query.copy()
        query.setlist("columns", chosen)
        usual = [column.key for column in self.choices.columns if column.is_default]
        kept = type(query)(mutable=True)
        kept.setlist("columns", chosen)
        services.keep_columns(request.user, self.key, "" if chosen in ([], usual) else kept.urlencode())
        return redirect(f"{self.url()}?{query.urlencode()}")

    @cached_property
    def matching(self) -> Any:
        """Rows that filters and search leave, in no order."""
        rows = self.get_rows()
        for entry, value in self.choices.applied:
            rows = entry.apply(rows, value)
        return self.get_matching(rows, self.choices.text) if self.choices.text else rows

    def _prepared(self) -> Any:
        rows = self.matching.order_by(*(self.choices.order_fields or self.default_order))
        for column in self.choices.shown_columns:
            rows = column.prepare(rows)
        return with_exposed(rows) if self.model else rows

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the rows of this page of the list."""
        size, number = conf.settings().PAGE_SIZE, self.choices.number
        start = (number - 1) * size
        rows = list(self._prepared()[start : start + size + 1])
        has_more, rows = len(rows) > size, rows[:size]
        total = self._total(start, len(rows), has_more=has_more)
        columns = self.choices.shown_columns
        actions = [entry for entry in dashboard.actions(self.key) if entry.access.allows(self.request.user)]
        return super().get_context(
            choices=self.choices,
            lines=[(row, self.row_url(row), [(column, column.value(row)) for column in columns]) for row in rows],
            total=min(total, MOST_COUNTED),
            is_more=total > MOST_COUNTED,
            first=start + 1,
            last=start + len(rows),
            has_more=has_more,
            actions=actions,
            more_actions=[entry for entry in actions if entry.is_quiet],
            maker=self._maker(),
            is_counted=any(view.is_counted for view in dashboard.views(self.key)),
            **facts,
        )

    def _maker(self) -> Any:
        """The page where a row is made, for those who may open it."""
        page: Any = dashboard.pages.get(self.new_page) if self.new_page else None
        return page if page is not None and page.access.allows(self.request.user) else None

    def _total(self, start: int, shown: int, *, has_more: bool) -> int:
        """How many there are, as far as they are counted; without a query where the page says it."""
        if not has_more and (shown or not start):
            return start + shown
        return int(self.matching.order_by(*self.default_order)[: MOST_COUNTED + 1].count())

    def as_csv(self) -> StreamingHttpResponse:
        """All rows that match, with the columns that are shown."""
        headers = {"Content-Disposition": f'attachment; filename="{self.key}-{today().isoformat()}.csv"'}
        return StreamingHttpResponse(self._csv_lines(), content_type="text/csv; charset=utf-8", headers=headers)

    def _csv_lines(self) -> Iterator[str]:
        columns, rows = self.choices.shown_columns, RowWriter(_Echo())
        yield rows.write([str(column.title) for column in columns])
        for row in self._prepared().iterator(chunk_size=500):
            yield rows.write([_plain((column.text or column.value)(row)) for column in columns])


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else str(value)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
