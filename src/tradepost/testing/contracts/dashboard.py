"""Contracts of what is added to the dashboard, as test classes to inherit from. They need the database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.http import QueryDict

from tradepost.core.access import existing_permissions
from tradepost.core.actors import Actor, By
from tradepost.core.errors import AlreadyDone
from tradepost.dashboard.registry import Action, Column
from tradepost.orders.models import Order
from tradepost.testing.queries import count_queries
from tradepost.testing.scenario import Scenario

__all__ = ["ActionContract", "ColumnContract"]

_WRITES = ("INSERT", "UPDATE", "DELETE")


class ColumnContract:
    """The contract of a column: as many queries for one row as for three, and something to read in each."""

    def make_column(self) -> Column:
        """The column, as it is registered."""
        raise NotImplementedError

    def row(self) -> Any:
        """A row of the list; an order of one line by default. It is called several times."""
        return Order.objects.get(pk=Scenario().basket(lines=1).paid().pk)

    def _shown(self, rows: list[Any]) -> tuple[list[str], list[Any]]:
        column, model = self.make_column(), type(rows[0])
        with count_queries() as queries:
            prepared = list(
                column.prepare(model._default_manager.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
            )
            values = [(column.text or column.value)(row) for row in prepared]
            values += [column.value(row) for row in prepared]
        return queries, values

    def test_rows_cost_no_queries_of_their_own(self) -> None:
        """Columns fetch all that they need with the rows."""
        rows = [self.row() for _ in range(3)]
        first, _values = self._shown(rows[:1])
        all_of_them, _values = self._shown(rows)

        assert len(all_of_them) == len(first), all_of_them

    def test_every_row_has_something_to_read(self) -> None:
        """An empty text where there is nothing, not the name of Python's nothing."""
        _queries, values = self._shown([self.row()])

        assert None not in values
        assert "None" not in [str(value) for value in values]

    def test_its_permissions_exist(self) -> None:
        """Else nobody would ever see it."""
        access = self.make_column().access

        assert access is None or set(access.permissions) <= existing_permissions()


class ActionContract:
    """The contract of an action: it looks without writing, acts once, and needs a permission that exists."""

    def make_action(self) -> Action:
        """The action, as it is registered; with a form."""
        raise NotImplementedError

    def row(self) -> Any:
        """A row that offers it; a paid order by default."""
        return Order.objects.prefetch_related("lines").get(pk=Scenario().basket(lines=1).paid().pk)

    def values(self, row: Any) -> dict[str, str]:
        """Values that somebody fills in; those of the form as it is opened by default."""
        return {}

    def _form(self, row: Any, user: Any, key: str = "") -> Any:
        form_class = self.make_action().form
        assert form_class is not None
        if not key:
            return form_class(row=row, user=user)
        blank = form_class(row=row, user=user)
        initial = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
        data = QueryDict(mutable=True)
        data.update({name: str(value) for name, value in initial.items() if value not in (None, False)})
        for name, value in ({"form_key": key} | self.values(row)).items():
            data[name] = value
        return form_class(data, row=row, user=user)

    def _user(self) -> Any:
        return get_user_model()._default_manager.create_superuser(f"u{uuid4().hex[:8]}", "u@example.com", "secret")

    def test_looking_writes_nothing(self) -> None:
        """Neither the page that asks nor the preview."""
        row, user = self.row(), self._user()
        with count_queries() as queries:
            assert self.make_action().is_shown(row)
            str(self._form(row, user))
        assert [query for query in queries if query.startswith(_WRITES)] == []

    def test_it_acts_once(self) -> None:
        """The second time the same form is sent, it says that it is done."""
        row, user, key = self.row(), self._user(), str(uuid4())
        by = By(Actor.STAFF, user.pk, "test")
        form = self._form(row, user, key)
        assert form.is_valid(), form.errors
        form.do(by)
        again = self._form(row, user, key)
        try:
            is_done_again = again.is_valid()  # what was valid need not be any more
            if is_done_again:
                again.do(by)
        except AlreadyDone:
            is_done_again = False
        assert not is_done_again

    def test_its_permissions_exist(self) -> None:
        """Else nobody could ever do it."""
        permissions = set(self.make_action().access.permissions)

        assert permissions
        assert permissions <= existing_permissions()
