"""The kinds of entries: sections, columns, filters, views of a list, panels of a page, and actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from tradepost.core.access import Access
from tradepost.core.pages.action_forms import ActionForm

if TYPE_CHECKING:
    from django import forms

    from ..pages.base import Page

__all__ = [
    "Action",
    "Card",
    "Column",
    "Filter",
    "Finder",
    "FirstStep",
    "Hit",
    "Panel",
    "Section",
    "TimelineEntry",
    "TimelineSource",
    "View",
]


def _same(rows: Any) -> Any:
    return rows


def _always(row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the menu; it appears to those who may open one of its pages.

    Attributes:
        icon: Template of an SVG; a plain dot without one.
    """

    key: str
    title: Any
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list, in CSV, too.

    Attributes:
        value: Of a row: text, a number or safe HTML. It makes no query: what it needs is fetched by ``prepare``.
        text: The same in CSV; ``value`` without one.
        prepare: Joins and annotations of the rows; called only where the column is shown.
        order_by: The field by which the list can be sorted; empty for none. It has an index.
        is_default: Shown until somebody chooses otherwise.
        is_number: Set flush right.
        access: Who sees it, beside those who may open the page.
    """

    key: str
    title: Any
    value: Callable[[Any], Any]
    text: Callable[[Any], Any] | None = None
    prepare: Callable[[Any], Any] = _same
    order_by: str = ""
    is_default: bool = True
    is_number: bool = False
    access: Access | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter of a list: a field of its form, and what it leaves of the rows.

    Attributes:
        field: Makes the field of a form; called for each request. It isn't required.
        apply: Rows and the field's value to rows; called only where there is a value.
    """

    key: str
    field: Callable[[], forms.Field]
    apply: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A tab of a list: some filters under a name.

    Attributes:
        query: Filters by their keys, as in the address.
        is_counted: Beside it stands how many rows it has: work that waits. Its filters have indexes.
    """

    key: str
    title: Any
    query: Mapping[str, Any] = field(default_factory=dict)
    is_counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that the search box found.

    Attributes:
        detail: A few words beside the title.
        is_exact: The very thing that was typed: it is opened at once.
    """

    title: str
    url: str
    detail: str = ""
    is_exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """A kind of things that the search box finds.

    Attributes:
        access: Who sees them.
        find: A text of two letters or more, and how many hits at most, to hits; in a constant number of queries, on indexes.
    """

    key: str
    title: Any
    access: Access
    find: Callable[[str, int], Iterable[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Work that waits, on the first page: a number that leads to what it counts.

    Attributes:
        count: How many there are; one query, on an index, and no more than a hundred rows of it.
        url: Where the work is done; empty for nowhere yet.
        access: Who sees it.
        detail: A few words below the number, as "2 days left"; at most one query, asked only where something waits.
        is_pressing: It shouldn't wait.
    """

    key: str
    title: Any
    count: Callable[[], int]
    access: Access
    url: Callable[[], str] = str
    detail: Callable[[], str] = str
    is_pressing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """Something that a new shop needs, on the first page until all are done.

    Attributes:
        is_done: Looks by itself; at most one query.
        url: Where it is done; empty for nowhere yet.
        access: Who sees it.
    """

    key: str
    title: Any
    is_done: Callable[[], bool]
    access: Access
    url: Callable[[], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened to a row, in a sentence.

    Attributes:
        text: With whom and what: "Ada put it on hold."
        quote: What somebody wrote.
        is_note: Somebody's own words are what matters.
    """

    at: datetime
    text: str
    quote: str = ""
    is_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSource:
    """Something that tells of a row's history: its own events, its payments, what another app knows.

    Attributes:
        entries: Of a row as its page fetched it; at most one query of its own.
        access: Who sees them.
    """

    key: str
    entries: Callable[[Any], Iterable[TimelineEntry]]
    access: Access | None = None


class Panel:
    """A box of a page; its template is given what :meth:`get_context` returns.

    Attributes:
        key: Stable.
        title: Heading; empty for none.
        template_name: Of the box's content.
        area: ``"main"`` or ``"side"``.
        access: Who sees it, beside those who may open the page.
    """

    key: ClassVar[str]
    title: ClassVar[Any] = ""
    template_name: ClassVar[str]
    area: ClassVar[str] = "main"
    access: ClassVar[Access | None] = None

    def get_context(self, page: Page) -> dict[str, Any] | None:
        """The context of the template, beside that of the page; ``None`` where there is nothing to show."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of a page about one row, or of the rows that are chosen in a list.

    Attributes:
        form: Asks and acts, by a service; see :class:`tradepost.dashboard.forms.ActForm` and
            :class:`tradepost.dashboard.bulk_forms.BulkForm`.
        access: Who may.
        is_shown: Whether a row offers it now; it makes no query, for it is asked of each page.
        title: On the button; that of the form without one.
        is_quiet: In the menu of further actions.
        is_inside: Its button is in a panel, beside what it acts on, and not at the head of the page.
        url: Where it leads instead of a form: something to look at, or to print.
    """

    key: str
    access: Access
    form: type[ActionForm] | None = None
    is_shown: Callable[[Any], bool] = _always
    title: Any = ""
    is_quiet: bool = False
    is_inside: bool = False
    url: Callable[[Any], str] | None = None

    @property
    def label(self) -> Any:
        """On the button."""
        return self.title or (self.form.title if self.form else self.key)
