"""Admin of the core: what is on its way, and what runs by the clock."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..dates import clock
from ..dates.days import periods_with_rows
from ..models import Delivery, JobState
from ..money.format import money_text
from .filter_values import FilterValuesMixin

__all__ = ["DaysMixin", "DeliveryAdmin", "JobStateAdmin", "ReadOnlyAdmin", "money_column"]


class _DaysList(ChangeList):
    """Its date hierarchy asks the database for no time zone."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows: Any = super().get_queryset(*args, **kwargs)
        rows.datetimes = partial(periods_with_rows, rows)  # what the template's tag calls
        return rows  # type: ignore[no-any-return]


class DaysMixin:
    """For a ``ModelAdmin`` with a ``date_hierarchy``: days begin where Python's zone data say so, on every database."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list that bounds days, months and years itself."""
        return _DaysList


class ReadOnlyAdmin(FilterValuesMixin, DaysMixin, admin.ModelAdmin):
    """Rows that services write: to look at, not to edit."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def money_column(field: str, *, currency: str = "currency", exact: bool = False, label: Any = "") -> Any:
    """A column of a list, or a field that is only read: an amount as people read it.

    Args:
        field: The amount.
        currency: Way from the row to its currency, with dots between.
        exact: With up to four decimals, as unit prices have.
        label: Heading; the field's name by default.
    """

    @admin.display(description=label or _(field.replace("_", " ")), ordering=field)
    def shown(_self: Any, row: Any) -> str:
        amount, code = getattr(row, field), attrgetter(currency)(row)
        if amount is None:
            return "–"
        return money_text(amount, code, exact=exact) if code else f"{amount.normalize():f}"

    return shown


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Durable events; what was given up can be tried again."""

    list_display: Any = ("__str__", "state", "tries", "due", "created_at", "error")
    list_filter: ClassVar[Any] = ("state", "handler")
    date_hierarchy = "created_at"
    actions: Any = ("deliver_again",)

    @admin.action(description=_("Deliver again"), permissions=["deliver"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Make given-up deliveries due at once."""
        due = queryset.filter(state=Delivery.State.DEAD).update(
            state=Delivery.State.DUE, due=clock.now(), tries=0, claim=""
        )
        self.message_user(request, _("%(count)s deliveries are due again.") % {"count": due})

    def has_deliver_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change deliveries: their handlers act again."""
        return request.user.has_perm("tradepost_core.change_delivery")


@admin.register(JobState)
class JobStateAdmin(ReadOnlyAdmin):
    """Jobs: when they ran, what they did, what went wrong."""

    list_display: Any = ("name", "due", "started_at", "finished_at", "result", "error")
    ordering: ClassVar[Any] = ("name",)
